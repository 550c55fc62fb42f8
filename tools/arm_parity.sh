#!/usr/bin/env bash
# Shows that an int8 .tflite gives the same bytes on a phone's processor as here: runs it natively and, under qemu-user,
# on two emulated ARM cores (Cortex-A53, without dot products, and Cortex-A76, with them), on the sample photo.
#     tools/arm_parity.sh exports/short/portraitnet_int8.tflite
# Needs Debian or Ubuntu with qemu-user-static (apt-get install qemu-user-static), pip, and some 120 MB in $WORK.
set -euo pipefail
model=$(realpath "${1:?usage: tools/arm_parity.sh FILE.tflite}")
project=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-$project/.venv/bin/python}
work=${WORK:-${TMPDIR:-/tmp}/tf_portrait_arm}
packages="libc6 libgcc-s1 libstdc++6 zlib1g libexpat1 libffi8 libssl3 libbz2-1.0 liblzma5 libpython3.11-minimal
  libpython3.11-stdlib python3.11-minimal"

command -v qemu-aarch64-static >/dev/null \
  || { echo "qemu-aarch64-static is missing: apt-get install qemu-user-static"; exit 2; }

if [ ! -e "$work/ready" ]; then
  mkdir -p "$work"/{debs,root,state/lists/partial,cache/archives/partial,site}
  # An apt of its own, so that the system's list of architectures stays as it is.
  apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$work/state"
    -o Dir::Cache="$work/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=)
  "${apt[@]}" update
  # shellcheck disable=SC2086
  (cd "$work/debs" && "${apt[@]}" download $packages)
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
  version() { "$python" -c "import importlib.metadata as m; print(m.version('$1'))"; }
  "$python" -m pip install --quiet --target "$work/site" --only-binary=:all: --no-deps --python-version 3.11 \
    --implementation cp --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 \
    --platform manylinux2014_aarch64 "ai-edge-litert==$(version ai-edge-litert)" "numpy==$(version numpy)" \
    typing-extensions flatbuffers backports.strenum tqdm protobuf
  touch "$work/ready"
fi

cat > "$work/run.py" <<'PYTHON'
import hashlib, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
(inside,), (outside,) = interpreter.get_input_details(), interpreter.get_output_details()
interpreter.set_tensor(inside["index"], np.load(sys.argv[2]).astype(inside["dtype"]))
interpreter.invoke()
print("sha256", hashlib.sha256(interpreter.get_tensor(outside["index"]).tobytes()).hexdigest())
PYTHON

"$python" - "$model" "$work/photo.npy" <<'PYTHON'
import sys
import cv2, numpy as np
from skimage import data
from ai_edge_litert.interpreter import Interpreter

_, height, width, _ = Interpreter(sys.argv[1]).get_input_details()[0]["shape"]
np.save(sys.argv[2], cv2.resize(data.astronaut(), (int(width), int(height)), interpolation=cv2.INTER_AREA)[None])
PYTHON

here=$("$python" "$work/run.py" "$model" "$work/photo.npy" 2>/dev/null | grep sha256)
echo "here        $here"
# XNNPACK asks /proc/cpuinfo which kernels it may use; qemu shows the host's, unless the root has one.
describe_core() {
  local part=0xd03 features="fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid"
  [ "$1" = cortex-a76 ] && part=0xd0b features="$features atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp"
  mkdir -p "$work/root/proc"
  printf 'processor\t: 0\nFeatures\t: %s\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: %s\n\n' \
    "$features" "$part" > "$work/root/proc/cpuinfo"
}

status=0
for core in cortex-a53 cortex-a76; do
  describe_core "$core"
  there=$(PYTHONHOME="$work/root/usr" PYTHONPATH="$work/site" qemu-aarch64-static -cpu "$core" -L "$work/root" \
    "$work/root/usr/bin/python3.11" "$work/run.py" "$model" "$work/photo.npy" 2>"$work/$core.log" | grep sha256) \
    || { echo "$core failed:"; tail -5 "$work/$core.log"; status=1; continue; }
  echo "$core  $there"
  [ "$here" = "$there" ] || { echo "  NOT the same bytes"; status=1; }
done
[ $status = 0 ] && echo "the same bytes on all three"
exit $status
