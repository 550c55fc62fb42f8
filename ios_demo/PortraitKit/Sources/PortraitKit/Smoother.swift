/// Temporal smoothing at the network's size: the previous mask helps where the current one does not know, and where
/// nothing moves.
public struct Smoother {
  /// Weight of the previous mask where the picture rests.
  public static let hold: Float = 0.85
  /// Gray levels of change: up to the first a pixel rests, from the second on it has moved.
  private static let rests = 2
  private static let moved = 6

  private let ratio: Float
  /// Weights of the previous mask by the change of the picture, the last one for all above it.
  private let holds: [Float]
  private var previous: [Float] = []
  private var photo: Picture?

  public init(ratio: Float, hold: Float = Smoother.hold) {
    precondition(ratio >= 0 && ratio <= 1, "ratio \(ratio) must be in 0..1")
    self.ratio = ratio
    holds = (0...Self.moved).map { hold * min(1, Float(Self.moved - $0) / Float(Self.moved - Self.rests)) }
  }

  /// `square`: what the mask is of, of its size. The first mask, or one of another size, passes as it is.
  public mutating func smooth(_ mask: inout [Float], of square: Picture) {
    if let photo, previous.count == mask.count {
      let changes = Self.changes(from: photo, to: square)
      for i in mask.indices {
        let sure = 2 * mask[i] - 1
        mask[i] += max(ratio * (1 - sure * sure), holds[Int(changes[i])]) * (previous[i] - mask[i])
      }
    }
    previous = mask
    photo = square
  }

  /// Forgets the masks so far.
  public mutating func reset() {
    previous = []
    photo = nil
  }

  /// The largest change of each pixel's colors and of those around it, `moved` at most.
  private static func changes(from before: Picture, to now: Picture) -> [UInt8] {
    var changes = [UInt8](repeating: 0, count: now.width * now.height)
    before.bytes.withUnsafeBufferPointer { before in
      now.bytes.withUnsafeBufferPointer { bytes in
        for i in changes.indices {
          let at = i * now.channels
          var most = 0
          for c in at..<at + 3 { most = max(most, abs(Int(bytes[c]) - Int(before[c]))) }
          changes[i] = UInt8(min(most, moved))
        }
      }
    }
    let along = spread(changes, length: now.width, lines: now.height, step: 1, skip: now.width)
    return spread(along, length: now.height, lines: now.width, step: now.width, skip: 1)
  }

  /// The largest of each value and its two neighbors along lines. `step`: from one to the next; `skip`: from line to line.
  private static func spread(_ values: [UInt8], length: Int, lines: Int, step: Int, skip: Int) -> [UInt8] {
    var made = values
    values.withUnsafeBufferPointer { values in
      for line in 0..<lines {
        for k in 0..<length {
          let i = line * skip + k * step
          if k > 0 { made[i] = max(made[i], values[i - step]) }
          if k < length - 1 { made[i] = max(made[i], values[i + step]) }
        }
      }
    }
    return made
  }
}
