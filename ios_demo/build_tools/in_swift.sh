#!/usr/bin/env bash
# in_swift.sh ROOT REPOSITORY CACHE COMMAND...: runs a command in ios_demo/ with Swift's tools on the PATH.
# With ROOT "" the ones of this machine; else those of a root made by setup_swift.sh, the repository being /work in it
# and CACHE /cache. The mounts end with the command.
set -euo pipefail
root=$1 repository=$2 cache=$3
shift 3
if [ -z "$root" ]; then
  cd "$repository/ios_demo" && CACHE=$cache exec "$@"
fi
mkdir -p "$root/work" "$root/cache"
export root repository cache
exec unshare --mount --propagation private bash -c '
  mount --bind /proc "$root/proc"
  mount --bind /dev "$root/dev"
  mount --bind "$repository" "$root/work"
  mount --bind "$cache" "$root/cache"
  exec chroot "$root" /usr/bin/env -i -C /work/ios_demo HOME=/root CACHE=/cache LC_ALL=C.UTF-8 \
    PATH=/usr/libexec/swift/bin:/usr/bin:/bin "$@"' - "$@"
