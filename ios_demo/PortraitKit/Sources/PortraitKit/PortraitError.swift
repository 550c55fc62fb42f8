/// What went wrong, as a sentence for the screen: the file, what was seen, and the mend.
public struct PortraitError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
