#pragma once
#include "ObjectiveC.h"
typedef double CGFloat;
struct CGPoint { CGFloat x, y; }; typedef struct CGPoint CGPoint;
struct CGSize { CGFloat width, height; }; typedef struct CGSize CGSize;
struct CGRect { CGPoint origin; CGSize size; }; typedef struct CGRect CGRect;
struct CGAffineTransform { CGFloat a, b, c, d, tx, ty; }; typedef struct CGAffineTransform CGAffineTransform;
CGAffineTransform CGAffineTransformMakeScale(CGFloat sx, CGFloat sy) SWIFT("CGAffineTransform.init(scaleX:y:)");
CGAffineTransform CGAffineTransformMakeTranslation(CGFloat tx, CGFloat ty) SWIFT("CGAffineTransform.init(translationX:y:)");
#pragma clang arc_cf_code_audited begin
typedef struct __attribute__((objc_bridge(id))) CGColorSpace *CGColorSpaceRef;
typedef struct __attribute__((objc_bridge(id))) CGContext *CGContextRef;
typedef struct __attribute__((objc_bridge(id))) CGImage *CGImageRef;
typedef NS_ENUM(unsigned int, CGImageAlphaInfo) { kCGImageAlphaNone = 0, kCGImageAlphaNoneSkipFirst = 6 };
typedef NS_OPTIONS(unsigned int, CGBitmapInfo) { kCGBitmapByteOrder32Little = 8192 };
CGColorSpaceRef _Nonnull CGColorSpaceCreateDeviceRGB(void) __attribute__((cf_returns_retained));
CGContextRef _Nullable CGBitmapContextCreate(void *_Nullable data, size_t width, size_t height, size_t bitsPerComponent, size_t bytesPerRow, CGColorSpaceRef _Nonnull space, unsigned int bitmapInfo) __attribute__((cf_returns_retained)) SWIFT("CGContext.init(data:width:height:bitsPerComponent:bytesPerRow:space:bitmapInfo:)");
CGImageRef _Nullable CGBitmapContextCreateImage(CGContextRef _Nonnull context) __attribute__((cf_returns_retained)) SWIFT("CGContext.makeImage(self:)");
void *_Nullable CGBitmapContextGetData(CGContextRef _Nonnull context) SWIFT("getter:CGContext.data(self:)");
void CGContextTranslateCTM(CGContextRef _Nonnull c, CGFloat tx, CGFloat ty) SWIFT("CGContext.translateBy(self:x:y:)");
void CGContextScaleCTM(CGContextRef _Nonnull c, CGFloat sx, CGFloat sy) SWIFT("CGContext.scaleBy(self:x:y:)");
size_t CGImageGetWidth(CGImageRef _Nonnull image) SWIFT("getter:CGImage.width(self:)");
size_t CGImageGetHeight(CGImageRef _Nonnull image) SWIFT("getter:CGImage.height(self:)");
#pragma clang arc_cf_code_audited end
