/// The last durations of one stage, in milliseconds.
public struct Latency {
  private let window: Int
  private var values: [Double] = []
  private var next = 0

  public init(window: Int = 60) {
    self.window = window
    values.reserveCapacity(window)
  }

  public mutating func add(_ milliseconds: Double) {
    if values.count < window { values.append(milliseconds) } else { values[next] = milliseconds }
    next = (next + 1) % window
  }

  /// What `percent` of the durations do not exceed; 0 before the first.
  public func milliseconds(percent: Int) -> Double {
    if values.isEmpty { return 0 }
    return values.sorted()[max(0, (values.count * percent + 99) / 100 - 1)]
  }

  public mutating func reset() {
    values.removeAll(keepingCapacity: true)
    next = 0
  }
}
