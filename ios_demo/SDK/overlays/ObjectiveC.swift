@_exported import ObjectiveC

public struct Selector {
  var pointer: OpaquePointer
}
