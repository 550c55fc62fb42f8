/// What is shown instead of the background. Pictures are RGB, of the photo's size; alphas are in 0..1.
public enum Compositor {
  /// The person over a scene of floats in 0..255; in float32, bit for bit as Python does it.
  public static func over(_ photo: Picture, alpha: [Float], scene: [Float]) -> Picture {
    mixed(photo, alpha) { scene[$0] }
  }

  public static func color(_ photo: Picture, alpha: [Float], _ color: [UInt8]) -> Picture {
    let values = color.map(Float.init)
    return mixed(photo, alpha) { values[$0 % 3] }
  }

  /// The background is scaled to cover the photo, and its middle is taken.
  public static func replace(_ photo: Picture, alpha: [Float], background: Picture) -> Picture {
    let scene = cover(background, width: photo.width, height: photo.height)
    return mixed(photo, alpha) { Float(scene.bytes[$0]) }
  }

  /// RGBA: the photo's colors with the alpha as theirs.
  public static func cutout(_ photo: Picture, alpha: [Float]) -> Picture {
    var result = Picture(width: photo.width, height: photo.height, channels: 4)
    for i in alpha.indices {
      for c in 0..<3 { result.bytes[4 * i + c] = photo.bytes[3 * i + c] }
      result.bytes[4 * i + 3] = gray(alpha[i])
    }
    return result
  }

  /// The alpha in gray.
  public static func mask(_ alpha: [Float], width: Int, height: Int) -> Picture {
    Picture(width: width, height: height, channels: 3, bytes: alpha.flatMap { [UInt8](repeating: gray($0), count: 3) })
  }

  /// The background blurred for itself, at a quarter of the size: colors and weights are blurred, then divided, so
  /// that the person's colors do not bleed into it. `radius` is in pixels of the photo.
  public static func blur(_ photo: Picture, alpha: [Float], radius: Float) -> Picture {
    precondition(radius > 0, "blur radius \(radius) must be above 0 pixels")
    let (width, height) = (max(1, photo.width / 4), max(1, photo.height / 4))
    let small = photo.resized(toWidth: width, toHeight: height)
    let weights = Resizer(width: photo.width, height: photo.height, toWidth: width, toHeight: height)
      .resize(alpha.map { 1 - $0 })
    var values = [Float](repeating: 0, count: 4 * width * height)  // red, green, blue, weight
    for i in weights.indices {
      for c in 0..<3 { values[4 * i + c] = Float(small.bytes[3 * i + c]) * weights[i] }
      values[4 * i + 3] = weights[i]
    }
    let reach = Int((Double(radius) + 1).rounded(.toNearestOrEven)) / 2
    Gaussian(sigma: Double(radius) / 8, reach: reach).blur(&values, width: width, height: height, channels: 4)
    var soft = [Float](repeating: 0, count: 3 * width * height)
    for i in weights.indices {
      // The summand keeps the division alive where a person fills the neighborhood.
      for c in 0..<3 { soft[3 * i + c] = min(values[4 * i + c] / (values[4 * i + 3] + 1e-4), 255) }
    }
    return over(photo, alpha, enlarging: soft, width: width, height: height)
  }

  /// The person over a small scene, enlarged row by row: a whole one of floats would be four times the photo.
  private static func over(
    _ photo: Picture, _ alpha: [Float], enlarging scene: [Float], width: Int, height: Int
  ) -> Picture {
    var result = photo
    let enlarger = Enlarger(width: width, height: height, toWidth: photo.width, toHeight: photo.height)
    scene.withUnsafeBufferPointer { scene in
      enlarger.rows(channels: 3, source: { scene.baseAddress! + $0 * 3 * width }) { y, row in
        for x in 0..<photo.width {
          let pixel = y * photo.width + x
          for c in 0..<3 {
            result.bytes[3 * pixel + c] = mix(photo.bytes[3 * pixel + c], row[3 * x + c], alpha[pixel])
          }
        }
      }
    }
    return result
  }

  static func cover(_ background: Picture, width: Int, height: Int) -> Picture {
    let scale = max(Double(height) / Double(background.height), Double(width) / Double(background.width))
    let innerWidth = max(width, Int((Double(background.width) * scale).rounded(.toNearestOrEven)))
    let innerHeight = max(height, Int((Double(background.height) * scale).rounded(.toNearestOrEven)))
    let scene = background.resized(toWidth: innerWidth, toHeight: innerHeight)
    let (top, left) = ((innerHeight - height) / 2, (innerWidth - width) / 2)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * width * height)
    for y in top..<top + height {
      bytes += scene.bytes[3 * (y * innerWidth + left)..<3 * (y * innerWidth + left + width)]
    }
    return Picture(width: width, height: height, channels: 3, bytes: bytes)
  }

  private static func mixed(_ photo: Picture, _ alpha: [Float], scene: (Int) -> Float) -> Picture {
    precondition(photo.channels == 3 && alpha.count == photo.width * photo.height, "photo and alpha do not fit")
    var result = photo
    for i in result.bytes.indices { result.bytes[i] = mix(photo.bytes[i], scene(i), alpha[i / 3]) }
    return result
  }

  private static func mix(_ front: UInt8, _ back: Float, _ alpha: Float) -> UInt8 {
    UInt8(max(0, min(255, back + (Float(front) - back) * alpha + 0.5)))
  }

  private static func gray(_ alpha: Float) -> UInt8 {
    UInt8((alpha * 255).rounded(.toNearestOrEven))
  }
}
