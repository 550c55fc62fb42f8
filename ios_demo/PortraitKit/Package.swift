// swift-tools-version:5.9
import PackageDescription

let package = Package(
  name: "PortraitKit",
  platforms: [.iOS(.v15)],
  products: [.library(name: "PortraitKit", targets: ["PortraitKit"])],
  targets: [
    .target(name: "PortraitKit"),
    .testTarget(name: "PortraitKitTests", dependencies: ["PortraitKit"]),
  ]
)
