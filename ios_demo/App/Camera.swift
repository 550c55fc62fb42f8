import AVFoundation

/// Upright frames in BGRA, the front camera's mirrored; the newest one only. Late frames are dropped by the output.
///
/// Everything but init happens on `queue`, where frames arrive too.
final class Camera: NSObject {
  enum Problem {
    case notAllowed
    case noneThere
    case taken
    case sharedScreen
    case tooHot
    case failed(String)
  }

  /// A frame, and when it was taken in seconds on the camera's own clock.
  var onFrame: ((CVPixelBuffer, Double) -> Void)?
  /// nil: there is none any more.
  var onProblem: ((Problem?) -> Void)?
  private(set) var isFront = true

  private let queue: DispatchQueue
  private let session = AVCaptureSession()
  private let output = AVCaptureVideoDataOutput()
  private var input: AVCaptureDeviceInput?
  private var orientation = AVCaptureVideoOrientation.portrait
  private var isWanted = false

  init(queue: DispatchQueue) {
    self.queue = queue
    super.init()
    output.alwaysDiscardsLateVideoFrames = true
    output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA]
    output.setSampleBufferDelegate(self, queue: queue)
    let center = NotificationCenter.default
    center.addObserver(
      self, selector: #selector(wasInterrupted(_:)), name: .AVCaptureSessionWasInterrupted, object: session)
    center.addObserver(
      self, selector: #selector(interruptionEnded(_:)), name: .AVCaptureSessionInterruptionEnded, object: session)
    center.addObserver(
      self, selector: #selector(runtimeFailed(_:)), name: .AVCaptureSessionRuntimeError, object: session)
  }

  /// Asks for permission where that has not happened yet, then runs.
  func start(front: Bool, orientation: AVCaptureVideoOrientation) {
    isWanted = true
    isFront = front
    self.orientation = orientation
    AVCaptureDevice.requestAccess(for: .video) { [weak self] granted in
      self?.queue.async { granted ? self?.run() : self?.onProblem?(.notAllowed) }
    }
  }

  func stop() {
    isWanted = false
    if session.isRunning { session.stopRunning() }
  }

  func turn(_ orientation: AVCaptureVideoOrientation) {
    self.orientation = orientation
    setUpConnection()
  }

  private func run() {
    guard isWanted else { return }
    if session.isRunning, let input, (input.device.position == .front) == isFront {
      return setUpConnection()
    }
    do {
      try configure()
    } catch {
      onProblem?(.failed("\(error)"))
    }
  }

  private func configure() throws {
    let position: AVCaptureDevice.Position = isFront ? .front : .back
    let wide = AVCaptureDevice.DeviceType.builtInWideAngleCamera
    guard
      let device = AVCaptureDevice.default(wide, for: .video, position: position)
        ?? AVCaptureDevice.default(wide, for: .video, position: .unspecified)
    else {
      onProblem?(.noneThere)
      return
    }
    isFront = device.position == .front
    session.beginConfiguration()
    defer {
      session.commitConfiguration()
      if !session.isRunning && input != nil { session.startRunning() }
    }
    if let input { session.removeInput(input) }
    input = nil
    let fresh = try AVCaptureDeviceInput(device: device)
    guard session.canAddInput(fresh) else { throw CameraRefused() }
    session.addInput(fresh)
    if session.canSetSessionPreset(.vga640x480) { session.sessionPreset = .vga640x480 }
    if session.canAddOutput(output) { session.addOutput(output) }
    input = fresh
    setUpConnection()
    try capRate(of: device)
    onProblem?(nil)
  }

  /// Buffers come turned and mirrored, so that network and screen see the same.
  private func setUpConnection() {
    guard let connection = output.connection(with: .video) else { return }
    if connection.isVideoOrientationSupported { connection.videoOrientation = orientation }
    if connection.isVideoMirroringSupported {
      connection.automaticallyAdjustsVideoMirroring = false
      connection.isVideoMirrored = isFront
    }
  }

  /// Thirty frames a second are enough, and more heat the phone.
  private func capRate(of device: AVCaptureDevice) throws {
    try device.lockForConfiguration()
    device.activeVideoMinFrameDuration = CMTime(value: 1, timescale: 30)
    device.unlockForConfiguration()
  }

  @objc private func wasInterrupted(_ notification: Notification) {
    let number = notification.userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
    let reason = number.flatMap { AVCaptureSession.InterruptionReason(rawValue: $0) }
    queue.async { [weak self] in
      switch reason {
      case .videoDeviceInUseByAnotherClient: self?.onProblem?(.taken)
      case .videoDeviceNotAvailableWithMultipleForegroundApps: self?.onProblem?(.sharedScreen)
      case .videoDeviceNotAvailableDueToSystemPressure: self?.onProblem?(.tooHot)
      default: break  // in the background: nobody looks
      }
    }
  }

  @objc private func interruptionEnded(_ notification: Notification) {
    queue.async { [weak self] in self?.onProblem?(nil) }
  }

  @objc private func runtimeFailed(_ notification: Notification) {
    let error = notification.userInfo?[AVCaptureSessionErrorKey] as? NSError
    queue.async { [weak self] in
      guard let self, self.isWanted else { return }
      self.onProblem?(.failed(error?.localizedDescription ?? "no reason given"))
      if !self.session.isRunning { self.session.startRunning() }
    }
  }
}

private struct CameraRefused: Error, CustomStringConvertible {
  let description = "its input is refused"
}

extension Camera: AVCaptureVideoDataOutputSampleBufferDelegate {
  func captureOutput(
    _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
  ) {
    guard isWanted, let frame = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }
    let seconds = CMTimeGetSeconds(CMSampleBufferGetPresentationTimeStamp(sampleBuffer))
    autoreleasepool { onFrame?(frame, seconds) }
  }
}
