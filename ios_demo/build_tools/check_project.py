"""check_project.py [IOS_DEMO]: what Xcode would stumble over in the project, or leave out of the app, without Xcode.

Needs openstep_parser, the parser of pbxproj files that the package pbxproj is made on.
"""

import json
import plistlib
import re
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

from openstep_parser import OpenStepDecoder

MINIMUM = "15.0"
REFERENCE = re.compile(r"[0-9A-F]{24}")


def project_faults(root):
    """Of project.pbxproj: references to nothing, a folder that is missing, a file that no target has."""
    project = OpenStepDecoder.ParseFromString((root / "PortraitDemo.xcodeproj/project.pbxproj").read_text())
    objects = project["objects"]
    faults = [f"{name} is referred to and missing" for name in _references(project) if name not in objects]
    faults += [f"{name} is nowhere used" for name in objects if name not in set(_references(project))]
    if project["objectVersion"] != "77":
        faults.append(f"objectVersion {project['objectVersion']}, synchronized folders need 77")
    paths = [one for one in objects.values() if one["isa"] in _PLACES and one.get("sourceTree") == "<group>"]
    paths = [one.get("path") for one in paths] + [one.get("relativePath") for one in _of(objects, "XCLocalSwift")]
    faults += [f"{path} is in the project and missing" for path in paths if path and not (root / path).exists()]
    targets = [one["buildSettings"].get("IPHONEOS_DEPLOYMENT_TARGET") for one in _of(objects, "XCBuildConfiguration")]
    if set(targets) - {None} != {MINIMUM}:
        faults.append(f"deployment targets {targets}, all have to be {MINIMUM}")
    (target,) = _of(objects, "PBXNativeTarget")
    if [objects[one]["path"] for one in target["fileSystemSynchronizedGroups"]] != ["App"]:
        faults.append("App/ is not the target's folder")
    if not any("Exception" in one["isa"] for one in objects.values()):
        return faults
    return [*faults, "files of App/ are excepted from the target"]


_PLACES = ("PBXFileReference", "PBXFileSystemSynchronizedRootGroup", "PBXGroup")


def _of(objects, kind):
    return [one for one in objects.values() if one["isa"].startswith(kind)]


def _references(project):
    """Every identifier that stands as a value."""
    waiting, found = [project["rootObject"], *project["objects"].values()], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif REFERENCE.fullmatch(str(part)):
            found.append(part)
    return found


def scheme_faults(root):
    """The shared scheme builds the project's target, as Release: else the times are not worth much."""
    (path,) = root.glob("PortraitDemo.xcodeproj/xcshareddata/xcschemes/*.xcscheme")
    scheme = ElementTree.parse(path).getroot()
    project = (root / "PortraitDemo.xcodeproj/project.pbxproj").read_text()
    named = {one.get("BlueprintIdentifier") for one in scheme.iter("BuildableReference")}
    faults = [
        f"{name} of the scheme is no target" for name in named if f"{name} /* PortraitDemo */ = {{" not in project
    ]
    if scheme.find("LaunchAction").get("buildConfiguration") != "Release":
        faults.append("Run does not build Release")
    return faults


_TO_DECLARE = {"UserDefaults": "UserDefaults", "SystemBootTime": "systemUptime"}


def plist_faults(root):
    """Info.plist and the privacy manifest: the camera and nothing else is asked for, and nothing is sent."""
    info = plistlib.loads((root / "Info.plist").read_bytes())
    source = "\n".join(path.read_text() for path in (root / "App").glob("*.swift"))
    faults = [f"Info.plist: {key} is missing" for key in ("UILaunchScreen", "CFBundleDisplayName") if key not in info]
    asked = sorted(key for key in info if key.endswith("UsageDescription"))
    if asked != ["NSCameraUsageDescription"]:
        faults.append(f"Info.plist asks for {asked}")
    scenes = info["UIApplicationSceneManifest"]["UISceneConfigurations"]["UIWindowSceneSessionRoleApplication"]
    for scene in scenes:
        name = scene["UISceneDelegateClassName"].removeprefix("$(PRODUCT_MODULE_NAME).")
        if f"class {name}:" not in source:
            faults.append(f"Info.plist: no class {name}")
    if re.search(r"\b(URLSession|NWConnection|WKWebView|import Network)\b", source):
        faults.append("App/ knows the network")
    privacy = plistlib.loads((root / "App/PrivacyInfo.xcprivacy").read_bytes())
    listed = {
        one["NSPrivacyAccessedAPIType"].removeprefix("NSPrivacyAccessedAPICategory")
        for one in privacy["NSPrivacyAccessedAPITypes"]
    }
    used = {
        name for name, word in (("UserDefaults", "UserDefaults"), ("SystemBootTime", "systemUptime")) if word in source
    }
    if listed != used:
        faults.append(f"PrivacyInfo.xcprivacy lists {sorted(listed)}, App/ uses {sorted(used)}")
    return faults


def catalogue_faults(root):
    """Asset catalogues: each names the files that lie there, and the icon has the size it says."""
    faults = []
    for path in root.glob("App/**/Contents.json"):
        images = json.loads(path.read_text()).get("images", [])
        named, there = {one["filename"] for one in images}, {one.name for one in path.parent.glob("*.png")}
        if named != there:
            faults.append(f"{path.parent.name}: names {sorted(named)}, has {sorted(there)}")
        for one in images:
            size = struct.unpack(">II", (path.parent / one["filename"]).read_bytes()[16:24])
            if "x".join(map(str, size)) != one["size"]:
                faults.append(f"{one['filename']}: {size[0]} x {size[1]} pixels, {one['size']} is said")
    return faults


def stray_faults(root):
    """Swift files that no target compiles."""
    folders = {"App", "PortraitKit", "SDK", "build"}
    strays = [path.relative_to(root) for path in root.rglob("*.swift")]
    strays = [
        path for path in strays if path.parts[0] not in folders or (path.parts[0] == "App" and len(path.parts) > 2)
    ]
    return [f"{path} is in no target" for path in strays]


def main(root="."):
    """Prints the faults; returns whether there are any."""
    root, faults = Path(root), []
    for check in (project_faults, scheme_faults, plist_faults, catalogue_faults, stray_faults):
        faults += check(root)
    print("\n".join(faults or ["project, scheme, plists and assets: no fault"]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
