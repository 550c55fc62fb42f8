#pragma once
#include "CoreVideo.h"
#pragma clang assume_nonnull begin
typedef NS_ENUM(NSInteger, MLComputeUnits) { MLComputeUnitsCPUOnly = 0, MLComputeUnitsCPUAndGPU = 1, MLComputeUnitsAll = 2, MLComputeUnitsCPUAndNeuralEngine API(16.0) = 3 };
@interface MLImageConstraint : NSObject
@property(readonly, nonatomic) NSInteger pixelsHigh;
@property(readonly, nonatomic) NSInteger pixelsWide;
@end
@interface MLFeatureDescription : NSObject
@property(readonly, nullable, nonatomic) MLImageConstraint *imageConstraint;
@end
@interface MLModelDescription : NSObject
@property(readonly, nonatomic) NSDictionary<NSString *, MLFeatureDescription *> *inputDescriptionsByName;
@property(readonly, nonatomic) NSDictionary<NSString *, MLFeatureDescription *> *outputDescriptionsByName;
@end
@interface MLModelConfiguration : NSObject
@property(readwrite) MLComputeUnits computeUnits;
@end
@class MLMultiArray;
@interface MLFeatureValue : NSObject
+ (instancetype)featureValueWithPixelBuffer:(CVPixelBufferRef)value;
@property(readonly, nullable, nonatomic) CVPixelBufferRef imageBufferValue;
@end
@protocol MLFeatureProvider
- (nullable MLFeatureValue *)featureValueForName:(NSString *)featureName SWIFT("featureValue(for:)");
@end
@interface MLDictionaryFeatureProvider : NSObject <MLFeatureProvider>
- (nullable instancetype)initWithDictionary:(NSDictionary<NSString *, id> *)dictionary error:(NSError *_Nullable *_Nullable)error;
@end
@interface MLModel : NSObject
+ (nullable instancetype)modelWithContentsOfURL:(NSURL *)url configuration:(MLModelConfiguration *)configuration error:(NSError *_Nullable *_Nullable)error;
+ (nullable NSURL *)compileModelAtURL:(NSURL *)modelURL error:(NSError *_Nullable *_Nullable)error SWIFT("compileModel(at:)");
@property(readonly, nonatomic) MLModelDescription *modelDescription;
- (nullable id<MLFeatureProvider>)predictionFromFeatures:(id<MLFeatureProvider>)input error:(NSError *_Nullable *_Nullable)error SWIFT("prediction(from:)");
@end
#pragma clang assume_nonnull end
