#pragma once
#include "Foundation.h"
#pragma clang assume_nonnull begin
@protocol MTLTexture <NSObject>
@end
@protocol MTLDrawable <NSObject>
@end
@protocol MTLCommandBuffer <NSObject>
- (void)presentDrawable:(id<MTLDrawable>)drawable SWIFT("present(_:)");
- (void)commit;
@end
@protocol MTLCommandQueue <NSObject>
- (nullable id<MTLCommandBuffer>)commandBuffer SWIFT("makeCommandBuffer()");
@end
@protocol MTLDevice <NSObject>
- (nullable id<MTLCommandQueue>)newCommandQueue SWIFT("makeCommandQueue()");
@end
id<MTLDevice> _Nullable MTLCreateSystemDefaultDevice(void);
@protocol CAMetalDrawable <MTLDrawable>
@property(readonly) id<MTLTexture> texture;
@end
#pragma clang assume_nonnull end
