import Foundation

/// How hot the phone says it is.
public enum Heat: Int {
  case nominal
  case fair
  case serious
  case critical
}

/// Which frames of a camera are worked on: not the first ones, and fewer when the phone is hot.
public struct FramePolicy {
  /// Dark, green or half exposed: they would stay in the next masks.
  public static let untrusted = 3

  private var seen = 0

  public init() {}

  /// A frame that is not taken is not shown either: a mask belongs to the frame that it was computed from.
  public mutating func takes(heat: Heat) -> Bool {
    seen += 1
    if seen <= Self.untrusted { return false }
    switch heat {
    case .nominal, .fair: return true
    case .serious: return seen % 2 == 0
    case .critical: return seen % 4 == 0
    }
  }

  /// After a change of camera, a rotation or a pause.
  public mutating func restart() {
    seen = 0
  }
}

/// Frames a second, over about half a second.
public struct FrameRate {
  public private(set) var perSecond = 0.0
  private var since = 0.0
  private var frames = 0

  public init() {}

  /// Whether a new figure is there. `now` in milliseconds.
  public mutating func count(now: Double) -> Bool {
    frames += 1
    if since > 0 && now - since < 500 { return false }
    perSecond = since > 0 ? Double(frames) * 1000 / (now - since) : 0
    since = now
    frames = 0
    return true
  }
}

/// Holds the newest value only: what was not taken in time is gone.
public final class Newest<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value?

  public init() {}

  public func put(_ value: Value?) {
    lock.lock()
    self.value = value
    lock.unlock()
  }

  public func get() -> Value? {
    lock.lock()
    defer { lock.unlock() }
    return value
  }
}
