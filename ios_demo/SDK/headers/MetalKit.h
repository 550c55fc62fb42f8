#pragma once
#include "Metal.h"
#include "UIKit.h"
#pragma clang assume_nonnull begin
@class MTKView;
MAIN_ACTOR @protocol MTKViewDelegate <NSObject>
- (void)mtkView:(MTKView *)view drawableSizeWillChange:(CGSize)size;
- (void)drawInMTKView:(MTKView *)view SWIFT("draw(in:)");
@end
MAIN_ACTOR @interface MTKView : UIView
- (instancetype)initWithFrame:(CGRect)frameRect device:(nullable id<MTLDevice>)device DESIGNATED;
- (instancetype)initWithCoder:(NSCoder *)coder DESIGNATED;
@property(nonatomic, weak, nullable) id<MTKViewDelegate> delegate;
@property(nonatomic, readonly, nullable) id<CAMetalDrawable> currentDrawable;
@property(nonatomic) BOOL framebufferOnly;
@property(nonatomic) CGSize drawableSize;
@property(nonatomic, getter=isPaused) BOOL paused;
@property(nonatomic) BOOL enableSetNeedsDisplay;
@end
#pragma clang assume_nonnull end
