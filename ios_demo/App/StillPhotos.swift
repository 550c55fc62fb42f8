import CoreGraphics
import Foundation
import PortraitKit
import UIKit

/// Photos as pixels and back.
enum StillPhotos {
  /// Upright, as its orientation mark says. `longest`: of its sides, in pixels, if it has to be smaller.
  static func picture(from data: Data, longest: Int = .max) throws -> Picture {
    guard let image = UIImage(data: data), let pixels = image.cgImage else {
      throw PortraitError(Words.unreadable("\(data.count) bytes of no known format"))
    }
    var (width, height) = (pixels.width, pixels.height)
    if image.size.width < image.size.height { (width, height) = (min(width, height), max(width, height)) }
    if image.size.width > image.size.height { (width, height) = (max(width, height), min(width, height)) }
    let scale = min(1, Double(longest) / Double(max(width, height)))
    width = max(1, Int(Double(width) * scale))
    height = max(1, Int(Double(height) * scale))
    return try drawn(image, width, height)
  }

  /// A JPEG in the temporary folder.
  static func file(of picture: Picture) throws -> URL {
    let colors = bgra(fromRGB: picture)
    let image = try drawing(colors.width, colors.height) { context -> CGImage? in
      colors.bytes.withUnsafeBytes { source in
        context.data?.copyMemory(from: source.baseAddress!, byteCount: source.count)
      }
      return context.makeImage()
    }
    guard let image, let data = UIImage(cgImage: image).jpegData(compressionQuality: 0.92) else {
      throw PortraitError("no memory for \(picture.width) x \(picture.height) pixels")
    }
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("portrait.jpg")
    try data.write(to: url, options: .atomic)
    return url
  }

  private static func drawn(_ image: UIImage, _ width: Int, _ height: Int) throws -> Picture {
    try drawing(width, height) { context in
      context.translateBy(x: 0, y: CGFloat(height))  // UIKit's rows go down
      context.scaleBy(x: 1, y: -1)
      UIGraphicsPushContext(context)
      image.draw(in: CGRect(x: 0, y: 0, width: width, height: height))
      UIGraphicsPopContext()
      guard let base = context.data else { throw PortraitError(Words.unreadable("no memory")) }
      let rows = PixelRows(
        base: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), width: width, height: height,
        rowBytes: 4 * width, channels: 4)
      return rgb(fromBGRA: rows)
    }
  }

  /// In BGRA without gaps.
  private static func drawing<Result>(
    _ width: Int, _ height: Int, _ body: (CGContext) throws -> Result
  ) throws -> Result {
    let layout = CGImageAlphaInfo.noneSkipFirst.rawValue | CGBitmapInfo.byteOrder32Little.rawValue
    guard
      let context = CGContext(
        data: nil, width: width, height: height, bitsPerComponent: 8, bytesPerRow: 4 * width,
        space: CGColorSpaceCreateDeviceRGB(), bitmapInfo: layout)
    else { throw PortraitError(Words.unreadable("no memory for \(width) x \(height) pixels")) }
    return try body(context)
  }
}
