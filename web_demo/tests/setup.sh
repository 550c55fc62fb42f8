#!/usr/bin/env bash
# What browser tests need: Debian's Chromium, and web_demo/node_modules with the page's runtime and playwright-core.
# Prints two assignments, CHROMIUM and NODE_MODULES:   eval "$(web_demo/tests/setup.sh)" && export CHROMIUM NODE_MODULES
# Installs only what is missing; exits with 2 and a sentence if that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "web: $1" >&2; exit 2; }

chromium=${CHROMIUM:-$(command -v chromium || true)}
if [ -z "$chromium" ] || ! command -v npm >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium npm >/dev/null; } >&2 ||
    fail "Chromium or npm is missing and cannot be installed; apt-get install chromium npm as root, or set CHROMIUM"
  chromium=$(command -v chromium)
fi
if ! cmp -s package.json node_modules/.made_for; then
  npm install --silent --prefer-offline >&2 ||
    fail "npm could not fetch the packages of web_demo/package.json; see what \`npm install --prefix web_demo\` says"
  cp package.json node_modules/.made_for
fi
printf 'CHROMIUM=%q\nNODE_MODULES=%q\n' "$chromium" "$PWD/node_modules"
