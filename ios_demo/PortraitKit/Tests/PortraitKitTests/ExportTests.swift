import Foundation
import XCTest

@testable import PortraitKit

/// Contracts and files as they come, and damaged ones: each a sentence with the file and the mend.
final class ExportTests: XCTestCase {
  private var folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(UUID().uuidString)

  override func setUpWithError() throws {
    folder = folder.appendingPathComponent("tiny")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws {
    try FileManager.default.removeItem(at: folder.deletingLastPathComponent())
  }

  func testHashesAreThoseOfTheStandard() {
    // FIPS 180-4, examples of its authors.
    XCTAssertEqual(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    XCTAssertEqual(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    XCTAssertEqual(
      hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    XCTAssertEqual(
      hash(String(repeating: "a", count: 1_000_000)),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  func testHashesOfPiecesAreThoseOfTheWhole() {
    let text = String(repeating: "portrait ", count: 40)
    for cut in [0, 1, 55, 56, 63, 64, 65, 128, 200] {
      var pieces = SHA256()
      pieces.update(Data(text.utf8.prefix(cut)))
      pieces.update(Data(text.utf8.dropFirst(cut)))
      XCTAssertEqual(pieces.hex(), hash(text), "cut at \(cut)")
    }
  }

  func testAnExportIsReadAsTheContractSays() throws {
    try write(contract())
    let export = try Export(folder: folder)
    XCTAssertEqual(export.contract.size, 2)
    XCTAssertEqual(export.contract.fit, .letterbox)
    XCTAssertEqual(export.contract.coreMLFiles, ["tiny.mlmodel"])
    XCTAssertEqual(export.contract.files["tiny.mlmodel"]?.coreML?.minimumIOS, 14)
    XCTAssertEqual(try export.model("tiny.mlmodel").lastPathComponent, "tiny.mlmodel")
    let golden = try XCTUnwrap(export.golden("tiny.mlmodel"))
    XCTAssertEqual(golden.mask, [0, 64, 128, 255])
    XCTAssertEqual(golden.photo.bytes, Array(1...12))
    XCTAssertEqual(Export.folders(below: folder.deletingLastPathComponent()).map(\.lastPathComponent), ["tiny"])
  }

  func testDamagedContractsAreRefused() throws {
    let cases: [(from: String, to: String, words: String)] = [
      ("{\"version\"", "{\"version", "damaged or no contract (not JSON)"),
      ("\"version\": 1", "\"version\": 9", "version 9, this app reads 1"),
      ("\"threshold\"", "\"level\"", "damaged or no contract (threshold is missing)"),
      ("\"width\": 2", "\"width\": \"2\"", "damaged or no contract (input.width is of another type)"),
      ("\"height\": 2", "\"height\": 3", "input of 2 x 3 pixels, this app needs a square"),
      ("letterbox", "squeeze", "fit \"squeeze\" is unknown"),
      ("\"ratio\": 0.8", "\"ratio\": 8", "smoothing ratio 8.0 is not in 0..1"),
      ("\"core_ml\"", "\"tflite\"", "names no Core ML file"),
      (
        "\"output\": \"alpha\"", "\"prior\": \"prior\", \"output\": \"alpha\"",
        "tiny.mlmodel takes a second image, prior, and no \"prior\" says what it is"
      ),
    ]
    for one in cases {
      try write(contract().replacingOccurrences(of: one.from, with: one.to))
      XCTAssertThrowsError(try Export(folder: folder)) { error in
        XCTAssertTrue("\(error)".contains("tiny/model_contract.json: \(one.words)"), "\(error)")
      }
    }
  }

  func testDamagedAndMissingFilesAreNamed() throws {
    let files = ["tiny.mlmodel", "golden/photo.rgb", "golden/tiny.mlmodel.alpha"]
    for file in files {
      try write(contract())
      try Data("damaged".utf8).write(to: folder.appendingPathComponent(file))
      check(file, "damaged or from another export")
      try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
      check(file, file.hasSuffix("mlmodel") ? "missing" : "cannot be read")
    }
    try write(contract())
    XCTAssertThrowsError(try Export(folder: folder).model("other.mlmodel")) { error in
      XCTAssertTrue("\(error)".hasPrefix("tiny/other.mlmodel: not named in model_contract.json"), "\(error)")
    }
  }

  func testThePreviousMaskIsReadWhereTheContractSaysSo() throws {
    try write(contract())
    XCTAssertNil(try Export(folder: folder).contract.prior)
    XCTAssertNil(try Export(folder: folder).golden("tiny.mlmodel")?.prior)
    try writeWithPrior()
    let export = try Export(folder: folder)
    XCTAssertEqual(export.contract.files["tiny.mlmodel"]?.coreML?.prior, "before")
    XCTAssertEqual(try export.golden("tiny.mlmodel")?.prior, [9, 8, 7, 6])
    let network = FixedNetwork([0, 64, 128, 255])
    let result = try SelfTest.run(network, file: "tiny.mlmodel", units: .all, export: export, runs: 1)
    XCTAssertEqual(result?.passed, true)
    XCTAssertEqual(network.previous, [9, 8, 7, 6])
  }

  func testPriorsAtOddsWithTheContractAreRefused() throws {
    let cases: [(from: String, to: String, words: String)] = [
      ("\"first_frame\": 0", "\"first_frame\": 128", "a first frame's prior of 128, this app gives 0"),
      ("\"first_frame\": 0", "\"begin\": 0", "damaged or no contract (first_frame is missing)"),
      ("{\"first_frame\": 0}", "4", "damaged or no contract (prior is of another type)"),
      ("\"prior\": \"before\", ", "", "has a \"prior\", and tiny.mlmodel names no image of its"),
      ("\"prior\": {\"first_frame\": 0},", "", "tiny.mlmodel takes a second image, before, and no \"prior\" says"),
      ("\"prior\": {\"file\"", "\"before\": {\"file\"", "the golden photo has no prior, the mask before it"),
    ]
    for one in cases {
      let damaged = contractWithPrior().replacingOccurrences(of: one.from, with: one.to)
      XCTAssertNotEqual(damaged, contractWithPrior(), one.from)
      try write(damaged)
      XCTAssertThrowsError(try Export(folder: folder)) { error in
        XCTAssertTrue("\(error)".contains("tiny/model_contract.json: \(one.words)"), "\(error)")
      }
    }
  }

  func testAGoldenPriorThatIsMissingOrOfAnotherLengthIsNamed() throws {
    for count in [0, 3, 5] {
      try writeWithPrior([UInt8](repeating: 1, count: count))
      check("golden/prior.gray", "\(count) bytes do not fit 2 x 2 pixels")
    }
    try writeWithPrior()
    try Data("damaged".utf8).write(to: folder.appendingPathComponent("golden/prior.gray"))
    check("golden/prior.gray", "damaged or from another export")
    try FileManager.default.removeItem(at: folder.appendingPathComponent("golden/prior.gray"))
    check("golden/prior.gray", "cannot be read")
  }

  func testALoadedModelHasToBeWhatTheContractSays() throws {
    let read = { (text: String) in try Contract.parse(Data(text.utf8), path: "contract") }
    let (plain, video) = (try read(contract()), try read(contractWithPrior()))
    let (rgb, both, alpha) = (["rgb": [2, 2]], ["rgb": [2, 2], "before": [2, 2]], ["alpha": [2, 2]])
    XCTAssertNil(plain.fault(of: "tiny.mlmodel", takes: rgb, gives: alpha))
    XCTAssertNil(video.fault(of: "tiny.mlmodel", takes: both, gives: alpha))
    XCTAssertEqual(
      plain.fault(of: "tiny.mlmodel", takes: both, gives: alpha),
      "tiny.mlmodel: takes before 2 x 2, rgb 2 x 2 and gives alpha 2 x 2, model_contract.json says rgb 2 x 2 and "
        + "alpha 2 x 2; export the model again with pipelines/quantize_export.py")
    let wrong: [(takes: [String: [Int]], gives: [String: [Int]], words: String)] = [
      (rgb, alpha, "takes rgb 2 x 2 and gives alpha 2 x 2, model_contract.json says before 2 x 2, rgb 2 x 2"),
      (["rgb": [2, 2], "before": [4, 4]], alpha, "takes before 4 x 4, rgb 2 x 2"),
      (["rgb": [2, 2], "before": []], alpha, "takes before (no image), rgb 2 x 2"),
      (both, ["mask": [2, 2]], "gives mask 2 x 2"),
      (both, ["alpha": [4, 4]], "gives alpha 4 x 4"),
    ]
    for one in wrong {
      let fault = try XCTUnwrap(video.fault(of: "tiny.mlmodel", takes: one.takes, gives: one.gives))
      XCTAssertTrue(fault.contains(one.words), fault)
    }
  }

  func testAGoldenMaskOfAnotherSizeIsRefused() throws {
    try write(contract(mask: Data([0, 64, 128])), mask: Data([0, 64, 128]))
    check("golden/tiny.mlmodel.alpha", "3 bytes do not fit 2 x 2 pixels")
  }

  func testEachFileSaysHowFarAnEngineMayMiss() throws {
    let own = #","tolerance": {"cpu": {"label_agreement": 0.75, "mean_difference": 0.01}}}}}}"#
    let read = { (text: String) in try Contract.parse(Data(text.utf8), path: "contract") }
    let old = try read(contract())
    XCTAssertEqual(old.tolerance(of: "tiny.mlmodel", on: .cpu).labelAgreement, 0.99)
    let fresh = try read(String(contract().dropLast(4)) + own)
    XCTAssertEqual(fresh.tolerance(of: "tiny.mlmodel", on: .cpu).labelAgreement, 0.75)
    XCTAssertEqual(fresh.tolerance(of: "tiny.mlmodel", on: .all).meanDifference, 0.02)
  }

  private func check(_ file: String, _ words: String, line: UInt = #line) {
    let use = { () throws in
      let export = try Export(folder: self.folder)
      _ = try export.model("tiny.mlmodel")
      _ = try export.golden("tiny.mlmodel")
    }
    XCTAssertThrowsError(try use(), line: line) { error in
      XCTAssertTrue("\(error)".contains("tiny/\(file): \(words)"), "\(error)", line: line)
    }
  }

  private func hash(_ text: String) -> String {
    SHA256.hex(of: Data(text.utf8))
  }

  private func write(_ contract: String, mask: Data = Data([0, 64, 128, 255])) throws {
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("golden"), withIntermediateDirectories: true)
    try Data(contract.utf8).write(to: folder.appendingPathComponent("model_contract.json"))
    try Data("a model".utf8).write(to: folder.appendingPathComponent("tiny.mlmodel"))
    try Data(1...12).write(to: folder.appendingPathComponent("golden/photo.rgb"))
    try mask.write(to: folder.appendingPathComponent("golden/tiny.mlmodel.alpha"))
  }

  private func writeWithPrior(_ prior: [UInt8] = [9, 8, 7, 6]) throws {
    try write(contractWithPrior(prior))
    try Data(prior).write(to: folder.appendingPathComponent("golden/prior.gray"))
  }

  private func contractWithPrior(_ prior: [UInt8] = [9, 8, 7, 6]) -> String {
    let entry = #"{"file": "golden/prior.gray", "sha256": "\#(SHA256.hex(of: Data(prior)))"}"#
    return contract()
      .replacingOccurrences(of: #""output": {"#, with: #""prior": {"first_frame": 0}, "output": {"#)
      .replacingOccurrences(of: #""output": "alpha""#, with: #""prior": "before", "output": "alpha""#)
      .replacingOccurrences(of: #""golden": {"photo""#, with: #""golden": {"prior": \#(entry), "photo""#)
  }

  private func contract(mask: Data = Data([0, 64, 128, 255])) -> String {
    """
    {"version": 1, "input": {"width": 2, "height": 2, "fit": "letterbox"}, "output": {"threshold": 0.5},
     "smoothing": {"ratio": 0.8},
     "golden": {"photo": {"file": "golden/photo.rgb", "sha256": "\(SHA256.hex(of: Data(1...12)))"},
                "tolerance": {"gpu": {"label_agreement": 0.99, "mean_difference": 0.02}}},
     "files": {"tiny.mlmodel": {"sha256": "\(hash("a model"))",
       "core_ml": {"input": "rgb", "output": "alpha", "kind": "neuralNetwork", "minimum_ios": 14},
       "golden": {"file": "golden/tiny.mlmodel.alpha", "sha256": "\(SHA256.hex(of: mask))"}}}}
    """
  }
}

/// The exports that lie in Model/, as Python wrote them.
final class WrittenExportTests: XCTestCase {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Model").standardizedFileURL

  func testEveryFileIsWhatPythonHashed() throws {
    for export in try exports() {
      for file in export.contract.coreMLFiles { _ = try export.model(file) }
    }
  }

  /// Python composed the golden photo; the app's reference compositor has to give the same bytes.
  func testTheCompositionIsPythons() throws {
    for export in try exports() {
      let golden = try XCTUnwrap(export.composite())
      let alpha = golden.alpha.map { Float($0) / 255 }
      XCTAssertEqual(Compositor.color(golden.photo, alpha: alpha, golden.color), golden.result)
    }
  }

  /// A picture mirrored on its way must not pass the self-test.
  func testTheGoldenMaskIsNotSymmetric() throws {
    for export in try exports() {
      let size = export.contract.size
      for file in export.contract.coreMLFiles {
        let golden = try XCTUnwrap(export.golden(file))
        let rows = stride(from: 0, to: size * size, by: size).map { golden.mask[$0..<$0 + size] }
        let mirrored = rows.flatMap { $0.reversed() }
        let network = FixedNetwork(mirrored)
        let result = try SelfTest.run(network, file: file, units: .all, export: export, runs: 1)
        XCTAssertEqual(result?.passed, false)
      }
    }
  }

  private func exports() throws -> [Export] {
    let folders = Export.folders(below: Self.root)
    try XCTSkipIf(folders.isEmpty, "no export in Model/; ios_demo/check.sh makes one")
    return try folders.map { try Export(folder: $0) }
  }
}
