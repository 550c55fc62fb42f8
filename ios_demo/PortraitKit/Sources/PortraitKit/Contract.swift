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

  /// Names of the image features of a Core ML file, and the first iOS that loads it. `prior`: of the previous mask, where
  /// the file takes it.
  public struct CoreML: Decodable, Equatable {
    public let input: String
    public let prior: String?
    public let output: String
    public let minimumIOS: Int

    enum CodingKeys: String, CodingKey {
      case input, prior, output
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
    /// The mask before it, for files that take one.
    public let prior: Entry?
    public let composite: Composite?
    /// Of files that say none of their own.
    public let tolerance: [String: Tolerance]?
  }

  /// That the files take the previous mask, as it was before smoothing.
  public struct Prior: Decodable, Equatable {
    let firstFrame: Int

    enum CodingKeys: String, CodingKey {
      case firstFrame = "first_frame"
    }
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
  public let prior: Prior?
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

  /// What a loaded model takes and gives otherwise than the contract says, as a sentence; nil if nothing. `takes`,
  /// `gives`: width and height of each feature that is an image, by name; nothing for what is none.
  public func fault(of file: String, takes: [String: [Int]], gives: [String: [Int]]) -> String? {
    guard let features = files[file]?.coreML else { return "\(file): not named in \(Self.fileName)" }
    let square = [size, size]
    let names = [features.input, features.prior].compactMap { $0 }
    let wanted = Dictionary(names.map { ($0, square) }, uniquingKeysWith: { first, _ in first })
    if takes == wanted && gives[features.output] == square { return nil }
    let words = { (images: [String: [Int]]) in
      images.sorted { $0.key < $1.key }.map { name, sides in
        "\(name) \(sides.isEmpty ? "(no image)" : sides.map(String.init).joined(separator: " x "))"
      }.joined(separator: ", ")
    }
    return "\(file): takes \(words(takes)) and gives \(words(gives)), \(Self.fileName) says \(words(wanted)) and "
      + "\(words([features.output: square])); \(Self.again)"
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
    try contract.checkPrior(path)
    return contract
  }

  /// What is said of the previous mask in several places has to be the same.
  private func checkPrior(_ path: String) throws {
    if let prior, prior.firstFrame != 0 {
      throw PortraitError(
        "\(path): a first frame's prior of \(prior.firstFrame), this app gives 0, nobody; \(Self.again)")
    }
    if prior != nil, let golden, golden.prior == nil {
      throw PortraitError("\(path): the golden photo has no prior, the mask before it; \(Self.again)")
    }
    for name in coreMLFiles {
      switch (prior, files[name]?.coreML?.prior) {
      case (nil, let feature?):
        throw PortraitError(
          "\(path): \(name) takes a second image, \(feature), and no \"prior\" says what it is; \(Self.again)")
      case (_?, nil):
        throw PortraitError(
          "\(path): has a \"prior\", and \(name) names no image of its for the previous mask; \(Self.again)")
      default: continue
      }
    }
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
