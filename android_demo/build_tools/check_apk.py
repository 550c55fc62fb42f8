"""Checks what build.sh has read out of the APK: check_apk.py BUILD_FOLDER"""

import re
import sys
from pathlib import Path

PACKAGE, ABIS = "org.tfportrait.demo", {"arm64-v8a", "armeabi-v7a", "x86_64"}


def problems(folder):
    """Sentences; none for a good APK."""
    classes, badging, manifest, entries = (
        (folder / f"{name}.txt").read_text() for name in ("classes", "badging", "manifest", "entries")
    )
    permissions = set(re.findall(r"^uses-permission: name='([^']*)'", badging, re.M))
    if permissions != {"android.permission.CAMERA"}:
        yield f"permissions {sorted(permissions)}; only the camera's is needed"
    if set(re.findall(r"'([^']*)'", re.search(r"^native-code:(.*)", badging, re.M)[1])) != ABIS:
        yield f"native code is not for {sorted(ABIS)}"
    if "sdkVersion:'26'" not in badging:
        yield "minSdk is not 26"
    for name in re.findall(r'E: activity.*?A: [^\n]*name[^=]*="([^"]*)"', manifest, re.S):
        descriptor = f"L{(PACKAGE + name if name.startswith('.') else name).replace('.', '/')};"
        if descriptor not in classes.split():
            yield f"{name} of the manifest is in no dex"
    for line in entries.splitlines():
        if re.search(r"\.(so|tflite)$|resources\.arsc$", line) and " Stored " not in line:
            yield f"compressed, but has to be mapped: {line.split()[-1]}"


if __name__ == "__main__":
    found = list(problems(Path(sys.argv[1])))
    print("\n".join(found) or "permissions, classes, natives and stored files are as they should be")
    sys.exit(bool(found))
