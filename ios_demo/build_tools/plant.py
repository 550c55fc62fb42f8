"""plant.py TYPES SWIFT...: a test of the checks themselves. Plants mistakes in copies; each has to be found.

TYPES: of check_sdk.py. SWIFT: the command that runs another one where Swift is: in_swift.sh and its first arguments.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from check_sdk import Checker, Published

COPIES = Path("build/planted")
# File, what stands there, what is planted.
APP = (
    ("Camera.swift", "didOutput sampleBuffer: CMSampleBuffer", "didOutput sampleBuffer: CVPixelBuffer"),
    ("Camera.swift", "connection.videoOrientation = orientation", "connection.videoRotationAngle = 90"),  # iOS 17
    ("Camera.swift", "guard isWanted, let frame = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }",
     "let frame = CMSampleBufferGetImageBuffer(sampleBuffer)"),
    ("Camera.swift", "try AVCaptureDeviceInput(device: device)", "AVCaptureDeviceInput(device: device)"),
    ("Camera.swift", ".front : .back", ".selfie : .back"),
    ("Camera.swift", "final class Camera: NSObject", "final class Camera"),
    ("Camera.swift", "requestAccess(for: .video)", "requestAccess(forMediaType: .video)"),
    ("Camera.swift", "#selector(wasInterrupted(_:))", "#selector(wasInterrupted(by:))"),
    ("CoreMLNetwork.swift", "featureValue(for: features.output)?", "featureValue(for: features.output)"),
    ("CoreMLNetwork.swift", "try model.prediction(from:", "try model.predict(from:"),
    ("CoreMLNetwork.swift", "return .cpuOnly", "return .cpuAndNeuralEngine"),  # iOS 16
    ("GPUCompositor.swift", "filter.maskImage = mask", "filter.mask = mask"),
    ("GPUCompositor.swift", "[.workingColorSpace: NSNull()", "[.workColorSpace: NSNull()"),
    ("PreviewView.swift", "func draw(in view: MTKView)", "func draw(view: MTKView)"),
    ("PreviewView.swift", "buffer.present(drawable)", "buffer.presentDrawable(drawable)"),
    ("MainViewController.swift", "override func viewDidLoad()", "func viewDidLoad()"),
    ("MainViewController.swift", "present(picker, animated: true)", "present(picker)"),
    ("ModelStore.swift", "ProcessInfo.processInfo.operatingSystemVersionString", "UIDevice.current.systemVersion"),
)  # fmt: skip
HEADERS = (
    ("AVFoundation.h", "didOutputSampleBuffer:(CMSampleBufferRef)", "didOutputSample:(CMSampleBufferRef)"),
    ("AVFoundation.h", "+ (nullable AVCaptureDevice *)defaultDevice", "+ (AVCaptureDevice *)defaultDevice"),
    ("AVFoundation.h", "AVCaptureDevicePositionFront = 2", "AVCaptureDevicePositionFront = 3"),
    ("AVFoundation.h", "videoRotationAngle API(17.0)", "videoRotationAngle"),
    ("CoreML.h", "CPUAndNeuralEngine API(16.0) = 3", "CPUAndNeuralEngine API(16.0) = 4"),
    ("CoreML.h", "(readonly, nonatomic) MLModelDescription", "(nonatomic) MLModelDescription"),
    ("CoreML.h", "+ (nullable NSURL *)compileModelAtURL", "- (nullable NSURL *)compileModelAtURL"),
    ("CoreImage.h", "imageByClampingToExtent", "imageClampedToExtent"),
    ("CoreVideo.h", "CVPixelBufferGetWidth", "CVPixelBufferWidth"),
    ("UIKit.h", "(nullable UIAction *)primaryAction", "(UIAction *)primaryAction"),
    ("UIKit.h", "UIControlEventTouchUpInside = 64", "UIControlEventTouchUpInside = 32"),
    ("MetalKit.h", "interface MTKView : UIView", "interface MTKView : UILabel"),
)


def planted(folder, mistakes):
    """Puts one mistake after the other into a fresh copy of a folder; gives the copy and a name for the mistake."""
    for file, right, wrong in mistakes:
        copy = COPIES / folder
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        (path,) = copy.rglob(file)
        text = path.read_text()
        if right not in text:
            sys.exit(f"plant.py: {file} has no longer {right!r}: plant another mistake")
        path.write_text(text.replace(right, wrong, 1))
        yield copy, f"{file}: {wrong}"


def typecheck(swift, app):
    """Exit status, not text, since a compiler that crashes prints no error; but a crash is no finding either."""
    run = subprocess.run([*swift, "build_tools/typecheck.sh", str(app)], capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def header_faults(swift, published, sdk):
    """What check_sdk.py says of a copy of the headers."""
    ast = COPIES / "ast.json"
    subprocess.run([*swift, "build_tools/ast.sh", str(sdk), str(ast)], capture_output=True, check=True)
    checker = Checker(published, ".")
    checker.check(json.loads(ast.read_text()))
    return checker.faults


def main(types, *swift):
    """Prints what was not found; returns whether anything was."""
    missed = []
    for copy, name in planted("App", APP):
        status, text = typecheck(swift, copy)
        if status != 1 or ": error: " not in text:
            missed.append(name)
    published = Published(types)
    missed += [name for copy, name in planted("SDK", HEADERS) if not header_faults(swift, published, copy)]
    shutil.rmtree(COPIES)
    total = len(APP) + len(HEADERS)
    print("\n".join([f"not found: {name}" for name in missed] + [f"{total - len(missed)} of {total} mistakes found"]))
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
