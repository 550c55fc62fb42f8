/// Temporal smoothing at the network's size: the previous mask helps where the current one does not know.
public struct Smoother {
  private let ratio: Float
  private var previous: [Float] = []

  public init(ratio: Float) {
    precondition(ratio >= 0 && ratio <= 1, "ratio \(ratio) must be in 0..1")
    self.ratio = ratio
  }

  /// The first mask, or one of another size, passes as it is.
  public mutating func smooth(_ mask: inout [Float]) {
    if previous.count == mask.count {
      for i in mask.indices {
        let sure = 2 * mask[i] - 1
        mask[i] += ratio * (1 - sure * sure) * (previous[i] - mask[i])
      }
    }
    previous = mask
  }

  /// Forgets the masks so far.
  public mutating func reset() {
    previous = []
  }
}
