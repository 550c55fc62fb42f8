#pragma once
#include "CoreImage.h"
#pragma clang assume_nonnull begin
@protocol CIFilter
@property(readonly, nonatomic, nullable) CIImage *outputImage;
@end
@protocol CIBlendWithMask <CIFilter>
@property(nonatomic, retain, nullable) CIImage *inputImage;
@property(nonatomic, retain, nullable) CIImage *backgroundImage;
@property(nonatomic, retain, nullable) CIImage *maskImage;
@end
@protocol CIGaussianBlur <CIFilter>
@property(nonatomic, retain, nullable) CIImage *inputImage;
@property(nonatomic) float radius;
@end
@interface CIFilter (Builtins)
+ (CIFilter<CIBlendWithMask> *)blendWithRedMaskFilter SWIFT("blendWithRedMask()");
+ (CIFilter<CIGaussianBlur> *)gaussianBlurFilter SWIFT("gaussianBlur()");
@end
#pragma clang assume_nonnull end
