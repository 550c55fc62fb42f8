/// Where a photo lies inside the square that the network sees; `bottom` and `right` are outside.
public struct Box: Equatable {
  public let top: Int
  public let bottom: Int
  public let left: Int
  public let right: Int

  public var width: Int { right - left }
  public var height: Int { bottom - top }
}

/// How a photo is laid into the square; the names are those of model_contract.json.
public enum Fit: String, CaseIterable {
  case stretch
  case letterbox

  /// Gray around a letter-boxed photo.
  public static let pad: UInt8 = 128

  /// Sizes round half to even, as Python's do.
  public func box(height: Int, width: Int, size: Int) -> Box {
    if self == .stretch { return Box(top: 0, bottom: size, left: 0, right: size) }
    let scale = Double(size) / Double(max(height, width))
    let innerHeight = max(1, Int((Double(height) * scale).rounded(.toNearestOrEven)))
    let innerWidth = max(1, Int((Double(width) * scale).rounded(.toNearestOrEven)))
    let top = (size - innerHeight) / 2
    let left = (size - innerWidth) / 2
    return Box(top: top, bottom: top + innerHeight, left: left, right: left + innerWidth)
  }

  /// Two rows of the affine from photo pixels to network pixels, pixel centers at whole numbers.
  public func matrix(height: Int, width: Int, size: Int) -> [[Double]] {
    let box = box(height: height, width: width, size: size)
    let x = Double(box.width) / Double(width)
    let y = Double(box.height) / Double(height)
    return [[x, 0, Double(box.left) + 0.5 * x - 0.5], [0, y, Double(box.top) + 0.5 * y - 0.5]]
  }
}

/// Photos of one size to the network's input, and its masks back. Tables are made once; one queue.
public final class Fitter {
  public let width: Int
  public let height: Int
  public let size: Int
  public let kind: Fit
  private let channels: Int
  private let box: Box
  private let shrink: Resizer
  private let enlarge: Enlarger
  private var inner: Picture

  public init(width: Int, height: Int, size: Int, fit: Fit, channels: Int) {
    self.width = width
    self.height = height
    self.size = size
    kind = fit
    self.channels = channels
    box = fit.box(height: height, width: width, size: size)
    shrink = Resizer(width: width, height: height, toWidth: box.width, toHeight: box.height)
    enlarge = Enlarger(width: box.width, height: box.height, toWidth: width, toHeight: height)
    inner = Picture(width: box.width, height: box.height, channels: channels)
  }

  /// The square that the network takes, channels as they come. What is outside the photo is gray.
  public func fit(_ photo: PixelRows) -> Picture {
    shrink.resize(photo, into: &inner)
    var square = Picture(width: size, height: size, channels: channels, fill: Fit.pad)
    let count = box.width * channels
    for y in 0..<box.height {
      let start = ((box.top + y) * size + box.left) * channels
      square.bytes.replaceSubrange(start..<start + count, with: inner.bytes[y * count..<(y + 1) * count])
    }
    return square
  }

  /// A mask (size, size) at the photo's size, the padding cut off; bilinear.
  public func unfit(_ mask: [Float]) -> [Float] {
    precondition(mask.count == size * size, "\(mask.count) values for \(size) x \(size)")
    var result = [Float](repeating: 0, count: width * height)
    mask.withUnsafeBufferPointer { values in
      let base = values.baseAddress! + box.top * size + box.left
      enlarge.rows(channels: 1, source: { base + $0 * self.size }) { y, row in
        for x in 0..<self.width { result[y * self.width + x] = row[x] }
      }
    }
    return result
  }
}
