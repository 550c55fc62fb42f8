/// Averages areas: first down, where rows are summed as they lie in memory, then across.
final class Shrinker {
  private let width: Int
  private let height: Int
  private let across: AreaAxis
  private let down: AreaAxis
  private let wholePixels: Bool
  private let halves: Bool
  private let cells: Double  // what the weights of one new pixel sum up to
  private let scale: Int  // 1 / cells in fixed point
  private var sums: [Int32] = []  // one new row, still at the source's width: exact
  private var line: [Float] = []

  init(width: Int, height: Int, toWidth: Int, toHeight: Int) {
    self.width = toWidth
    self.height = toHeight
    across = AreaAxis(source: width, target: toWidth)
    down = AreaAxis(source: height, target: toHeight)
    wholePixels = across.part == 1 && down.part == 1
    halves = wholePixels && across.total == 2 && down.total == 2
    cells = Double(across.total) * Double(down.total)
    scale = Int((Double(1 << 54) / cells).rounded())
    line = [Float](repeating: 0, count: width)
  }

  /// Each channel is rounded.
  func shrink(_ source: PixelRows, into: inout [UInt8]) {
    let channels = source.channels
    let count = source.width * channels
    if sums.count != count { sums = [Int32](repeating: 0, count: count) }
    sums.withUnsafeMutableBufferPointer { sums in
      for y in 0..<height {
        sums.update(repeating: 0)
        for row in down.covered(y) {
          add(source.row(row), count, Int32(down.weight(y, of: row)), to: sums.baseAddress!)
        }
        for x in 0..<width {
          for c in 0..<channels {
            let sum = sumAcross(sums.baseAddress! + c, channels, x)
            into[(y * width + x) * channels + c] = round(sum) { self.floatAverage(source, c, x, y) }
          }
        }
      }
    }
  }

  /// One channel of floats, not rounded.
  func shrink(_ values: [Float], into: inout [Float]) {
    let sourceWidth = line.count
    for y in 0..<height {
      for i in 0..<sourceWidth { line[i] = 0 }
      for row in down.covered(y) {
        let weight = Float(down.weight(y, of: row)) / Float(down.total)
        for i in 0..<sourceWidth { line[i] += weight * values[row * sourceWidth + i] }
      }
      for x in 0..<width {
        var sum: Float = 0
        for i in across.covered(x) { sum += Float(across.weight(x, of: i)) * line[i] }
        into[y * width + x] = sum / Float(across.total)
      }
    }
  }

  private func add(_ row: UnsafePointer<UInt8>, _ count: Int, _ weight: Int32, to sums: UnsafeMutablePointer<Int32>) {
    for i in 0..<count { sums[i] &+= weight &* Int32(row[i]) }
  }

  private func sumAcross(_ sums: UnsafePointer<Int32>, _ step: Int, _ x: Int) -> Int {
    let first = across.first[x]
    let last = across.last[x]
    var whole = 0
    for i in first..<max(first, last) { whole &+= Int(sums[i &* step]) }
    var sum = across.part * whole
    if across.head[x] > 0 { sum += across.head[x] * Int(sums[(first - 1) * step]) }
    if across.tail[x] > 0 { sum += across.tail[x] * Int(sums[last * step]) }
    return sum
  }

  /// sum / cells to the nearest byte, in fixed point: for what is not close to halfway it is precise enough, and nearly
  /// nothing is, which makes the branch a cheap one. What lies halfway is rounded as OpenCV does, or a network would see
  /// another photo.
  private func round(_ sum: Int, otherwise exact: () -> Float) -> UInt8 {
    let one = 1 << 54  // with 8 bits before the point, and the sign
    let close = one / 1000  // more than float32 sums of bytes are wrong by
    let raised = sum &* scale &+ one / 2
    let rest = raised & (one - 1)
    if rest > close && rest < one - close { return UInt8(truncatingIfNeeded: raised >> 54) }
    if halves { return UInt8(Double(sum) / cells + 0.5) }
    if wholePixels { return UInt8((Double(sum) / cells).rounded(.toNearestOrEven)) }
    return UInt8(exact().rounded(.toNearestOrEven))
  }

  /// One channel of one new pixel as sums in float32, across and then down, which may miss the half by a hair.
  private func floatAverage(_ source: PixelRows, _ c: Int, _ x: Int, _ y: Int) -> Float {
    var sum: Float = 0
    for row in down.covered(y) {
      var rowSum: Float = 0
      for column in across.covered(x) {
        rowSum += across.share(x, of: column) * Float(source.row(row)[column * source.channels + c])
      }
      sum += down.share(y, of: row) * rowSum
    }
    return sum
  }
}
