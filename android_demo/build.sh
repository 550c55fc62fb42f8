#!/usr/bin/env bash
# Compiles, tests and packages the app without Android SDK, Gradle or Google's Maven: android_demo/build.sh
# Needs JDK 17, Maven, npm, gcc and Debian's aapt, android-framework-res, apksigner, zipalign, dexdump, zip, unzip.
# Everything else comes from Maven Central and npm, once, into ~/.cache/tf_portrait_android. PYTHON: one with tf_portrait's
# requirements, for the model and what the tests compare with.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3} out=$PWD/build min=26 target=35 types=9.1.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tf_portrait_android
quick="java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC" # these JVMs live for seconds: half the CPU time
step() { echo "== $1 ($SECONDS s)"; }
source build_tools/steps.sh

need
fetch
models
resources
compile
dex
package_apk
verify
references
native_jvm
run_tests
echo "== done ($SECONDS s): android_demo/build/portrait.apk"
