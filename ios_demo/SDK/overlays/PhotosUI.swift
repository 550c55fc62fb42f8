@_exported import Foundation
@_exported import PhotosUI
@_exported import UIKit

public struct PHPickerConfiguration {
  public init() {}
  public var filter: PHPickerFilter?
}

extension PHPickerViewController {
  public convenience init(configuration: PHPickerConfiguration) { fatalError() }
}
