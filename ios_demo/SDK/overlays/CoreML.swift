@_exported import CoreML
@_exported import CoreVideo
@_exported import Foundation
