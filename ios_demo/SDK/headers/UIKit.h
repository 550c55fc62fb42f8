#pragma once
#include "Foundation.h"
#pragma clang assume_nonnull begin
typedef NS_OPTIONS(NSUInteger, UIViewAutoresizing) { UIViewAutoresizingNone = 0, UIViewAutoresizingFlexibleWidth = 2, UIViewAutoresizingFlexibleHeight = 16 } SWIFT("UIView.AutoresizingMask");
typedef NS_OPTIONS(NSUInteger, UIControlEvents) { UIControlEventTouchUpInside = 64, UIControlEventValueChanged = 4096 } SWIFT("UIControl.Event");
typedef NS_OPTIONS(NSUInteger, UIControlState) { UIControlStateNormal SWIFT("normal") = 0, UIControlStateHighlighted = 1 } SWIFT("UIControl.State");
typedef NS_OPTIONS(NSUInteger, UIMenuOptions) { UIMenuOptionsDisplayInline = 1, UIMenuOptionsDestructive = 2 } SWIFT("UIMenu.Options");
typedef NS_ENUM(NSInteger, UIButtonType) { UIButtonTypeCustom = 0, UIButtonTypeSystem = 1 } SWIFT("UIButton.ButtonType");
typedef NS_ENUM(NSInteger, UILayoutConstraintAxis) { UILayoutConstraintAxisHorizontal = 0, UILayoutConstraintAxisVertical = 1 } SWIFT("NSLayoutConstraint.Axis");
typedef NS_ENUM(NSInteger, UIApplicationState) { UIApplicationStateActive = 0, UIApplicationStateInactive = 1, UIApplicationStateBackground = 2 } SWIFT("UIApplication.State");
typedef NS_ENUM(NSInteger, UIInterfaceOrientation) { UIInterfaceOrientationUnknown = 0, UIInterfaceOrientationPortrait = 1, UIInterfaceOrientationPortraitUpsideDown = 2, UIInterfaceOrientationLandscapeLeft = 4, UIInterfaceOrientationLandscapeRight = 3 };
typedef CGFloat UIFontWeight NS_STRING_ENUM SWIFT("UIFont.Weight");
extern const UIFontWeight UIFontWeightRegular;
typedef NSString *UIApplicationOpenExternalURLOptionsKey NS_STRING_ENUM SWIFT("UIApplication.OpenExternalURLOptionsKey");
extern NSString *const UIApplicationOpenSettingsURLString SWIFT("UIApplication.openSettingsURLString");
extern NSNotificationName const UIApplicationWillResignActiveNotification SWIFT("UIApplication.willResignActiveNotification");
extern NSNotificationName const UIApplicationDidBecomeActiveNotification SWIFT("UIApplication.didBecomeActiveNotification");
void UIGraphicsPushContext(CGContextRef context);
void UIGraphicsPopContext(void);
@class NSLayoutXAxisAnchor, NSLayoutYAxisAnchor, UIAction, UIMenu, UIView, UIViewController, UIWindowScene;
@interface UIColor : NSObject
@property(class, nonatomic, readonly) UIColor *blackColor;
@property(class, nonatomic, readonly) UIColor *whiteColor;
@property(class, nonatomic, readonly) UIColor *systemYellowColor;
@property(class, nonatomic, readonly) UIColor *systemBackgroundColor;
@end
@interface UIFont : NSObject
+ (UIFont *)monospacedDigitSystemFontOfSize:(CGFloat)fontSize weight:(UIFontWeight)weight;
@end
@interface UIImage : NSObject
- (nullable instancetype)initWithData:(NSData *)data;
- (instancetype)initWithCGImage:(CGImageRef)cgImage;
@property(nonatomic, readonly) CGSize size;
@property(nullable, nonatomic, readonly) CGImageRef CGImage;
- (void)drawInRect:(CGRect)rect SWIFT("draw(in:)");
@end
NSData *_Nullable UIImageJPEGRepresentation(UIImage *image, CGFloat compressionQuality) SWIFT("UIImage.jpegData(self:compressionQuality:)");
MAIN_ACTOR @interface UIDevice : NSObject
@property(class, nonatomic, readonly) UIDevice *currentDevice;
@property(nonatomic, readonly, strong) NSString *model;
@property(nonatomic, readonly, strong) NSString *systemVersion;
@end
@interface UIPasteboard : NSObject
@property(class, nonatomic, readonly) UIPasteboard *generalPasteboard;
@property(nullable, nonatomic, copy) NSString *string;
@end
MAIN_ACTOR @interface UIMenuElement : NSObject
@end
typedef void (^UIActionHandler)(__kindof UIAction *action);
MAIN_ACTOR @interface UIAction : UIMenuElement
@end
MAIN_ACTOR @interface UIMenu : UIMenuElement
@end
MAIN_ACTOR @interface UIResponder : NSObject
@end
MAIN_ACTOR @interface NSLayoutConstraint : NSObject
+ (void)activateConstraints:(NSArray<NSLayoutConstraint *> *)constraints SWIFT("activate(_:)");
@end
MAIN_ACTOR @interface NSLayoutAnchor<AnchorType> : NSObject
- (NSLayoutConstraint *)constraintEqualToAnchor:(NSLayoutAnchor<AnchorType> *)anchor constant:(CGFloat)c SWIFT("constraint(equalTo:constant:)");
@end
MAIN_ACTOR @interface NSLayoutXAxisAnchor : NSLayoutAnchor<NSLayoutXAxisAnchor *>
@end
MAIN_ACTOR @interface NSLayoutYAxisAnchor : NSLayoutAnchor<NSLayoutYAxisAnchor *>
@end
MAIN_ACTOR @interface UILayoutGuide : NSObject
@property(nonatomic, readonly, strong) NSLayoutXAxisAnchor *leadingAnchor;
@property(nonatomic, readonly, strong) NSLayoutXAxisAnchor *trailingAnchor;
@property(nonatomic, readonly, strong) NSLayoutYAxisAnchor *topAnchor;
@property(nonatomic, readonly, strong) NSLayoutYAxisAnchor *bottomAnchor;
@end
MAIN_ACTOR @interface UIGestureRecognizer : NSObject
- (instancetype)initWithTarget:(nullable id)target action:(nullable SEL)action DESIGNATED;
@end
MAIN_ACTOR @interface UITapGestureRecognizer : UIGestureRecognizer
@end
@class UIWindow;
MAIN_ACTOR @interface UIView : UIResponder <NSCoding>
- (instancetype)initWithFrame:(CGRect)frame DESIGNATED;
- (nullable instancetype)initWithCoder:(NSCoder *)coder DESIGNATED;
@property(nonatomic) CGRect frame;
@property(nonatomic) CGRect bounds;
@property(nonatomic, getter=isHidden) BOOL hidden;
@property(nonatomic, getter=isUserInteractionEnabled) BOOL userInteractionEnabled;
@property(nonatomic) UIViewAutoresizing autoresizingMask;
@property(nonatomic) BOOL translatesAutoresizingMaskIntoConstraints;
@property(nullable, nonatomic, copy) UIColor *backgroundColor;
@property(nullable, nonatomic, readonly) UIWindow *window;
@property(nonatomic, readonly, strong) UILayoutGuide *safeAreaLayoutGuide;
@property(nonatomic, readonly, strong) NSLayoutXAxisAnchor *leadingAnchor;
@property(nonatomic, readonly, strong) NSLayoutXAxisAnchor *trailingAnchor;
@property(nonatomic, readonly, strong) NSLayoutYAxisAnchor *topAnchor;
@property(nonatomic, readonly, strong) NSLayoutYAxisAnchor *bottomAnchor;
- (void)addSubview:(UIView *)view;
- (void)addGestureRecognizer:(UIGestureRecognizer *)gestureRecognizer SWIFT("addGestureRecognizer(_:)");
- (void)setNeedsDisplay;
@end
@interface NSObject (UIAccessibility)
@property(nullable, nonatomic, copy) NSString *accessibilityLabel;
@end
MAIN_ACTOR @interface UIWindow : UIView
- (instancetype)initWithWindowScene:(UIWindowScene *)windowScene;
@property(nullable, nonatomic, weak) UIWindowScene *windowScene;
@property(nullable, nonatomic, strong) UIViewController *rootViewController;
- (void)makeKeyAndVisible;
@end
MAIN_ACTOR @interface UILabel : UIView
@property(nullable, nonatomic, copy) NSString *text;
@property(null_resettable, nonatomic, strong) UIFont *font;
@property(null_resettable, nonatomic, strong) UIColor *textColor;
@property(nonatomic) NSInteger numberOfLines;
@end
MAIN_ACTOR @interface UITextView : UIView
@property(null_resettable, nonatomic, copy) NSString *text;
@property(nullable, nonatomic, strong) UIFont *font;
@property(nonatomic, getter=isEditable) BOOL editable;
@end
MAIN_ACTOR @interface UIStackView : UIView
- (instancetype)initWithFrame:(CGRect)frame DESIGNATED;
- (instancetype)initWithCoder:(NSCoder *)coder DESIGNATED;
- (instancetype)initWithArrangedSubviews:(NSArray<UIView *> *)views;
- (void)addArrangedSubview:(UIView *)view;
@property(nonatomic) UILayoutConstraintAxis axis;
@property(nonatomic) CGFloat spacing;
@end
MAIN_ACTOR @interface UIControl : UIView
- (void)addAction:(UIAction *)action forControlEvents:(UIControlEvents)controlEvents SWIFT("addAction(_:for:)");
@property(nonatomic) BOOL showsMenuAsPrimaryAction;
@end
MAIN_ACTOR @interface UIButton : UIControl
+ (instancetype)buttonWithType:(UIButtonType)buttonType;
+ (instancetype)buttonWithType:(UIButtonType)buttonType primaryAction:(nullable UIAction *)primaryAction;
@property(nonatomic, nullable, copy) UIMenu *menu;
- (void)setTitle:(nullable NSString *)title forState:(UIControlState)state;
@end
MAIN_ACTOR @interface UISegmentedControl : UIControl
- (instancetype)initWithItems:(nullable NSArray *)items;
@property(nonatomic) NSInteger selectedSegmentIndex;
@end
MAIN_ACTOR @interface UISlider : UIControl
@property(nonatomic) float value;
@property(nonatomic) float minimumValue;
@property(nonatomic) float maximumValue;
@end
MAIN_ACTOR @interface UISwitch : UIControl
@property(nonatomic, getter=isOn) BOOL on;
@end
MAIN_ACTOR @protocol UIViewControllerTransitionCoordinatorContext <NSObject>
@end
MAIN_ACTOR @protocol UIViewControllerTransitionCoordinator <UIViewControllerTransitionCoordinatorContext>
- (BOOL)animateAlongsideTransition:(void (^_Nullable)(id<UIViewControllerTransitionCoordinatorContext> context))animation completion:(void (^_Nullable)(id<UIViewControllerTransitionCoordinatorContext> context))completion SWIFT("animate(alongsideTransition:completion:)");
@end
MAIN_ACTOR @interface UIViewController : UIResponder <NSCoding>
- (instancetype)initWithNibName:(nullable NSString *)nibNameOrNil bundle:(nullable NSBundle *)nibBundleOrNil DESIGNATED;
- (nullable instancetype)initWithCoder:(NSCoder *)coder DESIGNATED;
@property(null_resettable, nonatomic, strong) UIView *view;
- (void)viewDidLoad;
- (void)viewDidAppear:(BOOL)animated;
- (void)didReceiveMemoryWarning;
- (void)viewWillTransitionToSize:(CGSize)size withTransitionCoordinator:(id<UIViewControllerTransitionCoordinator>)coordinator SWIFT("viewWillTransition(to:with:)");
- (void)presentViewController:(UIViewController *)viewControllerToPresent animated:(BOOL)flag completion:(void (^_Nullable)(void))completion SWIFT("present(_:animated:completion:)");
- (void)dismissViewControllerAnimated:(BOOL)flag completion:(void (^_Nullable)(void))completion SWIFT("dismiss(animated:completion:)");
@end
MAIN_ACTOR @interface UIDocumentPickerViewController : UIViewController
- (instancetype)initForExportingURLs:(NSArray<NSURL *> *)urls asCopy:(BOOL)asCopy DESIGNATED;
@end
MAIN_ACTOR @interface UIApplication : UIResponder
@property(class, nonatomic, readonly) UIApplication *sharedApplication SWIFT("shared");
@property(nonatomic, readonly) UIApplicationState applicationState;
- (void)openURL:(NSURL *)url options:(NSDictionary<UIApplicationOpenExternalURLOptionsKey, id> *)options completionHandler:(void (^_Nullable)(BOOL success))completion SWIFT("open(_:options:completionHandler:)");
@end
MAIN_ACTOR @protocol UIApplicationDelegate <NSObject>
@end
@class UISceneSession, UISceneConnectionOptions;
MAIN_ACTOR @interface UIScene : UIResponder
@end
MAIN_ACTOR @interface UIWindowScene : UIScene
@property(nonatomic, readonly) UIInterfaceOrientation interfaceOrientation;
@end
MAIN_ACTOR @interface UISceneSession : NSObject
@end
MAIN_ACTOR SWIFT("UIScene.ConnectionOptions") @interface UISceneConnectionOptions : NSObject
@end
MAIN_ACTOR @protocol UISceneDelegate <NSObject>
@optional
- (void)scene:(UIScene *)scene willConnectToSession:(UISceneSession *)session options:(UISceneConnectionOptions *)connectionOptions SWIFT("scene(_:willConnectTo:options:)");
@end
MAIN_ACTOR @protocol UIWindowSceneDelegate <UISceneDelegate>
@optional
@property(nullable, nonatomic, strong) UIWindow *window;
@end
#pragma clang assume_nonnull end
