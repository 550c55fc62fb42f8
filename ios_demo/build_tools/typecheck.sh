#!/usr/bin/env bash
# Where Swift is (in_swift.sh), in ios_demo/: the app against the stand-ins of Apple's SDK, for iOS 15.
# typecheck.sh [APP [SDK]]: folders other than App and SDK, for tests of this check itself.
set -euo pipefail
app=${1:-App} stand_ins=${2:-SDK}
PATH=$PATH:/usr/libexec/swift/bin
flags=(-target arm64-apple-ios15.0 -swift-version 5 -sdk "$CACHE/sdk" -I "$CACHE/sdk" -I "$stand_ins/headers"
  -module-cache-path "$CACHE/modules" -enable-objc-interop -disable-implicit-string-processing-module-import)
hash=$(cat "$CACHE/sdk/done" "$stand_ins"/headers/* "$stand_ins"/overlays/* PortraitKit/Sources/PortraitKit/* build_tools/typecheck.sh |
  sha256sum | cut -c1-16)
built=$CACHE/stand_ins/$hash
if [ ! -f "$built/done" ]; then
  rm -rf "$CACHE/stand_ins" && mkdir -p "$built"
  for module in ObjectiveC CoreGraphics Foundation CoreVideo CoreMedia Metal CoreImage CoreML AVFoundation UIKit MetalKit PhotosUI; do
    swift-frontend -emit-module -O -parse-as-library -module-name $module -import-underlying-module "${flags[@]}" \
      -I "$built" -disable-objc-attr-requires-foundation-module -o "$built/$module.swiftmodule" \
      "$stand_ins/overlays/$module.swift" $([ $module != Foundation ] || echo "$stand_ins/overlays/Foundation_bridges.swift")
  done
  # Interface only: its bodies are compiled and tested against the real Foundation.
  swift-frontend -emit-module -O -parse-as-library -module-name PortraitKit "${flags[@]}" -I "$built" \
    -experimental-skip-all-function-bodies -o "$built/PortraitKit.swiftmodule" PortraitKit/Sources/PortraitKit/*.swift
  touch "$built/done"
fi
# Warnings are errors, since a delegate method with a wrong signature is only warned of.
swift-frontend -typecheck -parse-as-library -module-name PortraitDemo -warnings-as-errors "${flags[@]}" -I "$built" \
  "$app"/*.swift
