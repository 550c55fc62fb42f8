import Foundation
import XCTest

@testable import PortraitKit

/// A photo with the shipped network's alpha, as build_tools/reference.py writes them, composed here. The pictures lie in
/// build/pictures afterwards, to be looked at.
final class PictureTests: XCTestCase {
  private static let build = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../build").standardizedFileURL
  private static let reference = build.appendingPathComponent("reference")

  private struct Size: Decodable {
    let width: Int
    let height: Int
    let radius: Float
  }

  func testThePhotoIsComposedAsByPython() throws {
    let facts = Self.reference.appendingPathComponent("size.json")
    try XCTSkipUnless(
      FileManager.default.fileExists(atPath: facts.path), "no build/reference; ios_demo/check.sh makes it")
    let size = try JSONDecoder().decode(Size.self, from: try Data(contentsOf: facts))
    let photo = try picture("photo.rgb", size)
    let bytes = [UInt8](try Data(contentsOf: Self.reference.appendingPathComponent("alpha.f32")))
    let alpha = bytes.withUnsafeBytes { all in
      stride(from: 0, to: bytes.count, by: 4).map { all.loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
    let blurred = Compositor.blur(photo, alpha: alpha, radius: size.radius)
    let python = try picture("blurred.rgb", size)
    let differences = zip(blurred.bytes, python.bytes).map { abs(Int($0) - Int($1)) }
    let share = Double(differences.filter { $0 > 0 }.count) / Double(differences.count)
    print("photo blurred: \(100 * share) % of the values differ from Python's, by \(differences.max() ?? 0) at most")
    XCTAssertLessThanOrEqual(differences.max() ?? 255, 1)
    XCTAssertLessThan(share, 0.001)
    try write(blurred, "blurred.ppm")
    try write(Compositor.color(photo, alpha: alpha, [40, 120, 90]), "color.ppm")
    try write(Compositor.mask(alpha, width: photo.width, height: photo.height), "mask.ppm")
  }

  private func picture(_ name: String, _ size: Size) throws -> Picture {
    let bytes = [UInt8](try Data(contentsOf: Self.reference.appendingPathComponent(name)))
    return Picture(width: size.width, height: size.height, channels: 3, bytes: bytes)
  }

  private func write(_ picture: Picture, _ name: String) throws {
    let folder = Self.build.appendingPathComponent("pictures")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let header = Data("P6 \(picture.width) \(picture.height) 255\n".utf8)
    try (header + Data(picture.bytes)).write(to: folder.appendingPathComponent(name))
  }
}
