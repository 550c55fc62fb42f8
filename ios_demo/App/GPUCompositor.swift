import CoreImage
import CoreImage.CIFilterBuiltins
import CoreVideo
import Metal
import PortraitKit

/// Composition at camera rate by built-in Core Image filters; PortraitKit's Compositor says what it should give.
///
/// No color management: bytes are mixed as they are, as in Python, and a mask is not corrected for gamma.
final class GPUCompositor {
  let context: CIContext
  private var scene: (picture: Picture, image: CIImage)?

  init(device: MTLDevice) {
    context = CIContext(mtlDevice: device, options: [.workingColorSpace: NSNull(), .cacheIntermediates: false])
  }

  static func image(_ buffer: CVPixelBuffer) -> CIImage {
    CIImage(cvPixelBuffer: buffer, options: [.colorSpace: NSNull()])
  }

  /// `mask`: gray, at the network's size. `box`: where the frame lies in it.
  func image(frame: CVPixelBuffer, mask: CVPixelBuffer, box: Box, effect: Effect) throws -> CIImage {
    let photo = Self.image(frame)
    let alpha = stretched(Self.image(mask), box, to: photo.extent)
    switch effect {
    case .none: return photo
    case .mask: return blend(Self.plain([255, 255, 255], photo.extent), Self.plain([0, 0, 0], photo.extent), alpha)
    case .color(let color): return blend(photo, Self.plain(color, photo.extent), alpha)
    case .blur(let strength):
      let radius = Effect.radius(strength: strength, width: Int(photo.extent.width), height: Int(photo.extent.height))
      return blend(photo, blurred(photo, alpha, radius), alpha)
    case .background(let picture): return blend(photo, try cover(picture, photo.extent), alpha)
    }
  }

  /// Python's composition of the golden photo, made here. nil if the export has none.
  func selfTest(_ export: Export) throws -> String? {
    guard let golden = try export.composite() else { return nil }
    let size = export.contract.size
    let frame = try golden.photo.pixelBuffer()
    let mask = try makePixelBuffer(width: size, height: size, format: kCVPixelFormatType_OneComponent8)
    fill(mask, with: golden.alpha, channels: 1)
    let box = Fit.stretch.box(height: size, width: size, size: size)
    let made = try makePixelBuffer(width: size, height: size, format: kCVPixelFormatType_32BGRA)
    context.render(try image(frame: frame, mask: mask, box: box, effect: .color(golden.color)), to: made)
    let picture = try withRows(of: made, channels: 4) { rgb(fromBGRA: $0) }
    let (largest, share, passed) = SelfTest.compare(picture, with: golden.result)
    return "Composition: \(passed ? "passed" : "FAILED"), largest difference \(largest), "
      + String(format: "%.3f %% differ by more than 2", 100 * share)
  }

  func forget() {
    scene = nil
    context.clearCaches()
  }

  /// blendWithMask takes a mask's gray, which it works out of three channels. Ours has one channel, which Core Image
  /// gives as red: blendWithRedMask (iOS 13) takes it as it is, whatever green and blue were filled with.
  private func blend(_ front: CIImage, _ back: CIImage, _ mask: CIImage) -> CIImage {
    let filter = CIFilter.blendWithRedMask()
    filter.inputImage = front
    filter.backgroundImage = back
    filter.maskImage = mask
    return (filter.outputImage ?? front).cropped(to: front.extent)
  }

  /// The background blurred for itself: what lies on the person is clear, and clear pixels weigh nothing.
  private func blurred(_ photo: CIImage, _ alpha: CIImage, _ radius: Float) -> CIImage {
    let background = blend(CIImage.empty().cropped(to: photo.extent), photo, alpha)
    let filter = CIFilter.gaussianBlur()
    filter.inputImage = background.clampedToExtent()
    filter.radius = radius / 2  // Core Image means sigma
    let blurred = (filter.outputImage ?? background).cropped(to: photo.extent)
    return blurred.unpremultiplyingAlpha().settingAlphaOne(in: photo.extent)
  }

  /// The box of the mask over the whole frame. Core Image counts rows from below.
  private func stretched(_ mask: CIImage, _ box: Box, to extent: CGRect) -> CIImage {
    let below = Int(mask.extent.height) - box.bottom
    let inner = CGRect(x: box.left, y: below, width: box.width, height: box.height)
    let scaled = mask.cropped(to: inner).clampedToExtent()
      .transformed(by: CGAffineTransform(translationX: -inner.origin.x, y: -inner.origin.y))
      .transformed(by: CGAffineTransform(scaleX: extent.width / inner.width, y: extent.height / inner.height))
    return scaled.cropped(to: extent)
  }

  /// Scaled to cover the frame, the middle shown.
  private func cover(_ picture: Picture, _ extent: CGRect) throws -> CIImage {
    if let scene, scene.picture == picture, scene.image.extent == extent { return scene.image }
    let image = Self.image(try picture.pixelBuffer())
    let scale = max(extent.width / image.extent.width, extent.height / image.extent.height)
    let scaled = image.clampedToExtent().transformed(by: CGAffineTransform(scaleX: scale, y: scale))
    let left = (image.extent.width * scale - extent.width) / 2
    let below = (image.extent.height * scale - extent.height) / 2
    let made = scaled.transformed(by: CGAffineTransform(translationX: -left, y: -below)).cropped(to: extent)
    scene = (picture, made)
    return made
  }

  private static func plain(_ color: [UInt8], _ extent: CGRect) -> CIImage {
    let parts = color.map { CGFloat($0) / 255 }
    return CIImage(color: CIColor(red: parts[0], green: parts[1], blue: parts[2])).cropped(to: extent)
  }
}
