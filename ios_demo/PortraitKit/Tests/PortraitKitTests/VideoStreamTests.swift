import XCTest

@testable import PortraitKit

/// Answers by what it is shown, and keeps the previous mask that each frame came with.
private final class ScriptedNetwork: Network {
  private let answer: (_ frame: Int, _ square: Picture, _ previous: [UInt8]?) -> [UInt8]
  private(set) var priors: [[UInt8]?] = []

  init(_ answer: @escaping (Int, Picture, [UInt8]?) -> [UInt8]) {
    self.answer = answer
  }

  func mask(of square: Picture, previous: [UInt8]?) throws -> [UInt8] {
    priors.append(previous)
    return answer(priors.count - 1, square, previous)
  }
}

/// What a video remembers and what makes it forget: the golden video, and networks that never let go of a mask.
final class VideoStreamTests: XCTestCase {
  private let size = 32
  private var count: Int { size * size }

  /// The golden masks, in gray as Core ML gives them.
  func testEachFrameOfTheGoldenVideoIsGivenTheMaskBeforeItOrNobodys() throws {
    let fresh: Set = [0, 3, 5, 6]  // the first, after a gap, another scene, a step back in time
    let cases = try Vectors.load("video/video.json").cases
    XCTAssertFalse(cases.isEmpty)
    for one in cases {
      guard case .file(let name) = one.expected else { return XCTFail("\(one.name): no array expected") }
      let masks = try Array32("video/\(name)").floats
      let gray = masks.map { UInt8(($0 * 255).rounded(.toNearestOrEven)) }
      let golden = { (index: Int) in Array(gray[index * self.count..<(index + 1) * self.count]) }
      let network = ScriptedNetwork { index, _, _ in golden(index) }
      let stream = VideoStream(size: size, fit: .letterbox, smoothing: nil)
      let seconds = try XCTUnwrap(one.parameters.seconds)
      for (index, frame) in try Array32("video/\(one.inputs["frames"]!)").pictures.enumerated() {
        let made = try run(stream, frame, seconds[index], network)
        let differences = made.indices.map { abs(made[$0] - masks[index * count + $0]) }
        XCTAssertLessThanOrEqual(differences.max() ?? 1, 0.5 / 255 + 1e-6, "\(one.name), frame \(index)")
        XCTAssertEqual(network.priors[index], fresh.contains(index) ? nil : golden(index - 1), "frame \(index)")
      }
      XCTAssertEqual(network.priors.count, seconds.count)
    }
  }

  /// Bright is person, and so is whoever was.
  private func trail() -> ScriptedNetwork {
    ScriptedNetwork { _, square, previous in
      (0..<self.count).map { square.bytes[4 * $0] > 190 ? 255 : previous?[$0] ?? 0 }
    }
  }

  /// Takes no prior and is never sure: half of what is said in the end is the smoothing's.
  private func unsure() -> ScriptedNetwork {
    ScriptedNetwork { _, square, _ in (0..<self.count).map { square.bytes[4 * $0] > 190 ? 178 : 76 } }
  }

  func testAMaskIsHandedOnWithinASceneAndNothingOfItOverItsEnd() throws {
    let moved = frame(0.7)
    for network in [trail, unsure] {
      for seconds in [1.04, 1.08, 1.54] { XCTAssertFalse(try begins(network, moved, seconds), "\(seconds) s") }
      for seconds in [1.55, 60, 1, 0] { XCTAssertTrue(try begins(network, moved, seconds), "\(seconds) s") }
      XCTAssertTrue(try begins(network, frame(0.7, level: 60), 1.08), "a cut")
      XCTAssertTrue(try begins(network, frame(0.7, width: 80), 1.08), "another width")
      XCTAssertTrue(try begins(network, frame(0.7, height: 80), 1.08), "another height")
      XCTAssertTrue(try begins(network, moved, 1.08) { $0.reset() }, "told to forget")
    }
  }

  /// Whether a frame, after others, gets what it would have got alone.
  private func begins(
    _ network: () -> ScriptedNetwork, _ photo: Picture, _ seconds: Double, act: (VideoStream) -> Void = { _ in }
  ) throws -> Bool {
    func after(_ earlier: [Double]) throws -> [Float] {
      let stream = VideoStream(size: size, fit: .letterbox, smoothing: 0.8)
      let one = network()
      for time in earlier { _ = try run(stream, frame(0.1), time, one) }
      if !earlier.isEmpty { act(stream) }
      return try run(stream, photo, seconds, one)
    }
    return try after([1, 1.04]) == after([])
  }

  func testACutIsWherePicturesDifferByMoreThan28GrayLevels() throws {
    for (level, cut) in [(128, false), (129, true), (72, false), (71, true)] {
      let network = ScriptedNetwork { _, _, _ in [UInt8](repeating: 255, count: self.count) }
      let stream = VideoStream(size: size, fit: .stretch, smoothing: nil)
      _ = try run(stream, frame(2), 0, network)
      _ = try run(stream, frame(2, level: level), 0, network)
      XCTAssertEqual(network.priors[1] == nil, cut, "\(level)")
    }
  }

  func testWhatIsHandedOnIsTheAnswerAndNotTheSmoothedOne() throws {
    for smoothing: Float? in [0.8, nil] {
      let answers: [UInt8] = [128, 26, 26]
      let network = ScriptedNetwork { index, _, _ in [UInt8](repeating: answers[index], count: self.count) }
      let stream = VideoStream(size: size, fit: .stretch, smoothing: smoothing)
      var mask: [Float] = []
      for index in 0..<3 { mask = try run(stream, frame(0.1), Double(index) / 25, network) }
      XCTAssertEqual(network.priors.map { $0?[0] }, [nil, 128, 26])
      XCTAssertEqual(abs(mask[0] - 26 / 255) > 0.01, smoothing != nil)
    }
  }

  private func run(
    _ stream: VideoStream, _ photo: Picture, _ seconds: Double, _ network: Network
  ) throws -> [Float] {
    let square = bgra(fromRGB: photo).withRows { stream.fit($0) }
    return try stream.mask(of: square, seconds: seconds, network: network)
  }

  /// A flat picture with a brighter square, `place` of its width from the left.
  private func frame(_ place: Double, level: Int = 100, width: Int = 64, height: Int = 64) -> Picture {
    let edge = Int(place * Double(width))
    let bytes = (0..<width * height).flatMap { at -> [UInt8] in
      let inside = (edge..<edge + width / 8).contains(at % width) && at / width >= height / 2
      return [UInt8](repeating: UInt8(inside ? level + 100 : level), count: 3)
    }
    return Picture(width: width, height: height, channels: 3, bytes: bytes)
  }
}
