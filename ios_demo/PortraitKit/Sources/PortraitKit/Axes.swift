import Foundation

/// One shrinking axis: new pixel i averages what [i, i + 1) covers of the old ones.
///
/// In whole numbers: with source / target = total / part in lowest terms, each overlap is a multiple of 1 / part, so
/// sums of weighted bytes are exact.
struct AreaAxis {
  /// Old pixels first[i]..<last[i] lie wholly inside new pixel i, each with weight `part` of `total`.
  private(set) var first: [Int] = []
  private(set) var last: [Int] = []
  /// Weights of pixels first[i] - 1 and last[i], which lie inside in part; 0 where there is none.
  private(set) var head: [Int] = []
  private(set) var tail: [Int] = []
  let part: Int
  let total: Int

  init(source: Int, target: Int) {
    precondition(target >= 1 && target <= source, "\(source) pixels cannot be averaged to \(target)")
    var divisor = source
    var rest = target
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    part = target / divisor
    total = source / divisor
    for i in 0..<target {
      let from = i * total  // in parts of an old pixel
      let to = from + total
      first.append((from + part - 1) / part)
      last.append(to / part)
      head.append(first[i] * part - from)
      tail.append(to - last[i] * part)
    }
  }

  /// All old pixels that new pixel i covers, in whole or in part.
  func covered(_ i: Int) -> Range<Int> {
    (head[i] > 0 ? first[i] - 1 : first[i])..<(tail[i] > 0 ? last[i] + 1 : last[i])
  }

  func weight(_ i: Int, of cell: Int) -> Int {
    cell < first[i] ? head[i] : cell < last[i] ? part : tail[i]
  }

  func share(_ i: Int, of cell: Int) -> Float {
    Float(Double(weight(i, of: cell)) / Double(total))
  }
}

/// One growing axis: half-pixel centers, the border repeated. New pixel i lies between old first[i] and second[i].
struct LinearAxis {
  private(set) var first: [Int] = []
  private(set) var second: [Int] = []
  private(set) var weight: [Float] = []  // of the second

  init(source: Int, target: Int) {
    let scale = Double(source) / Double(target)
    for i in 0..<target {
      let center = min(max((Double(i) + 0.5) * scale - 0.5, 0), Double(source - 1))
      first.append(Int(center))
      second.append(min(first[i] + 1, source - 1))
      weight.append(Float(center - Double(first[i])))
    }
  }
}
