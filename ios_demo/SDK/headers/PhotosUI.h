#pragma once
#include "UIKit.h"
#pragma clang assume_nonnull begin
@class PHPickerViewController;
@interface PHPickerFilter : NSObject
@property(class, nonatomic, readonly) PHPickerFilter *imagesFilter SWIFT("images");
@end
// A struct in Swift; see the overlay.
SWIFT("__PHPickerConfiguration") @interface PHPickerConfiguration : NSObject
- (instancetype)init;
@property(nonatomic, nullable, copy) PHPickerFilter *filter;
@end
@interface PHPickerResult : NSObject
@property(nonatomic, readonly) NSItemProvider *itemProvider;
@end
@protocol PHPickerViewControllerDelegate <NSObject>
- (void)picker:(PHPickerViewController *)picker didFinishPicking:(NSArray<PHPickerResult *> *)results SWIFT("picker(_:didFinishPicking:)");
@end
@interface PHPickerViewController : UIViewController
- (instancetype)initWithConfiguration:(PHPickerConfiguration *)configuration DESIGNATED;
@property(nonatomic, weak, nullable) id<PHPickerViewControllerDelegate> delegate;
@end
#pragma clang assume_nonnull end
