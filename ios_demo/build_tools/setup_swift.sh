#!/usr/bin/env bash
# setup_swift.sh ROOT: Swift 6.0.3 of Debian trixie in a folder of its own. Once: 0.55 GB of downloads, 2.6 GB on disk.
set -euo pipefail
root=$1
[ -x "$root/usr/libexec/swift/bin/swift-frontend" ] && exit
[ "$(id -u)" = 0 ] || { echo "no swift on the PATH, and making a Debian root for it needs root: install Swift 6"; exit 2; }
command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
rm -rf "$root.part" && mkdir -p "$(dirname "$root")"
debootstrap --variant=minbase trixie "$root.part" "${mirror:-http://deb.debian.org/debian}" >"$root.log"
chroot "$root.part" apt-get install -y -qq --no-install-recommends swiftlang libc6-dev libstdc++-14-dev git \
  >>"$root.log" 2>&1
rm -rf "$root.part/var/cache/apt/archives"/*.deb "$root.part/usr/libexec/swift/lib/swift_static"
mv "$root.part" "$root"
