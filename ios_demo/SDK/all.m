// All of the stand-ins, for check_sdk.py.
#include "AVFoundation.h"
#include "CIFilterBuiltins.h"
#include "CoreML.h"
#include "Darwin.h"
#include "MetalKit.h"
#include "PhotosUI.h"
