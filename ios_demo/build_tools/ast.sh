#!/usr/bin/env bash
# Where Swift is (in_swift.sh), in ios_demo/: what clang makes of the stand-in headers of SDK, as JSON. ast.sh SDK OUT
set -euo pipefail
PATH=$PATH:/usr/libexec/swift/bin
clang -x objective-c -target arm64-apple-ios15.0 -fblocks -fobjc-arc -fsyntax-only -I "$1/headers" \
  -Xclang -ast-dump=json "$1/all.m" >"$2"
