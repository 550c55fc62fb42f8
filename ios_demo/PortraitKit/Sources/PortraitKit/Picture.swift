/// Interleaved channels of 8 bits, row by row without gaps: RGB for photos, BGRA for frames and for Core ML.
public struct Picture: Equatable {
  public let width: Int
  public let height: Int
  public let channels: Int
  public var bytes: [UInt8]

  public init(width: Int, height: Int, channels: Int, fill: UInt8 = 0) {
    self.init(
      width: width, height: height, channels: channels,
      bytes: [UInt8](repeating: fill, count: width * height * channels))
  }

  public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(bytes.count == width * height * channels, "\(bytes.count) bytes for \(width) x \(height)")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// A view of the rows, valid during the call.
  public func withRows<Result>(_ body: (PixelRows) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer {
      try body(
        PixelRows(
          base: $0.baseAddress!, width: width, height: height, rowBytes: width * channels, channels: channels))
    }
  }
}

/// Rows of pixels in memory that somebody else owns. A row may be longer than its pixels, as in pixel buffers.
public struct PixelRows {
  public let base: UnsafePointer<UInt8>
  public let width: Int
  public let height: Int
  public let rowBytes: Int
  public let channels: Int

  public init(base: UnsafePointer<UInt8>, width: Int, height: Int, rowBytes: Int, channels: Int) {
    precondition(rowBytes >= width * channels, "rows of \(rowBytes) bytes for \(width) pixels of \(channels)")
    self.base = base
    self.width = width
    self.height = height
    self.rowBytes = rowBytes
    self.channels = channels
  }

  func row(_ y: Int) -> UnsafePointer<UInt8> {
    base + y * rowBytes
  }

  /// The same without gaps.
  public func copied() -> Picture {
    var picture = Picture(width: width, height: height, channels: channels)
    picture.bytes.withUnsafeMutableBufferPointer { into in
      for y in 0..<height {
        (into.baseAddress! + y * width * channels).update(from: row(y), count: width * channels)
      }
    }
    return picture
  }
}

/// BGRA, or RGBA alike, to three channels in the other order.
public func rgb(fromBGRA rows: PixelRows) -> Picture {
  precondition(rows.channels == 4, "\(rows.channels) channels where BGRA has 4")
  var picture = Picture(width: rows.width, height: rows.height, channels: 3)
  picture.bytes.withUnsafeMutableBufferPointer { into in
    for y in 0..<rows.height {
      let row = rows.row(y)
      for x in 0..<rows.width {
        for c in 0..<3 { into[3 * (y * rows.width + x) + c] = row[4 * x + 2 - c] }
      }
    }
  }
  return picture
}

/// Three channels to BGRA, opaque.
public func bgra(fromRGB picture: Picture) -> Picture {
  precondition(picture.channels == 3, "\(picture.channels) channels where RGB has 3")
  var result = Picture(width: picture.width, height: picture.height, channels: 4, fill: 255)
  for i in 0..<picture.width * picture.height {
    for c in 0..<3 { result.bytes[4 * i + 2 - c] = picture.bytes[3 * i + c] }
  }
  return result
}
