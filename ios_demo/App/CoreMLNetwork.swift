import CoreML
import CoreVideo
import PortraitKit

/// A compiled Core ML model. Image in, gray image out: no array crosses.
///
/// Its prediction is called on a plain queue: in async code newer SDKs choose an overload that iOS 15 lacks.
final class CoreMLNetwork: Network {
  private let model: MLModel
  private let file: String
  private let features: Contract.CoreML
  private let input: CVPixelBuffer

  init(compiled: URL, file: String, features: Contract.CoreML, size: Int, units: ComputeUnits) throws {
    let configuration = MLModelConfiguration()
    configuration.computeUnits = units.ofCoreML
    do {
      model = try MLModel(contentsOf: compiled, configuration: configuration)
    } catch {
      throw PortraitError("\(file): Core ML cannot load it on \(units.rawValue) (\(error)); export it again")
    }
    let description = model.modelDescription
    guard
      let image = description.inputDescriptionsByName[features.input]?.imageConstraint,
      let mask = description.outputDescriptionsByName[features.output]?.imageConstraint,
      image.pixelsWide == size, image.pixelsHigh == size, mask.pixelsWide == size, mask.pixelsHigh == size
    else {
      throw PortraitError(
        "\(file): has no images \(features.input) and \(features.output) of \(size) x \(size) pixels, as "
          + "\(Contract.fileName) says; export it again with pipelines/quantize_export.py")
    }
    self.file = file
    self.features = features
    input = try makePixelBuffer(width: size, height: size, format: kCVPixelFormatType_32BGRA)
  }

  func mask(of square: Picture) throws -> [UInt8] {
    fill(input, with: square.bytes, channels: 4)
    let values = [features.input: MLFeatureValue(pixelBuffer: input)]
    let result = try model.prediction(from: MLDictionaryFeatureProvider(dictionary: values))
    guard let mask = result.featureValue(for: features.output)?.imageBufferValue else {
      throw PortraitError("\(file): gave no image \(features.output); export it again")
    }
    guard CVPixelBufferGetPixelFormatType(mask) == kCVPixelFormatType_OneComponent8 else {
      throw PortraitError("\(file): its mask is not gray with 8 bits; export it again")
    }
    return try withRows(of: mask, channels: 1) { $0.copied().bytes }
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
