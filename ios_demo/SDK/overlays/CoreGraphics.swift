@_exported import CoreGraphics
@_exported import ObjectiveC

public typealias CGFloat = Double

extension CGRect {
  public init(x: CGFloat, y: CGFloat, width: CGFloat, height: CGFloat) { fatalError() }
  public init(x: Int, y: Int, width: Int, height: Int) { fatalError() }
  public var width: CGFloat { size.width }
  public var height: CGFloat { size.height }
}

extension CGRect: Equatable {
  public static func == (one: CGRect, other: CGRect) -> Bool { fatalError() }
}
