// Stand-ins for what the app uses of Apple's SDK, written from the public names of the API: for type checks without a
// Mac, never for the app itself. check_sdk.py holds them against published declarations.
//
// API(v): newer than iOS 15. SWIFT(name): where Apple renames for Swift by hand.
#pragma once
typedef _Bool BOOL;
typedef long NSInteger;
typedef unsigned long NSUInteger;
typedef unsigned long size_t;
#define API(v) __attribute__((availability(ios, introduced = v)))
#define DEPRECATED(a, b) __attribute__((availability(ios, introduced = a, deprecated = b)))
#define NS_ENUM(T, N) enum __attribute__((enum_extensibility(open))) N : T N; enum N : T
#define NS_OPTIONS(T, N) enum __attribute__((flag_enum, enum_extensibility(open))) N : T N; enum N : T
#define NS_STRING_ENUM __attribute__((swift_wrapper(struct)))
#define SWIFT(n) __attribute__((swift_name(n)))
#define DESIGNATED __attribute__((objc_designated_initializer))
#define MAIN_ACTOR __attribute__((swift_attr("@UIActor")))
#pragma clang assume_nonnull begin
@protocol NSObject
- (BOOL)isEqual:(nullable id)object;
@property(readonly) NSUInteger hash;
@end
__attribute__((objc_root_class))
@interface NSObject <NSObject>
- (instancetype)init;
- (BOOL)isEqual:(nullable id)object;
@property(readonly) NSUInteger hash;
@end
#pragma clang assume_nonnull end
