/// Averages areas along an axis that shrinks; then interpolates linearly along one that grows.
public final class Resizer {
  private let width: Int
  private let height: Int
  private let betweenWidth: Int
  private let betweenHeight: Int
  private let shrinker: Shrinker?
  private let enlarger: Enlarger?

  public init(width: Int, height: Int, toWidth: Int, toHeight: Int) {
    self.width = toWidth
    self.height = toHeight
    betweenWidth = min(width, toWidth)
    betweenHeight = min(height, toHeight)
    let shrinks = betweenWidth < width || betweenHeight < height
    let grows = toWidth > betweenWidth || toHeight > betweenHeight
    shrinker =
      shrinks ? Shrinker(width: width, height: height, toWidth: betweenWidth, toHeight: betweenHeight) : nil
    enlarger =
      grows ? Enlarger(width: betweenWidth, height: betweenHeight, toWidth: toWidth, toHeight: toHeight) : nil
  }

  /// Each channel is rounded, after shrinking and after growing.
  public func resize(_ source: PixelRows, into picture: inout Picture) {
    guard let enlarger else {
      if let shrinker { shrinker.shrink(source, into: &picture.bytes) } else { picture = source.copied() }
      return
    }
    guard let shrinker else { return enlarger.enlarge(source, into: &picture.bytes) }
    var between = Picture(width: betweenWidth, height: betweenHeight, channels: source.channels)
    shrinker.shrink(source, into: &between.bytes)
    between.withRows { enlarger.enlarge($0, into: &picture.bytes) }
  }

  public func resize(_ values: [Float]) -> [Float] {
    var between = values
    if let shrinker {
      between = [Float](repeating: 0, count: betweenWidth * betweenHeight)
      shrinker.shrink(values, into: &between)
    }
    guard let enlarger else { return between }
    var result = [Float](repeating: 0, count: width * height)
    between.withUnsafeBufferPointer { values in
      enlarger.rows(channels: 1, source: { values.baseAddress! + $0 * self.betweenWidth }) { y, row in
        for x in 0..<self.width { result[y * self.width + x] = row[x] }
      }
    }
    return result
  }
}

extension Picture {
  /// A resized copy; for pictures that come once, not for frames.
  public func resized(toWidth: Int, toHeight: Int) -> Picture {
    var result = Picture(width: toWidth, height: toHeight, channels: channels)
    let resizer = Resizer(width: width, height: height, toWidth: toWidth, toHeight: toHeight)
    withRows { resizer.resize($0, into: &result) }
    return result
  }
}
