/// Interpolates linearly. Tables are made once; one queue.
final class Enlarger {
  private let across: LinearAxis
  private let down: LinearAxis
  let width: Int
  let height: Int

  init(width: Int, height: Int, toWidth: Int, toHeight: Int) {
    self.width = toWidth
    self.height = toHeight
    across = LinearAxis(source: width, target: toWidth)
    down = LinearAxis(source: height, target: toHeight)
  }

  /// Each channel is rounded.
  func enlarge(_ source: PixelRows, into: inout [UInt8]) {
    let count = source.width * source.channels
    var values = [Float](repeating: 0, count: count * source.height)
    for y in 0..<source.height {
      let row = source.row(y)
      for i in 0..<count { values[y * count + i] = Float(row[i]) }
    }
    let rowCount = width * source.channels
    values.withUnsafeBufferPointer { values in
      rows(channels: source.channels, source: { values.baseAddress! + $0 * count }) { y, row in
        for i in 0..<rowCount { into[y * rowCount + i] = UInt8(row[i].rounded(.toNearestOrEven)) }
      }
    }
  }

  /// Gives each new row of interleaved channels to `take`; `source` gives a row of the small picture.
  func rows(
    channels: Int, source: (Int) -> UnsafePointer<Float>, take: (Int, UnsafePointer<Float>) -> Void
  ) {
    let count = width * channels
    var upper = [Float](repeating: 0, count: count)
    var lower = upper
    var row = upper
    var upperOf = -1
    var lowerOf = -1
    for y in 0..<height {
      let (first, second, weight) = (down.first[y], down.second[y], down.weight[y])
      if upperOf != first {
        if lowerOf == first {
          swap(&upper, &lower)
          lowerOf = -1
        } else {
          widen(source(first), channels, into: &upper)
        }
        upperOf = first
      }
      if lowerOf != second {
        widen(source(second), channels, into: &lower)
        lowerOf = second
      }
      row.withUnsafeMutableBufferPointer { row in
        for i in 0..<count { row[i] = (1 - weight) * upper[i] + weight * lower[i] }
        take(y, row.baseAddress!)
      }
    }
  }

  private func widen(_ values: UnsafePointer<Float>, _ channels: Int, into: inout [Float]) {
    for x in 0..<width {
      let weight = across.weight[x]
      let left = across.first[x] * channels
      let right = across.second[x] * channels
      for c in 0..<channels {
        into[x * channels + c] = (1 - weight) * values[left + c] + weight * values[right + c]
      }
    }
  }
}
