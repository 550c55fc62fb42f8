/// What the app says; the same as on Android wherever both say it.
enum Words {
  static let effects = ["None", "Blur", "Color", "Picture", "Mask"]
  static let flip = "Other camera"
  static let still = "Photo…"
  static let background = "Background…"
  static let save = "Save"
  static let live = "Live"
  static let selfTest = "Self-test"
  static let smoothing = "Smoothing"
  static let strength = "Blur strength"
  static let automatic = "automatic"
  static let copy = "Copy"
  static let proving = "Compiling the models and proving them on the golden photo…"
  static let noPermission = "The camera was not allowed. Photos still work; to allow it, tap here."
  static let noCamera = "This device has no camera that apps can use. Photos still work."
  static let cameraTaken = "Another app uses the camera. It goes on here once that app lets go."
  static let cameraNotInSplitScreen = "The camera rests while apps share the screen. It goes on in full screen."
  static let cameraTooHot = "The phone is too hot for its camera. It goes on when it has cooled down."
  static let noModels =
    "There is no model in Model/. Copy one there: python pipelines/quantize_export.py --ios ios_demo, then build again."
  static let outOfMemory = "This phone runs out of memory: the photo and the background were let go."
  static let pickBackground = "Tap Background… to choose the picture behind you."
  static let noGolden = "The export holds no golden photo, so nothing can be compared; export the model again."
  static let noMetal = "This device has no Metal, so nothing can be shown."
  static let noModelWorks = "No model gave the golden mask on any processor"

  static func cameraFailed(_ reason: String) -> String {
    "The camera failed (\(reason)). Pause the app and come back, or switch the camera."
  }

  static func unreadable(_ reason: String) -> String {
    "This picture cannot be read (\(reason)). Take a JPEG, PNG or HEIC."
  }

  static func notSaved(_ reason: String) -> String {
    "The picture could not be saved (\(reason)). Choose another place."
  }

  static func saved(_ width: Int, _ height: Int) -> String {
    "Saved, \(width) x \(height) pixels."
  }
}
