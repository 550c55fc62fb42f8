#pragma once
#include "CoreMedia.h"
#pragma clang assume_nonnull begin
typedef NSString *AVMediaType NS_STRING_ENUM;
extern AVMediaType const AVMediaTypeVideo;
typedef NSString *AVCaptureSessionPreset NS_STRING_ENUM SWIFT("AVCaptureSession.Preset");
extern AVCaptureSessionPreset const AVCaptureSessionPreset640x480 SWIFT("AVCaptureSessionPreset.vga640x480");
typedef NSString *AVCaptureDeviceType NS_STRING_ENUM SWIFT("AVCaptureDevice.DeviceType");
extern AVCaptureDeviceType const AVCaptureDeviceTypeBuiltInWideAngleCamera;
extern NSNotificationName const AVCaptureSessionWasInterruptedNotification;
extern NSNotificationName const AVCaptureSessionInterruptionEndedNotification;
extern NSNotificationName const AVCaptureSessionRuntimeErrorNotification;
extern NSString *const AVCaptureSessionInterruptionReasonKey;
extern NSString *const AVCaptureSessionErrorKey;
typedef NS_ENUM(NSInteger, AVCaptureDevicePosition) { AVCaptureDevicePositionUnspecified = 0, AVCaptureDevicePositionBack = 1, AVCaptureDevicePositionFront = 2 } SWIFT("AVCaptureDevice.Position");
typedef NS_ENUM(NSInteger, AVCaptureVideoOrientation) { AVCaptureVideoOrientationPortrait = 1, AVCaptureVideoOrientationPortraitUpsideDown = 2, AVCaptureVideoOrientationLandscapeRight = 3, AVCaptureVideoOrientationLandscapeLeft = 4 };
typedef NS_ENUM(NSInteger, AVCaptureSessionInterruptionReason) {
  AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableInBackground = 1,
  AVCaptureSessionInterruptionReasonAudioDeviceInUseByAnotherClient = 2,
  AVCaptureSessionInterruptionReasonVideoDeviceInUseByAnotherClient = 3,
  AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableWithMultipleForegroundApps = 4,
  AVCaptureSessionInterruptionReasonVideoDeviceNotAvailableDueToSystemPressure = 5
} SWIFT("AVCaptureSession.InterruptionReason");
@interface AVCaptureInput : NSObject
@end
@interface AVCaptureConnection : NSObject
@property(nonatomic, readonly, getter=isVideoOrientationSupported) BOOL supportsVideoOrientation DEPRECATED(4.0, 17.0) SWIFT("isVideoOrientationSupported");
@property(nonatomic) AVCaptureVideoOrientation videoOrientation DEPRECATED(4.0, 17.0);
@property(nonatomic) CGFloat videoRotationAngle API(17.0);
@property(nonatomic, readonly, getter=isVideoMirroringSupported) BOOL supportsVideoMirroring SWIFT("isVideoMirroringSupported");
@property(nonatomic) BOOL automaticallyAdjustsVideoMirroring;
@property(nonatomic, getter=isVideoMirrored) BOOL videoMirrored;
@end
@interface AVCaptureOutput : NSObject
- (nullable AVCaptureConnection *)connectionWithMediaType:(AVMediaType)mediaType SWIFT("connection(with:)");
@end
@interface AVCaptureDevice : NSObject
+ (nullable AVCaptureDevice *)defaultDeviceWithDeviceType:(AVCaptureDeviceType)deviceType mediaType:(nullable AVMediaType)mediaType position:(AVCaptureDevicePosition)position SWIFT("default(_:for:position:)");
+ (void)requestAccessForMediaType:(AVMediaType)mediaType completionHandler:(void (^)(BOOL granted))handler SWIFT("requestAccess(for:completionHandler:)");
@property(nonatomic, readonly) AVCaptureDevicePosition position;
- (BOOL)lockForConfiguration:(NSError *_Nullable *_Nullable)outError;
- (void)unlockForConfiguration;
@property(nonatomic) CMTime activeVideoMinFrameDuration;
@end
@interface AVCaptureDeviceInput : AVCaptureInput
@property(nonatomic, readonly) AVCaptureDevice *device;
- (nullable instancetype)initWithDevice:(AVCaptureDevice *)device error:(NSError *_Nullable *_Nullable)outError;
@end
@class AVCaptureVideoDataOutput;
@protocol AVCaptureVideoDataOutputSampleBufferDelegate <NSObject>
@optional
- (void)captureOutput:(AVCaptureOutput *)output didOutputSampleBuffer:(CMSampleBufferRef)sampleBuffer fromConnection:(AVCaptureConnection *)connection SWIFT("captureOutput(_:didOutput:from:)");
- (void)captureOutput:(AVCaptureOutput *)output didDropSampleBuffer:(CMSampleBufferRef)sampleBuffer fromConnection:(AVCaptureConnection *)connection SWIFT("captureOutput(_:didDrop:from:)");
@end
@interface AVCaptureVideoDataOutput : AVCaptureOutput
- (instancetype)init;
@property(nonatomic, copy, null_resettable) NSDictionary<NSString *, id> *videoSettings;
@property(nonatomic) BOOL alwaysDiscardsLateVideoFrames;
- (void)setSampleBufferDelegate:(nullable id<AVCaptureVideoDataOutputSampleBufferDelegate>)sampleBufferDelegate queue:(nullable dispatch_queue_t)sampleBufferCallbackQueue;
@end
@interface AVCaptureSession : NSObject
@property(nonatomic, copy) AVCaptureSessionPreset sessionPreset;
@property(nonatomic, readonly, getter=isRunning) BOOL running;
- (BOOL)canSetSessionPreset:(AVCaptureSessionPreset)preset SWIFT("canSetSessionPreset(_:)");
- (BOOL)canAddInput:(AVCaptureInput *)input SWIFT("canAddInput(_:)");
- (void)addInput:(AVCaptureInput *)input SWIFT("addInput(_:)");
- (void)removeInput:(AVCaptureInput *)input SWIFT("removeInput(_:)");
- (BOOL)canAddOutput:(AVCaptureOutput *)output SWIFT("canAddOutput(_:)");
- (void)addOutput:(AVCaptureOutput *)output SWIFT("addOutput(_:)");
- (void)beginConfiguration;
- (void)commitConfiguration;
- (void)startRunning;
- (void)stopRunning;
@end
#pragma clang assume_nonnull end
