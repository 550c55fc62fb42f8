import CoreML
import CoreVideo
import PortraitKit

/// A compiled Core ML model. Image in, gray image out: no array crosses. The previous mask, where the model takes it, is a
/// gray image too.
///
/// Its prediction is called on a plain queue: in async code newer SDKs choose an overload that iOS 15 lacks.
final class CoreMLNetwork: Network {
  private let model: MLModel
  private let file: String
  private let features: Contract.CoreML
  private let input: CVPixelBuffer
  private let prior: CVPixelBuffer?

  init(compiled: URL, file: String, features: Contract.CoreML, contract: Contract, units: ComputeUnits) throws {
    let configuration = MLModelConfiguration()
    configuration.computeUnits = units.ofCoreML
    do {
      model = try MLModel(contentsOf: compiled, configuration: configuration)
    } catch {
      throw PortraitError("\(file): Core ML cannot load it on \(units.rawValue) (\(error)); export it again")
    }
    let description = model.modelDescription
    let takes = description.inputDescriptionsByName.mapValues(Self.sides)
    let gives = description.outputDescriptionsByName.mapValues(Self.sides)
    if let fault = contract.fault(of: file, takes: takes, gives: gives) { throw PortraitError(fault) }
    self.file = file
    self.features = features
    let size = contract.size
    input = try makePixelBuffer(width: size, height: size, format: kCVPixelFormatType_32BGRA)
    let gray = kCVPixelFormatType_OneComponent8
    prior = features.prior == nil ? nil : try makePixelBuffer(width: size, height: size, format: gray)
  }

  func mask(of square: Picture, previous: [UInt8]?) throws -> [UInt8] {
    fill(input, with: square.bytes, channels: 4)
    var values = [features.input: MLFeatureValue(pixelBuffer: input)]
    if let name = features.prior, let prior {
      let nobody = [UInt8](repeating: 0, count: square.width * square.height)
      fill(prior, with: previous ?? nobody, channels: 1)
      values[name] = MLFeatureValue(pixelBuffer: prior)
    }
    let result = try model.prediction(from: MLDictionaryFeatureProvider(dictionary: values))
    guard let mask = result.featureValue(for: features.output)?.imageBufferValue else {
      throw PortraitError("\(file): gave no image \(features.output); export it again")
    }
    guard CVPixelBufferGetPixelFormatType(mask) == kCVPixelFormatType_OneComponent8 else {
      throw PortraitError("\(file): its mask is not gray with 8 bits; export it again")
    }
    return try withRows(of: mask, channels: 1) { $0.copied().bytes }
  }

  /// Width and height of an image; nothing for what is none.
  private static func sides(_ feature: MLFeatureDescription) -> [Int] {
    feature.imageConstraint.map { [$0.pixelsWide, $0.pixelsHigh] } ?? []
  }
}

extension ComputeUnits {
  var ofCoreML: MLComputeUnits {
    switch self {
    case .all: return .all
    case .cpuAndGPU: return .cpuAndGPU
    case .cpu: return .cpuOnly
    }
  }
}
