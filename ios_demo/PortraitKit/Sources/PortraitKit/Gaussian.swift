import Foundation

/// A Gaussian blur of interleaved float channels; borders mirrored without repeating the edge.
struct Gaussian {
  private let kernel: [Float]  // from the middle outwards

  init(sigma: Double, reach: Int) {
    let half = (0...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = 2 * half.reduce(0, +) - half[0]
    kernel = half.map { Float($0 / sum) }
  }

  func blur(_ values: inout [Float], width: Int, height: Int, channels: Int) {
    var between = values
    for y in 0..<height {
      for x in 0..<width {
        pass(values, at: (y * width + x) * channels, x, width, y * width * channels, channels, channels, &between)
      }
    }
    for x in 0..<width {
      for y in 0..<height {
        pass(
          between, at: (y * width + x) * channels, y, height, x * channels, width * channels, channels, &values)
      }
    }
  }

  /// One pixel along one axis: `index` of `count` places, `step` values apart from `start`.
  private func pass(
    _ source: [Float], at: Int, _ index: Int, _ count: Int, _ start: Int, _ step: Int, _ channels: Int,
    _ into: inout [Float]
  ) {
    for c in 0..<channels { into[at + c] = kernel[0] * source[at + c] }
    for k in 1..<max(1, kernel.count) {
      let one = start + mirrored(index - k, count) * step
      let other = start + mirrored(index + k, count) * step
      for c in 0..<channels { into[at + c] += kernel[k] * (source[one + c] + source[other + c]) }
    }
  }

  private func mirrored(_ index: Int, _ count: Int) -> Int {
    if count == 1 { return 0 }
    let period = 2 * count - 2
    let place = ((index % period) + period) % period
    return min(place, period - place)
  }
}
