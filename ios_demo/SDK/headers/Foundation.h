#pragma once
#include "CoreGraphics.h"
#pragma clang assume_nonnull begin
typedef unsigned int OSType;
typedef double NSTimeInterval;
__attribute__((swift_bridge("Swift.String"))) @interface NSString : NSObject @end
__attribute__((swift_bridge("Swift.Array"))) @interface NSArray<__covariant ObjectType> : NSObject @end
__attribute__((swift_bridge("Swift.Dictionary"))) @interface NSDictionary<__covariant KeyType, __covariant ObjectType> : NSObject @end
__attribute__((swift_bridge("Foundation.URL"))) @interface NSURL : NSObject @end
__attribute__((swift_bridge("Foundation.Data"))) @interface NSData : NSObject @end
@interface NSNull : NSObject
@end
@interface NSNumber : NSObject
@end
@interface NSCoder : NSObject
@end
@protocol NSCoding
- (nullable instancetype)initWithCoder:(NSCoder *)coder;
@end
@interface NSError : NSObject
@property(readonly, copy) NSString *localizedDescription;
@end
typedef NSString *NSNotificationName SWIFT("NSNotification.Name") NS_STRING_ENUM;
__attribute__((swift_bridge("Foundation.Notification"))) @interface NSNotification : NSObject
@property(readonly, copy) NSNotificationName name;
@property(nullable, readonly, retain) id object;
@property(nullable, readonly, copy) NSDictionary *userInfo;
@end
SWIFT("NotificationCenter") @interface NSNotificationCenter : NSObject
@property(class, readonly, strong) NSNotificationCenter *defaultCenter SWIFT("default");
- (void)addObserver:(id)observer selector:(SEL)aSelector name:(nullable NSNotificationName)aName object:(nullable id)anObject;
@end
SWIFT("Bundle") @interface NSBundle : NSObject
@property(class, readonly, strong) NSBundle *mainBundle SWIFT("main");
@property(nullable, readonly, copy) NSURL *resourceURL;
@end
typedef NS_ENUM(NSUInteger, NSSearchPathDirectory) { NSApplicationSupportDirectory = 14 } SWIFT("FileManager.SearchPathDirectory");
typedef NS_OPTIONS(NSUInteger, NSSearchPathDomainMask) { NSUserDomainMask = 1 } SWIFT("FileManager.SearchPathDomainMask");
SWIFT("FileManager") @interface NSFileManager : NSObject
@property(class, readonly, strong) NSFileManager *defaultManager SWIFT("default");
@property(readonly, copy) NSURL *temporaryDirectory;
- (BOOL)fileExistsAtPath:(NSString *)path;
- (nullable NSURL *)URLForDirectory:(NSSearchPathDirectory)directory inDomain:(NSSearchPathDomainMask)domain appropriateForURL:(nullable NSURL *)url create:(BOOL)shouldCreate error:(NSError *_Nullable *_Nullable)error SWIFT("url(for:in:appropriateFor:create:)");
- (BOOL)createDirectoryAtURL:(NSURL *)url withIntermediateDirectories:(BOOL)createIntermediates attributes:(nullable NSDictionary<NSString *, id> *)attributes error:(NSError *_Nullable *_Nullable)error;
- (BOOL)moveItemAtURL:(NSURL *)srcURL toURL:(NSURL *)dstURL error:(NSError *_Nullable *_Nullable)error;
@end
SWIFT("UserDefaults") @interface NSUserDefaults : NSObject
@property(class, readonly, strong) NSUserDefaults *standardUserDefaults SWIFT("standard");
- (nullable NSString *)stringForKey:(NSString *)defaultName;
- (void)setObject:(nullable id)value forKey:(NSString *)defaultName SWIFT("set(_:forKey:)");
@end
typedef NS_ENUM(NSInteger, NSProcessInfoThermalState) { NSProcessInfoThermalStateNominal = 0, NSProcessInfoThermalStateFair = 1, NSProcessInfoThermalStateSerious = 2, NSProcessInfoThermalStateCritical = 3 } SWIFT("ProcessInfo.ThermalState");
typedef struct { NSInteger majorVersion, minorVersion, patchVersion; } NSOperatingSystemVersion SWIFT("OperatingSystemVersion");
SWIFT("ProcessInfo") @interface NSProcessInfo : NSObject
@property(class, readonly, strong) NSProcessInfo *processInfo;
@property(readonly) NSTimeInterval systemUptime;
@property(readonly) NSProcessInfoThermalState thermalState;
@property(readonly) NSOperatingSystemVersion operatingSystemVersion;
@property(readonly, copy) NSString *operatingSystemVersionString;
@end
SWIFT("Progress") @interface NSProgress : NSObject
@end
@interface NSItemProvider : NSObject
- (NSProgress *)loadDataRepresentationForTypeIdentifier:(NSString *)typeIdentifier completionHandler:(void (^)(NSData *_Nullable data, NSError *_Nullable error))completionHandler __attribute__((swift_attr("@discardableResult"))) SWIFT("loadDataRepresentation(forTypeIdentifier:completionHandler:)");
@end
@interface NSLock : NSObject
- (void)lock;
- (void)unlock;
@end
typedef const struct __attribute__((objc_bridge(NSString))) __CFString *CFStringRef;
typedef const struct __attribute__((objc_bridge(NSDictionary))) __CFDictionary *CFDictionaryRef;
typedef const struct __attribute__((objc_bridge(id))) __CFAllocator *CFAllocatorRef;
SWIFT("DispatchQueue") @interface OS_dispatch_queue : NSObject
@end
typedef OS_dispatch_queue *dispatch_queue_t;
#pragma clang assume_nonnull end
