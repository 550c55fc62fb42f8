import Foundation
import XCTest

@testable import PortraitKit

/// Gives the same mask whatever it sees.
final class FixedNetwork: Network {
  private let mask: [UInt8]
  private(set) var seen: Picture?
  private(set) var previous: [UInt8]?

  init(_ mask: [UInt8]) {
    self.mask = mask
  }

  func mask(of square: Picture, previous: [UInt8]?) throws -> [UInt8] {
    seen = square
    self.previous = previous
    return mask
  }
}

final class SelfTestTests: XCTestCase {
  func testTheQuickestThatPassedIsTaken() {
    let results = [
      result("slow", passed: true, 30), result("wrong", passed: false, 2), result("quick", passed: true, 9),
    ]
    XCTAssertEqual(SelfTest.best(results)?.file, "quick")
    XCTAssertNil(SelfTest.best([result("wrong", passed: false, 2)]))
  }

  func testAResultIsWordsToPost() {
    XCTAssertEqual(
      result("a.mlmodel", passed: true, 32).description,
      "a.mlmodel on GPU and CPU\npassed: labels agree to 99.900 %, mean difference 0.00100\n"
        + "32.0 ms (half of the runs), 35.0 ms (19 of 20)")
  }

  func testACompositionMayBeRoundedElsewhereButNotMoved() {
    let picture = Picture(width: 40, height: 50, channels: 3, bytes: (0..<6000).map { UInt8($0 % 251) })
    var rounded = picture
    for i in rounded.bytes.indices { rounded.bytes[i] += 1 }
    XCTAssertTrue(SelfTest.compare(rounded, with: picture).passed)
    var moved = picture
    moved.bytes = Array(picture.bytes.dropFirst(3)) + [0, 0, 0]
    XCTAssertFalse(SelfTest.compare(moved, with: picture).passed)
    XCTAssertFalse(SelfTest.compare(Picture(width: 1, height: 1, channels: 3), with: picture).passed)
  }

  func testAPhotoReachesTheNetworkInBGRAAndTheMaskComesBackAtItsSize() throws {
    let data = Data(
      """
      {"version": 1, "input": {"width": 4, "height": 4, "fit": "letterbox"}, "output": {"threshold": 0.5},
       "smoothing": {"ratio": 0.8}, "files": {"a.mlmodel": {"sha256": "",
       "core_ml": {"input": "rgb", "output": "alpha", "minimum_ios": 14}}}}
      """.utf8)
    let contract = try Contract.parse(data, path: "contract")
    let network = FixedNetwork([0, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0])
    let photo = Picture(width: 4, height: 2, channels: 3, bytes: (0..<8).flatMap { [UInt8($0), 100, 200] })
    XCTAssertEqual(try alpha(of: photo, network: network, contract: contract), [0, 1, 1, 0, 0, 1, 1, 0])
    let square = try XCTUnwrap(network.seen)
    XCTAssertNil(network.previous)
    XCTAssertEqual(Array(square.bytes[0..<4]), [128, 128, 128, 255])
    XCTAssertEqual(Array(square.bytes[16..<24]), [200, 100, 0, 255, 200, 100, 1, 255])
  }

  private func result(_ file: String, passed: Bool, _ median: Double) -> SelfTestResult {
    SelfTestResult(
      file: file, units: .cpuAndGPU, labelAgreement: 0.999, meanDifference: 0.001, passed: passed, median: median,
      percentile95: median + 3)
  }
}

final class FramePolicyTests: XCTestCase {
  func testTheFirstFramesOfACameraAreNotTrusted() {
    var policy = FramePolicy()
    XCTAssertEqual((0..<5).map { _ in policy.takes(heat: .nominal) }, [false, false, false, true, true])
    policy.restart()
    XCTAssertFalse(policy.takes(heat: .nominal))
  }

  func testAHotPhoneGetsFewerFrames() {
    for (heat, share) in [(Heat.nominal, 40), (.fair, 40), (.serious, 20), (.critical, 10)] {
      var policy = FramePolicy()
      for _ in 0..<FramePolicy.untrusted { _ = policy.takes(heat: heat) }
      XCTAssertEqual((0..<40).filter { _ in policy.takes(heat: heat) }.count, share, "\(heat)")
    }
  }

  func testFramesASecond() {
    var rate = FrameRate()
    XCTAssertTrue(rate.count(now: 1000))
    let told = (1...20).filter { rate.count(now: 1000 + 50 * Double($0)) }
    XCTAssertEqual(told, [10, 20])
    XCTAssertEqual(rate.perSecond, 20, accuracy: 1e-9)
  }

  func testOnlyTheNewestIsKept() {
    let newest = Newest<Int>()
    XCTAssertNil(newest.get())
    DispatchQueue.concurrentPerform(iterations: 100) { newest.put($0) }
    newest.put(7)
    XCTAssertEqual(newest.get(), 7)
    newest.put(nil)
    XCTAssertNil(newest.get())
  }

  func testLatencyKeepsItsWindow() {
    var latency = Latency(window: 4)
    XCTAssertEqual(latency.milliseconds(percent: 50), 0)
    for value in [100, 100, 1, 2, 3, 4] { latency.add(Double(value)) }
    XCTAssertEqual(latency.milliseconds(percent: 50), 2)
    XCTAssertEqual(latency.milliseconds(percent: 95), 4)
    latency.reset()
    XCTAssertEqual(latency.milliseconds(percent: 95), 0)
  }

  func testEffects() {
    let photo = Picture(width: 2, height: 1, channels: 3, bytes: [10, 20, 30, 40, 50, 60])
    XCTAssertEqual(Effect.none.apply(to: photo, alpha: [0, 1]), photo)
    XCTAssertEqual(Effect.color([1, 2, 3]).apply(to: photo, alpha: [0, 1]).bytes, [1, 2, 3, 40, 50, 60])
    XCTAssertEqual(Effect.mask.apply(to: photo, alpha: [0, 1]).bytes, [0, 0, 0, 255, 255, 255])
    XCTAssertEqual(Effect.radius(strength: 30, width: 480, height: 640), 19.2)
  }
}
