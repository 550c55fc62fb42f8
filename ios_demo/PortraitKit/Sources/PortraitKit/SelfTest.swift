import Foundation

/// Which of the phone's processors may run a model.
public enum ComputeUnits: String, CaseIterable {
  case all = "All units"
  case cpuAndGPU = "GPU and CPU"
  case cpu = "CPU"
}

/// One loaded model: the only seam to Core ML. Created, run and released on one queue.
public protocol Network: AnyObject {
  /// A square of BGRA -> the mask in gray, row by row. `previous`: the mask of the frame before, in gray; nil is nobody.
  /// A model without a prior does not look at it.
  func mask(of square: Picture, previous: [UInt8]?) throws -> [UInt8]
}

/// What a model made of the golden photo.
public struct SelfTestResult: Equatable, CustomStringConvertible {
  public let file: String
  public let units: ComputeUnits
  public let labelAgreement: Double
  public let meanDifference: Double
  public let passed: Bool
  /// Of whole calls, input and output included.
  public let median: Double
  public let percentile95: Double

  public var description: String {
    let labels = String(format: "%.3f", 100 * labelAgreement)
    let difference = String(format: "%.5f", meanDifference)
    let verdict = "\(passed ? "passed" : "FAILED"): labels agree to \(labels) %, mean difference \(difference)"
    let time = String(format: "%.1f ms (half of the runs), %.1f ms (19 of 20)", median, percentile95)
    return "\(file) on \(units.rawValue)\n\(verdict)\n\(time)"
  }
}

public enum SelfTest {
  /// Holds a model against the golden mask that quantize_export.py wrote. nil if the export has none.
  public static func run(
    _ network: Network, file: String, units: ComputeUnits, export: Export, runs: Int,
    now: () -> Double = { ProcessInfo.processInfo.systemUptime * 1000 }
  ) throws -> SelfTestResult? {
    guard let golden = try export.golden(file) else { return nil }
    let square = bgra(fromRGB: golden.photo)
    var latency = Latency(window: max(1, runs))
    var mask: [UInt8] = []
    for _ in 0..<max(1, runs) {
      let started = now()
      mask = try network.mask(of: square, previous: golden.prior)
      latency.add(now() - started)
    }
    if mask.count != golden.mask.count {
      throw PortraitError(
        "\(file): a mask of \(mask.count) pixels, the contract says \(golden.mask.count); \(Contract.again)")
    }
    let threshold = export.contract.threshold * 255
    let labels = zip(mask, golden.mask).filter { (Float($0) > threshold) == (Float($1) > threshold) }.count
    let difference = zip(mask, golden.mask).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    let agreement = Double(labels) / Double(mask.count)
    let mean = Double(difference) / 255 / Double(mask.count)
    let tolerance = export.contract.tolerance(of: file, on: units)
    return SelfTestResult(
      file: file, units: units, labelAgreement: agreement, meanDifference: mean,
      passed: agreement >= tolerance.labelAgreement && mean <= tolerance.meanDifference,
      median: latency.milliseconds(percent: 50), percentile95: latency.milliseconds(percent: 95))
  }

  /// The quickest that passed.
  public static func best(_ results: [SelfTestResult]) -> SelfTestResult? {
    results.filter(\.passed).min { $0.median < $1.median }
  }

  /// Largest difference, and the share of values that differ by more than two gray levels: a picture composed on a GPU
  /// is rounded elsewhere, but not moved, mirrored or corrected for gamma.
  public static func compare(_ made: Picture, with expected: Picture) -> (largest: Int, share: Double, passed: Bool) {
    guard made.bytes.count == expected.bytes.count else { return (255, 1, false) }
    let differences = zip(made.bytes, expected.bytes).map { abs(Int($0) - Int($1)) }
    let share = Double(differences.filter { $0 > 2 }.count) / Double(max(1, differences.count))
    return (differences.max() ?? 0, share, share <= 0.001)
  }
}
