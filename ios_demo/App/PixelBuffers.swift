import CoreVideo
import PortraitKit

/// A buffer that the GPU and Core ML read without a copy.
func makePixelBuffer(width: Int, height: Int, format: OSType) throws -> CVPixelBuffer {
  var buffer: CVPixelBuffer?
  let attributes = [kCVPixelBufferIOSurfacePropertiesKey as String: [String: Int]()]
  let status = CVPixelBufferCreate(nil, width, height, format, attributes as CFDictionary, &buffer)
  guard status == kCVReturnSuccess, let buffer else {
    throw PortraitError("no memory for \(width) x \(height) pixels (status \(status)); close other apps")
  }
  return buffer
}

/// The rows of a locked buffer; `body` must not keep them.
func withRows<Result>(of buffer: CVPixelBuffer, channels: Int, _ body: (PixelRows) throws -> Result) throws -> Result {
  CVPixelBufferLockBaseAddress(buffer, .readOnly)
  defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
  guard let base = CVPixelBufferGetBaseAddress(buffer) else {
    throw PortraitError("a frame without memory; pause the app and come back")
  }
  return try body(
    PixelRows(
      base: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), width: CVPixelBufferGetWidth(buffer),
      height: CVPixelBufferGetHeight(buffer), rowBytes: CVPixelBufferGetBytesPerRow(buffer), channels: channels))
}

/// Pixels without gaps into a buffer of the same size.
func fill(_ buffer: CVPixelBuffer, with bytes: [UInt8], channels: Int) {
  CVPixelBufferLockBaseAddress(buffer, [])
  defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
  guard let base = CVPixelBufferGetBaseAddress(buffer) else { return }
  let count = CVPixelBufferGetWidth(buffer) * channels
  let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
  precondition(bytes.count == count * CVPixelBufferGetHeight(buffer), "\(bytes.count) bytes do not fit the buffer")
  bytes.withUnsafeBytes { source in
    for y in 0..<CVPixelBufferGetHeight(buffer) {
      (base + y * rowBytes).copyMemory(from: source.baseAddress! + y * count, byteCount: count)
    }
  }
}

extension Picture {
  /// RGB as a buffer for the GPU.
  func pixelBuffer() throws -> CVPixelBuffer {
    let buffer = try makePixelBuffer(width: width, height: height, format: kCVPixelFormatType_32BGRA)
    fill(buffer, with: bgra(fromRGB: self).bytes, channels: 4)
    return buffer
  }
}
