"""edit_interface.py INTERFACE OUT: the textual interface of a Linux library of Swift as one for iOS 15 on arm64.

The compiler builds a module from it: enough to check types for an iPhone without Apple's SDK, not to run anything.
"""

import re
import sys
from pathlib import Path

TARGET = "arm64-apple-ios15.0"
# Apple's library has it and Linux's does not. Without it NSError ** is not imported, and nothing throws.
POINTER = """
@frozen public struct AutoreleasingUnsafeMutablePointer<Pointee> : Swift._Pointer {
  public let _rawValue: Builtin.RawPointer
  @_transparent public init(_ _rawValue: Builtin.RawPointer) {
    self._rawValue = _rawValue
  }
  public var pointee: Pointee { get nonmutating set }
}
"""


def edited(text):
    """The interface for iOS 15. Raises ValueError if it is not one of the standard library on Linux."""
    head, mark, rest = text.partition("// swift-module-flags:")
    flags, _, body = rest.partition("\n")
    if not mark or "-linux-gnu" not in flags:
        raise ValueError("no Swift interface for Linux")
    flags = re.sub(r"-target \S+", f"-target {TARGET}", flags)
    flags = flags.replace("-disable-objc-interop", "-enable-objc-interop")
    standard = "-module-name Swift " in f"{flags} "
    if not standard:
        flags = f" -disable-availability-checking{flags}"
    body = re.sub(r"@backDeployed\([^)]*\)\s*", "", body)  # the compiler crashes on it for this target
    # Float80, which arm64 lacks
    body = re.sub(r"self = _stdlib_(remainderl|squareRootl)\([^)]*\)", "fatalError()", body)
    return f"{head}{mark}{flags}\n{body}{POINTER if standard else ''}"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(edited(Path(sys.argv[1]).read_text()))
