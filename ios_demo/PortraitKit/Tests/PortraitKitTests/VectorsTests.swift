import Foundation
import XCTest

@testable import PortraitKit

/// Every operation of vectors/ but the network itself, which only a phone can run.
final class VectorsTests: XCTestCase {
  func testGeometry() throws {
    try check("fit_box") { _, p in
      let box = fit(p).box(height: p.height!, width: p.width!, size: p.size!)
      return [box.top, box.bottom, box.left, box.right].map(Double.init)
    }
    try check("fit_matrix") { _, p in
      fit(p).matrix(height: p.height!, width: p.width!, size: p.size!).flatMap { $0 }
    }
  }

  func testFitPhoto() throws {
    try check("fit_photo") { input, p in
      let photo = input["photo"]!.picture
      let fitter = Fitter(width: photo.width, height: photo.height, size: p.size!, fit: fit(p), channels: 3)
      return photo.withRows { fitter.fit($0) }.bytes.map(Double.init)
    }
  }

  /// Averaged areas of BGRA with gaps after its rows, as a camera's buffers are, are those of RGB without.
  func testFitPaddedBGRA() throws {
    try check("fit_photo") { input, p in
      let photo = input["photo"]!.picture
      let colors = bgra(fromRGB: photo)
      let rowBytes = 4 * photo.width + 12
      var memory = [UInt8](repeating: 77, count: rowBytes * photo.height)
      for y in 0..<photo.height {
        memory.replaceSubrange(
          y * rowBytes..<y * rowBytes + 4 * photo.width,
          with: colors.bytes[4 * y * photo.width..<4 * (y + 1) * photo.width])
      }
      let fitter = Fitter(width: photo.width, height: photo.height, size: p.size!, fit: fit(p), channels: 4)
      let fitted = memory.withUnsafeBufferPointer {
        fitter.fit(
          PixelRows(
            base: $0.baseAddress!, width: photo.width, height: photo.height, rowBytes: rowBytes, channels: 4))
      }
      return fitted.withRows { rgb(fromBGRA: $0) }.bytes.map(Double.init)
    }
  }

  func testUnfit() throws {
    try check("unfit") { input, p in
      let mask = input["mask"]!
      let fitter = Fitter(width: p.width!, height: p.height!, size: mask.shape[0], fit: fit(p), channels: 3)
      return fitter.unfit(mask.floats).map(Double.init)
    }
  }

  func testResize() throws {
    try check("resize") { input, p in
      let image = input["image"]!
      if !image.bytes.isEmpty {
        return image.picture.resized(toWidth: p.width!, toHeight: p.height!).bytes.map(Double.init)
      }
      let resizer = Resizer(width: image.shape[1], height: image.shape[0], toWidth: p.width!, toHeight: p.height!)
      return resizer.resize(image.floats).map(Double.init)
    }
  }

  func testSmoothing() throws {
    try check("smooth") { input, p in
      let masks = input["masks"]!
      let count = masks.shape[1] * masks.shape[2]
      let colors = input["photos"]!.bytes
      var smoother = Smoother(ratio: p.ratio!, hold: p.hold!)
      return (0..<masks.shape[0]).flatMap { t -> [Double] in
        var mask = Array(masks.floats[t * count..<(t + 1) * count])
        let photo = Picture(
          width: masks.shape[2], height: masks.shape[1], channels: 3,
          bytes: Array(colors[3 * t * count..<3 * (t + 1) * count]))
        smoother.smooth(&mask, of: photo)
        return mask.map(Double.init)
      }
    }
  }

  func testComposition() throws {
    try check("over") { input, _ in
      bytes(Compositor.over(input["rgb"]!.picture, alpha: input["alpha"]!.floats, scene: input["scene"]!.floats))
    }
    try check("over_color") { input, p in
      bytes(Compositor.color(input["rgb"]!.picture, alpha: input["alpha"]!.floats, p.color!))
    }
    try check("cutout") { input, _ in
      bytes(Compositor.cutout(input["rgb"]!.picture, alpha: input["alpha"]!.floats))
    }
    try check("replace") { input, _ in
      bytes(
        Compositor.replace(
          input["rgb"]!.picture, alpha: input["alpha"]!.floats, background: input["background"]!.picture))
    }
  }

  func testBlur() throws {
    try check("blur") { input, p in
      bytes(Compositor.blur(input["rgb"]!.picture, alpha: input["alpha"]!.floats, radius: p.radius!))
    }
  }

  func testYuv() throws {
    try check("yuv_to_rgb") { input, p in
      let (y, u, v) = (input["y"]!.bytes, input["u"]!.bytes, input["v"]!.bytes)
      return y.withUnsafeBufferPointer { y in
        u.withUnsafeBufferPointer { u in
          v.withUnsafeBufferPointer { v in
            bytes(
              rgb(
                fromY: Plane(bytes: y, rowBytes: p.y_row!, pixelBytes: 1),
                u: Plane(bytes: u, rowBytes: p.chroma_row!, pixelBytes: p.chroma_pixel!),
                v: Plane(bytes: v, rowBytes: p.chroma_row!, pixelBytes: p.chroma_pixel!), width: p.width!,
                height: p.height!, range: p.full_range! ? .full : .video, turn: p.turn!, mirror: p.mirror!))
          }
        }
      }
    }
  }

  func testEveryOperationIsTested() throws {
    let tested: Set = [
      "fit_box", "fit_matrix", "fit_photo", "unfit", "resize", "smooth", "over", "over_color", "cutout", "replace",
      "blur", "yuv_to_rgb",
    ]
    XCTAssertEqual(Set(try Vectors.load().cases.map(\.operation)).subtracting(tested), ["segment"])
  }

  private func fit(_ parameters: Vectors.Parameters) -> Fit {
    Fit(rawValue: parameters.fit!)!
  }

  private func bytes(_ picture: Picture) -> [Double] {
    picture.bytes.map(Double.init)
  }

  private func check(_ operation: String, _ compute: ([String: Array32], Vectors.Parameters) -> [Double]) throws {
    let cases = try Vectors.load().cases.filter { $0.operation == operation }
    XCTAssertFalse(cases.isEmpty, "no case of \(operation)")
    for one in cases {
      let made = compute(try one.inputs.mapValues { try Array32($0) }, one.parameters)
      let expected: [Double]
      switch one.expected {
      case .file(let name): expected = try Array32(name).values
      case .numbers(let numbers): expected = numbers
      }
      XCTAssertEqual(made.count, expected.count, one.name)
      let differences = zip(made, expected).map { abs($0 - $1) }
      let share = Double(differences.filter { $0 > 0 }.count) / Double(max(1, differences.count))
      XCTAssertLessThanOrEqual(differences.max() ?? 0, one.tolerance.max, one.name)
      XCTAssertLessThanOrEqual(share, one.tolerance.share, "\(one.name): share of values that differ")
    }
  }
}
