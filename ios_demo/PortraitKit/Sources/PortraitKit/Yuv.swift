/// One plane of a YUV 4:2:0 frame. Its buffer may end at its last sample, before its last row is full.
public struct Plane {
  public let bytes: UnsafeBufferPointer<UInt8>
  public let rowBytes: Int
  public let pixelBytes: Int

  public init(bytes: UnsafeBufferPointer<UInt8>, rowBytes: Int, pixelBytes: Int) {
    self.bytes = bytes
    self.rowBytes = rowBytes
    self.pixelBytes = pixelBytes
  }

  func sample(_ x: Int, _ y: Int) -> Int {
    Int(bytes[y * rowBytes + x * pixelBytes])
  }
}

/// ITU-R BT.601 in 16-bit fixed point: 420f of iPhones is full range, 420v is video range.
public enum YuvRange {
  case full
  case video

  var coefficients: (offset: Int, gain: Int, redV: Int, greenU: Int, greenV: Int, blueU: Int) {
    switch self {
    case .full: return (0, 65536, 91881, -22554, -46802, 116130)
    case .video: return (16, 76309, 104597, -25675, -53279, 132201)
    }
  }
}

/// A camera's frame as RGB, turned clockwise by 0, 90, 180 or 270 degrees, then mirrored left to right.
public func rgb(
  fromY y: Plane, u: Plane, v: Plane, width: Int, height: Int, range: YuvRange, turn: Int, mirror: Bool
) -> Picture {
  precondition([0, 90, 180, 270].contains(turn), "turn \(turn) must be 0, 90, 180 or 270 degrees")
  let (offset, gain, redV, greenU, greenV, blueU) = range.coefficients
  let half = 1 << 15
  let sideways = turn % 180 != 0
  var result = Picture(width: sideways ? height : width, height: sideways ? width : height, channels: 3)
  for row in 0..<result.height {
    for column in 0..<result.width {
      let turned = mirror ? result.width - 1 - column : column
      let (sx, sy): (Int, Int)
      switch turn {
      case 0: (sx, sy) = (turned, row)
      case 90: (sx, sy) = (row, height - 1 - turned)
      case 180: (sx, sy) = (width - 1 - turned, height - 1 - row)
      default: (sx, sy) = (width - 1 - row, turned)
      }
      let luma = gain * (y.sample(sx, sy) - offset) + half
      let (cb, cr) = (u.sample(sx / 2, sy / 2) - 128, v.sample(sx / 2, sy / 2) - 128)
      let place = 3 * (row * result.width + column)
      result.bytes[place] = UInt8(max(0, min(255, (luma + redV * cr) >> 16)))
      result.bytes[place + 1] = UInt8(max(0, min(255, (luma + greenU * cb + greenV * cr) >> 16)))
      result.bytes[place + 2] = UInt8(max(0, min(255, (luma + blueU * cb) >> 16)))
    }
  }
  return result
}
