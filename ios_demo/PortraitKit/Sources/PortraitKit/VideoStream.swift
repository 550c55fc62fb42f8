/// One camera or video through a network: each frame helps the next, until something cuts them apart.
///
/// The same state as Python's inference/stream.py: the previous mask, as it was before any smoothing, for a network that
/// takes it, and the smoothing. All of it begins anew at a cut, after a gap or a jump in time, and where frames change
/// their size. One queue.
public final class VideoStream {
  /// Gray levels between two thumbnails, in the mean: beyond it, another scene.
  static let cut = 28.0
  /// Seconds between two frames beyond which the older says nothing of the newer.
  static let gap = 0.5
  private static let side = 32

  private let size: Int
  private let kind: Fit
  private let shrink: Resizer
  private var fitter: Fitter?
  private var smoother: Smoother?
  private var previous: [UInt8]?
  private var last: (thumbnail: Picture, seconds: Double)?

  /// `smoothing`: the ratio; nil smooths nothing.
  public init(size: Int, fit: Fit, smoothing: Float?) {
    self.size = size
    kind = fit
    shrink = Resizer(width: size, height: size, toWidth: Self.side, toHeight: Self.side)
    smoother = smoothing.map { Smoother(ratio: $0) }
  }

  /// A frame in BGRA as the network sees it. One of another size than the last begins anew.
  public func fit(_ frame: PixelRows) -> Picture {
    if let fitter, fitter.width == frame.width, fitter.height == frame.height { return fitter.fit(frame) }
    reset()
    let made = Fitter(width: frame.width, height: frame.height, size: size, fit: kind, channels: frame.channels)
    fitter = made
    return made.fit(frame)
  }

  /// What fit() made of the next frame -> its mask in 0...1. `seconds`: when it was taken, on any clock.
  public func mask(of square: Picture, seconds: Double, network: Network) throws -> [Float] {
    var thumbnail = Picture(width: Self.side, height: Self.side, channels: square.channels)
    square.withRows { shrink.resize($0, into: &thumbnail) }
    if !continues(thumbnail, seconds) { reset() }
    last = (thumbnail, seconds)
    let gray = try network.mask(of: square, previous: previous)
    previous = gray
    var values = gray.map { Float($0) / 255 }
    smoother?.smooth(&values, of: square)
    return values
  }

  /// Forgets all frames so far, as at a cut.
  public func reset() {
    last = nil
    previous = nil
    smoother?.reset()
  }

  /// Whether a frame goes on with what the last one showed.
  private func continues(_ thumbnail: Picture, _ seconds: Double) -> Bool {
    guard let last, (0...Self.gap).contains(seconds - last.seconds) else { return false }
    return Self.sceneChange(last.thumbnail, thumbnail) <= Self.cut
  }

  /// Mean difference of the colors of two pictures of one size, BGRA, in gray levels.
  private static func sceneChange(_ one: Picture, _ other: Picture) -> Double {
    var sum = 0
    for i in stride(from: 0, to: one.bytes.count, by: one.channels) {
      for c in i..<i + 3 { sum += abs(Int(one.bytes[c]) - Int(other.bytes[c])) }
    }
    return Double(sum) / Double(3 * one.width * one.height)
  }
}
