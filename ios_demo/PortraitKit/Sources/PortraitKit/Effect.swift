/// What is shown instead of the background.
public enum Effect: Equatable {
  case none
  /// Strength 1...100: the blur's radius in thousandths of the picture's longer side.
  case blur(Int)
  case color([UInt8])
  case background(Picture)
  /// The mask itself, in gray.
  case mask

  public static func radius(strength: Int, width: Int, height: Int) -> Float {
    Float(max(width, height) * strength) / 1000
  }

  /// A photo (RGB) and its alpha to what is shown, by the reference compositor: for stills at full size.
  public func apply(to photo: Picture, alpha: [Float]) -> Picture {
    switch self {
    case .none: return photo
    case .blur(let strength):
      let radius = Self.radius(strength: strength, width: photo.width, height: photo.height)
      return Compositor.blur(photo, alpha: alpha, radius: radius)
    case .color(let color): return Compositor.color(photo, alpha: alpha, color)
    case .background(let picture): return Compositor.replace(photo, alpha: alpha, background: picture)
    case .mask: return Compositor.mask(alpha, width: photo.width, height: photo.height)
    }
  }
}

/// A photo through a network: for stills, with nobody before it and without smoothing.
public func alpha(of photo: Picture, network: Network, contract: Contract) throws -> [Float] {
  let fitter = Fitter(
    width: photo.width, height: photo.height, size: contract.size, fit: contract.fit, channels: photo.channels)
  let square = bgra(fromRGB: photo.withRows { fitter.fit($0) })
  return fitter.unfit(try network.mask(of: square, previous: nil).map { Float($0) / 255 })
}
