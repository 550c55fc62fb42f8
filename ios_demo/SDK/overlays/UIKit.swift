@_exported import Foundation
@_exported import UIKit

extension UIAction {
  public convenience init(title: String = "", image: UIImage? = nil, handler: @escaping UIActionHandler) {
    fatalError()
  }
}

extension UIMenu {
  public convenience init(title: String = "", options: UIMenu.Options = [], children: [UIMenuElement] = []) {
    fatalError()
  }
}

extension UIApplicationDelegate {
  public static func main() {}
}
