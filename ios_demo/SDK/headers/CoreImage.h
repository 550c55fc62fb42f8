#pragma once
#include "CoreVideo.h"
#include "Metal.h"
#pragma clang assume_nonnull begin
typedef NSString *CIImageOption NS_STRING_ENUM;
typedef NSString *CIContextOption NS_STRING_ENUM;
extern CIImageOption const kCIImageColorSpace SWIFT("CIImageOption.colorSpace");
extern CIContextOption const kCIContextWorkingColorSpace SWIFT("CIContextOption.workingColorSpace");
extern CIContextOption const kCIContextCacheIntermediates SWIFT("CIContextOption.cacheIntermediates");
@interface CIColor : NSObject
- (instancetype)initWithRed:(CGFloat)r green:(CGFloat)g blue:(CGFloat)b;
@end
@interface CIImage : NSObject
+ (CIImage *)emptyImage SWIFT("empty()");
- (instancetype)initWithColor:(CIColor *)color;
- (instancetype)initWithCVPixelBuffer:(CVPixelBufferRef)pixelBuffer options:(nullable NSDictionary<CIImageOption, id> *)options;
- (CIImage *)imageByApplyingTransform:(CGAffineTransform)matrix SWIFT("transformed(by:)");
- (CIImage *)imageByClampingToExtent SWIFT("clampedToExtent()");
- (CIImage *)imageByCroppingToRect:(CGRect)rect SWIFT("cropped(to:)");
- (CIImage *)imageByCompositingOverImage:(CIImage *)dest SWIFT("composited(over:)");
- (CIImage *)imageByUnpremultiplyingAlpha SWIFT("unpremultiplyingAlpha()");
- (CIImage *)imageBySettingAlphaOneInExtent:(CGRect)extent SWIFT("settingAlphaOne(in:)");
@property(nonatomic, readonly) CGRect extent;
@end
@interface CIContext : NSObject
+ (CIContext *)contextWithMTLDevice:(id<MTLDevice>)device options:(nullable NSDictionary<CIContextOption, id> *)options;
- (void)render:(CIImage *)image toCVPixelBuffer:(CVPixelBufferRef)buffer SWIFT("render(_:to:)");
- (void)render:(CIImage *)image toMTLTexture:(id<MTLTexture>)texture commandBuffer:(nullable id<MTLCommandBuffer>)commandBuffer bounds:(CGRect)bounds colorSpace:(CGColorSpaceRef)colorSpace SWIFT("render(_:to:commandBuffer:bounds:colorSpace:)");
- (void)clearCaches;
@end
@interface CIFilter : NSObject
@property(readonly, nonatomic, nullable) CIImage *outputImage;
@end
#pragma clang assume_nonnull end
