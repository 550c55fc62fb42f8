#pragma once
#include "Foundation.h"
#pragma clang assume_nonnull begin
#pragma clang arc_cf_code_audited begin
typedef struct __attribute__((objc_bridge(id))) __CVBuffer *CVBufferRef;
typedef CVBufferRef CVImageBufferRef;
typedef CVImageBufferRef CVPixelBufferRef;
typedef int CVReturn;
enum : OSType { kCVPixelFormatType_32BGRA = 'BGRA', kCVPixelFormatType_OneComponent8 = 'L008' };
enum : CVReturn { kCVReturnSuccess = 0 };
typedef NS_OPTIONS(unsigned long long, CVPixelBufferLockFlags) { kCVPixelBufferLock_ReadOnly = 1 };
extern const CFStringRef kCVPixelBufferPixelFormatTypeKey;
extern const CFStringRef kCVPixelBufferIOSurfacePropertiesKey;
size_t CVPixelBufferGetWidth(CVPixelBufferRef pixelBuffer);
size_t CVPixelBufferGetHeight(CVPixelBufferRef pixelBuffer);
size_t CVPixelBufferGetBytesPerRow(CVPixelBufferRef pixelBuffer);
OSType CVPixelBufferGetPixelFormatType(CVPixelBufferRef pixelBuffer);
void *_Nullable CVPixelBufferGetBaseAddress(CVPixelBufferRef pixelBuffer);
CVReturn CVPixelBufferLockBaseAddress(CVPixelBufferRef pixelBuffer, CVPixelBufferLockFlags lockFlags);
CVReturn CVPixelBufferUnlockBaseAddress(CVPixelBufferRef pixelBuffer, CVPixelBufferLockFlags unlockFlags);
CVReturn CVPixelBufferCreate(CFAllocatorRef _Nullable allocator, size_t width, size_t height, OSType pixelFormatType, CFDictionaryRef _Nullable pixelBufferAttributes, CVPixelBufferRef _Nullable *_Nonnull __attribute__((cf_returns_retained)) pixelBufferOut);
#pragma clang arc_cf_code_audited end
#pragma clang assume_nonnull end
