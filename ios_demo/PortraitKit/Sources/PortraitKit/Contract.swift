import Foundation

/// model_contract.json: what an app has to know about the files beside it.
public struct Contract: Decodable, Equatable {
  public static let fileName = "model_contract.json"
  static let known = 1
  static let again = "export the model again with pipelines/quantize_export.py"

  /// A file beside the contract, and the SHA-256 that it must have. A golden mask also says how far an engine may be
  /// from it, on "cpu" and on "gpu"; in old exports it does not.
  public struct Entry: Decodable, Equatable {
    public let file: String
    public let sha256: String
    public let tolerance: [String: Tolerance]?
  }

  /// Names of the image features of a Core ML file, and the first iOS that loads it.
  public struct CoreML: Decodable, Equatable {
    public let input: String
    public let output: String
    public let minimumIOS: Int

    enum CodingKeys: String, CodingKey {
      case input, output
      case minimumIOS = "minimum_ios"
    }
  }

  public struct File: Decodable, Equatable {
    public let sha256: String
    public let coreML: CoreML?
    public let golden: Entry?

    enum CodingKeys: String, CodingKey {
      case sha256, golden
      case coreML = "core_ml"
    }
  }

  /// How far an engine may be from Python's and still be trusted.
  public struct Tolerance: Decodable, Equatable {
    public let labelAgreement: Double
    public let meanDifference: Double

    enum CodingKeys: String, CodingKey {
      case labelAgreement = "label_agreement"
      case meanDifference = "mean_difference"
    }
  }

  /// A composition of the golden photo: by `alpha`, over one color.
  public struct Composite: Decodable, Equatable {
    public let alpha: Entry
    public let picture: Entry
    public let color: [UInt8]
  }

  public struct Golden: Decodable, Equatable {
    public let photo: Entry
    public let composite: Composite?
    /// Of files that say none of their own.
    public let tolerance: [String: Tolerance]?
  }

  struct Input: Decodable, Equatable {
    let width: Int
    let height: Int
    let fit: String
  }

  struct Output: Decodable, Equatable {
    let threshold: Float
  }

  struct Smoothing: Decodable, Equatable {
    let ratio: Float
  }

  let version: Int
  let input: Input
  let output: Output
  let smoothing: Smoothing
  public let files: [String: File]
  public let golden: Golden?

  public var size: Int { input.width }
  public var fit: Fit { Fit(rawValue: input.fit) ?? .stretch }  // parse() has refused what is unknown
  public var threshold: Float { output.threshold }
  public var smoothingRatio: Float { smoothing.ratio }

  /// The files for an iPhone, in order of their names.
  public var coreMLFiles: [String] { files.keys.filter { files[$0]?.coreML != nil }.sorted() }

  /// How far a file may be from its golden mask. An old export has one tolerance for all: that of float16, in which
  /// Core ML computes wherever it can, on the CPU too.
  public func tolerance(of file: String, on units: ComputeUnits) -> Tolerance {
    files[file]?.golden?.tolerance?[units == .cpu ? "cpu" : "gpu"] ?? golden?.tolerance?["gpu"]
      ?? Tolerance(labelAgreement: 0.99, meanDifference: 0.02)
  }

  /// `path` is for the messages. Throws PortraitError if the data is no contract that this app knows.
  public static func parse(_ data: Data, path: String) throws -> Contract {
    let contract: Contract
    do {
      contract = try JSONDecoder().decode(Contract.self, from: data)
    } catch {
      throw PortraitError("\(path): damaged or no contract (\(reason(error))); \(again)")
    }
    if contract.version != known {
      throw PortraitError("\(path): version \(contract.version), this app reads \(known); \(again)")
    }
    if contract.size < 1 || contract.size != contract.input.height {
      let seen = "\(contract.size) x \(contract.input.height)"
      throw PortraitError("\(path): input of \(seen) pixels, this app needs a square; \(again)")
    }
    if Fit(rawValue: contract.input.fit) == nil {
      throw PortraitError("\(path): fit \"\(contract.input.fit)\" is unknown, this app knows stretch and letterbox")
    }
    if !(0...1).contains(contract.smoothing.ratio) {
      throw PortraitError("\(path): smoothing ratio \(contract.smoothing.ratio) is not in 0..1; \(again)")
    }
    if contract.coreMLFiles.isEmpty {
      throw PortraitError(
        "\(path): names no Core ML file with its features; \(again) --formats mlpackage mlmodel --ios ios_demo")
    }
    return contract
  }

  private static func reason(_ error: Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
    default: return "not JSON"
    }
  }
}
