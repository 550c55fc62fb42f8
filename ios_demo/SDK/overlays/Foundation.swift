@_exported import CoreGraphics
@_exported import Darwin
@_exported import Foundation
@_exported import ObjectiveC

public struct URL {
  public init?(string: String) { nil }
  public var path: String { fatalError() }
  public var lastPathComponent: String { fatalError() }
  public func appendingPathComponent(_ component: String) -> URL { fatalError() }
}

public struct Data {
  public struct WritingOptions: OptionSet {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var atomic: WritingOptions { fatalError() }
  }

  public var count: Int { fatalError() }
  public func write(to url: URL, options: WritingOptions = []) throws {}
}

public struct Notification {
  public typealias Name = NSNotification.Name

  public var name: Name
  public var object: Any?
  public var userInfo: [AnyHashable: Any]?
}

extension String {
  public init(format: String, _ arguments: CVarArg...) { fatalError() }
  public func components(separatedBy separator: String) -> [String] { fatalError() }
}

extension Error {
  public var localizedDescription: String { fatalError() }
}

extension DispatchQueue {
  public struct Quality {
    public static var userInitiated: Quality { fatalError() }
  }

  public convenience init(label: String, qos: Quality) { fatalError() }
  public class var main: DispatchQueue { fatalError() }
  public func async(execute work: @escaping @convention(block) () -> Void) {}
}

public func autoreleasepool<Result>(invoking body: () throws -> Result) rethrows -> Result { try body() }

extension NSError: Error {}
