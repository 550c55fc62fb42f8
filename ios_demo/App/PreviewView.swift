import CoreImage
import MetalKit
import PortraitKit
import UIKit

/// Shows the newest image, as large as fits; draws only while the app is in front.
final class PreviewView: MTKView {
  private nonisolated let newest = Newest<CIImage>()
  private let commands: MTLCommandQueue?
  private let renderer: CIContext
  private let colorSpace = CGColorSpaceCreateDeviceRGB()

  init(device: MTLDevice, renderer: CIContext) {
    self.renderer = renderer
    commands = device.makeCommandQueue()
    super.init(frame: CGRect(x: 0, y: 0, width: 0, height: 0), device: device)
    framebufferOnly = false  // Core Image writes into the texture by itself
    isPaused = true
    enableSetNeedsDisplay = true
    isUserInteractionEnabled = false
    delegate = self
  }

  @available(*, unavailable)
  required init(coder: NSCoder) {
    fatalError("not from a storyboard")
  }

  /// From any queue; nil clears.
  nonisolated func show(_ image: CIImage?) {
    newest.put(image)
    DispatchQueue.main.async { [weak self] in self?.setNeedsDisplay() }
  }
}

extension PreviewView: MTKViewDelegate {
  func mtkView(_ view: MTKView, drawableSizeWillChange size: CGSize) {
    setNeedsDisplay()
  }

  func draw(in view: MTKView) {
    guard UIApplication.shared.applicationState == .active else { return }  // the GPU is not ours in the background
    guard let buffer = commands?.makeCommandBuffer(), let drawable = currentDrawable else { return }
    let whole = CGRect(x: 0, y: 0, width: drawableSize.width, height: drawableSize.height)
    let black = CIImage(color: CIColor(red: 0, green: 0, blue: 0)).cropped(to: whole)
    let shown = newest.get().map { fitted($0, into: whole).composited(over: black) } ?? black
    renderer.render(shown, to: drawable.texture, commandBuffer: buffer, bounds: whole, colorSpace: colorSpace)
    buffer.present(drawable)
    buffer.commit()
  }

  private func fitted(_ image: CIImage, into whole: CGRect) -> CIImage {
    let scale = min(whole.width / image.extent.width, whole.height / image.extent.height)
    let left = (whole.width - image.extent.width * scale) / 2
    let below = (whole.height - image.extent.height * scale) / 2
    return image.transformed(by: CGAffineTransform(scaleX: scale, y: scale))
      .transformed(by: CGAffineTransform(translationX: left, y: below))
  }
}
