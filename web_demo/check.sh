#!/usr/bin/env bash
# Tests the page: its core against vectors/, then all of it in Chromium, with a camera of drawn portraits.
# Needs Node 18; Debian's chromium is installed if it is missing and this is root. PYTHON: one with requirements.txt.
# FRAMES=20000 web_demo/check.sh looks for growth over minutes in place of seconds.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHON=${PYTHON:-python3}
settings=$(tests/setup.sh) && eval "$settings" && export CHROMIUM NODE_MODULES
step() { echo "== $1 ($SECONDS s)"; }

step "core"
node --test --test-reporter=dot tests/core
step "a page with the shipped models"
mkdir -p build && "$PYTHON" tests/material.py prepare build
for file in tests/*.test.mjs; do # one after another, as they measure
  step "$file"
  node --test --test-reporter=spec "$file"
done
step "done"
