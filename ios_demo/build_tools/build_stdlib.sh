#!/usr/bin/env bash
# Where Swift is (in_swift.sh): Swift and _Concurrency for arm64-apple-ios15.0 in $CACHE/sdk, from the edited interfaces
# in $CACHE/interfaces. Again only when those
# change; a minute of CPU.
set -euo pipefail
sdk=$CACHE/sdk
hash=$(cat "$CACHE"/interfaces/* build_tools/build_stdlib.sh | sha256sum)
[ "$(cat "$sdk/done" 2>/dev/null)" = "$hash" ] && exit
rm -rf "$sdk" && mkdir -p "$sdk/Swift.swiftmodule"
cp "$CACHE"/interfaces/*.swiftinterface "$sdk"
cd "$sdk"
PATH=$PATH:/usr/libexec/swift/bin
# _Concurrency too: without it the compiler asserts at closures that a main queue gets.
swift-frontend -compile-module-from-interface Swift.swiftinterface -module-name Swift -parse-stdlib \
  -o Swift.swiftmodule/arm64-apple-ios.swiftmodule -target arm64-apple-ios15.0
swift-frontend -compile-module-from-interface _Concurrency.swiftinterface -module-name _Concurrency \
  -disable-availability-checking -I . -o _Concurrency.swiftmodule -target arm64-apple-ios15.0
echo "$hash" >done
