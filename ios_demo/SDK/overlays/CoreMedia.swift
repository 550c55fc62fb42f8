@_exported import CoreMedia
@_exported import CoreVideo
@_exported import Foundation

extension CMTime {
  public init(value: CMTimeValue, timescale: CMTimeScale) { fatalError() }
}
