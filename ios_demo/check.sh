#!/usr/bin/env bash
# What can be known of the app without a Mac: PortraitKit's tests, the type check for iOS 15, the project. ios_demo/check.sh
# Swift is the one on the PATH, or Debian's in ~/.cache/tf_portrait_swift, made when missing: root, 0.55 GB once.
# PYTHON: one with tf_portrait's requirements.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3} repository=$(cd .. && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tf_portrait_swift
step() { echo "== $1 ($SECONDS s)"; }

step "Swift"
root=
if ! command -v swift >/dev/null; then
  root=$cache/root
  build_tools/setup_swift.sh "$root"
fi
mkdir -p "$cache/work" build
swift=(build_tools/in_swift.sh "$root" "$repository" "$cache/work")
"${swift[@]}" swift --version 2>&1 | grep -i "swift version"

step "models"
if ! ls Model/*/model_contract.json >/dev/null 2>&1; then
  $python ../pipelines/quantize_export.py portraitnet --formats mlpackage mlmodel --out build/portraitnet --ios . ||
    [ -f Model/portraitnet/model_contract.json ] # a missed gate is the exporter's to tell
fi

step "what Python makes of a photo"
TF_CPP_MIN_LOG_LEVEL=3 $python build_tools/reference.py build/reference

step "PortraitKit: lint and tests, warnings are errors"
"${swift[@]}" swift-format lint --strict --recursive App PortraitKit/Package.swift PortraitKit/Sources PortraitKit/Tests
"${swift[@]}" swift test --package-path PortraitKit --scratch-path build/PortraitKit --disable-swift-testing \
  -Xswiftc -warnings-as-errors -c release -Xswiftc -enable-testing

step "standard library for iOS 15"
library=$("${swift[@]}" bash -c 'dirname "$(dirname "$(readlink -f "$(command -v swift)")")"')/lib/swift/linux
mkdir -p "$cache/work/interfaces"
for module in Swift _Concurrency; do
  $python build_tools/edit_interface.py "$root$library/$module.swiftmodule/"*-linux-gnu.swiftinterface \
    "$cache/work/interfaces/$module.swiftinterface"
done
"${swift[@]}" build_tools/build_stdlib.sh

step "type check of the app"
"${swift[@]}" build_tools/typecheck.sh

step "stand-ins against published declarations, planted mistakes"
types=$cache/types-ios-9.1.2
if [ ! -d "$types" ]; then
  mkdir -p "$types.part"
  npm pack --silent --pack-destination "$types.part" @nativescript/types-ios@9.1.2 >/dev/null
  tar xzf "$types.part"/*.tgz -C "$types.part" && mv "$types.part" "$types"
fi
published=$types/package/lib/ios/objc-x86_64
"${swift[@]}" build_tools/ast.sh SDK build/ast.json
$python build_tools/check_sdk.py build/ast.json "$published"
$python build_tools/plant.py "$published" "${swift[@]}"

step "project"
[ -d "$cache/python" ] || $python -m pip install -q --disable-pip-version-check --target "$cache/python" pbxproj==4.3.3
PYTHONPATH=$cache/python $python build_tools/check_project.py
echo "== done ($SECONDS s)"
