import AVFoundation
import CoreImage
import CoreVideo
import Foundation
import PortraitKit

/// The one queue that opens, runs and releases models, cameras and pictures. Results come on the main queue.
final class Worker {
  var onOverlay: ((String) -> Void)?
  var onMessage: ((String?) -> Void)?
  /// Whether a still photo is composed and may be saved.
  var onStill: ((Bool) -> Void)?

  let store = ModelStore()
  let compositor: GPUCompositor
  private let queue = DispatchQueue(label: "worker", qos: .userInitiated)
  private let show: (CIImage?) -> Void
  private let camera: Camera
  private var opened: OpenedModel?
  private var effect = Effect.blur(30)
  private var smooths = true
  private var stream: VideoStream?
  private var policy = FramePolicy()
  private var rate = FrameRate()
  private var modelLatency = Latency()
  private var totalLatency = Latency()
  /// What is wrong with the model and with the camera: each stays on the screen until it is mended.
  private var modelWords: String?
  private var cameraWords: String?
  private var still: Picture?
  private var result: Picture?

  init(compositor: GPUCompositor, show: @escaping (CIImage?) -> Void) {
    self.compositor = compositor
    self.show = show
    camera = Camera(queue: queue)
    camera.onFrame = { [weak self] in self?.take($0, $1) }
    camera.onProblem = { [weak self] in self?.tell($0) }
  }

  func open(_ choice: ModelChoice) {
    queue.async {
      self.modelWords = Words.proving
      self.message(nil)
      self.opened = nil
      do {
        let opened = try self.store.open(choice)
        self.opened = opened
        self.restart()
        self.modelWords = opened.remarks.isEmpty ? nil : opened.remarks.joined(separator: "\n")
        self.message(nil)
        if self.still != nil { self.composeStill() }
      } catch {
        self.modelWords = "\(error)"
        self.message(nil)
      }
    }
  }

  func startCamera(front: Bool, orientation: AVCaptureVideoOrientation) {
    queue.async {
      self.restart()
      self.camera.start(front: front, orientation: orientation)
    }
  }

  func stopCamera() {
    queue.async { self.camera.stop() }
  }

  func turn(_ orientation: AVCaptureVideoOrientation) {
    queue.async {
      self.camera.turn(orientation)
      self.restart()
    }
  }

  func use(_ effect: Effect) {
    queue.async {
      self.effect = effect
      if self.still != nil { self.composeStill() }
    }
  }

  func smooth(_ smooths: Bool) {
    queue.async {
      self.smooths = smooths
      self.restart()
    }
  }

  /// nil goes back to the camera.
  func still(_ data: Data?) {
    queue.async {
      self.result = nil
      self.still = nil
      guard let data else { return self.finishStill() }
      do {
        self.still = try StillPhotos.picture(from: data)
        self.composeStill()
      } catch {
        self.message("\(error)")
        self.finishStill()
      }
    }
  }

  func background(_ data: Data) {
    queue.async {
      do {
        let picture = try StillPhotos.picture(from: data, longest: 1920)
        self.effect = .background(picture)
        self.message(nil)
        if self.still != nil { self.composeStill() }
      } catch {
        self.message("\(error)")
      }
    }
  }

  /// The composed photo as a file for the user to place; nil if there is none.
  func file(_ done: @escaping (URL?, String) -> Void) {
    queue.async {
      guard let result = self.result else { return }
      do {
        let url = try StillPhotos.file(of: result)
        DispatchQueue.main.async { done(url, Words.saved(result.width, result.height)) }
      } catch {
        DispatchQueue.main.async { done(nil, Words.notSaved("\(error)")) }
      }
    }
  }

  func selfTest(runs: Int, _ told: @escaping (String) -> Void) {
    queue.async {
      let tell = { (text: String) in DispatchQueue.main.async { told(text) } }
      for export in self.store.exports {
        tell("\(export.folder.lastPathComponent), \(export.contract.size) x \(export.contract.size)")
        self.store.selfTest(export, runs: runs, told: tell)
        do {
          tell(try self.compositor.selfTest(export) ?? Words.noGolden)
        } catch {
          tell("Composition: FAILED, \(error)")
        }
      }
      tell("Done.")
    }
  }

  /// Memory is short: what can be made again goes.
  func trim() {
    queue.async {
      if case .background = self.effect { self.effect = .none }
      self.still = nil
      self.result = nil
      self.compositor.forget()
      self.message(Words.outOfMemory)
      self.finishStill()
    }
  }

  /// After a change of camera, a rotation or a pause: nothing of before may show.
  private func restart() {
    policy.restart()
    stream = (opened?.contract).map {
      VideoStream(size: $0.size, fit: $0.fit, smoothing: smooths ? $0.smoothingRatio : nil)
    }
    modelLatency.reset()
    totalLatency.reset()
  }

  private func take(_ frame: CVPixelBuffer, _ seconds: Double) {
    guard still == nil, policy.takes(heat: .now) else { return }
    do {
      let started = milliseconds()
      guard let opened, let stream, effect != .none else {
        show(GPUCompositor.image(frame))
        return overlay(opened)
      }
      let mask = try self.mask(of: frame, seconds, stream, opened)
      let box = opened.contract.fit.box(
        height: CVPixelBufferGetHeight(frame), width: CVPixelBufferGetWidth(frame), size: opened.contract.size)
      show(try compositor.image(frame: frame, mask: mask, box: box, effect: effect))
      totalLatency.add(milliseconds() - started)
      overlay(opened)
    } catch {
      message("\(error)")
    }
  }

  /// A new buffer for each frame: the GPU may still read the last one.
  private func mask(
    of frame: CVPixelBuffer, _ seconds: Double, _ stream: VideoStream, _ opened: OpenedModel
  ) throws -> CVPixelBuffer {
    let square = try withRows(of: frame, channels: 4) { stream.fit($0) }
    let started = milliseconds()
    let values = try stream.mask(of: square, seconds: seconds, network: opened.network)
    modelLatency.add(milliseconds() - started)
    let size = opened.contract.size
    let mask = try makePixelBuffer(width: size, height: size, format: kCVPixelFormatType_OneComponent8)
    fill(mask, with: values.map { UInt8(($0 * 255).rounded()) }, channels: 1)
    return mask
  }

  private func overlay(_ opened: OpenedModel?) {
    guard rate.count(now: milliseconds()) else { return }
    var lines = [
      String(
        format: "model %.1f ms, all %.1f ms (nine of ten: %.1f), %.1f frames/s",
        modelLatency.milliseconds(percent: 50), totalLatency.milliseconds(percent: 50),
        totalLatency.milliseconds(percent: 90), rate.perSecond)
    ]
    if let opened { lines.append("\(opened.file) on \(opened.units.rawValue)") }
    if Heat.now.rawValue >= Heat.serious.rawValue {
      lines.append("The phone is hot: only every \(Heat.now == .serious ? "second" : "fourth") frame is taken")
    }
    let text = lines.joined(separator: "\n")
    DispatchQueue.main.async { self.onOverlay?(text) }
  }

  private func composeStill() {
    guard let photo = still, let opened else { return }
    do {
      let alpha = try PortraitKit.alpha(of: photo, network: opened.network, contract: opened.contract)
      let composed = effect.apply(to: photo, alpha: alpha)
      result = composed
      show(GPUCompositor.image(try composed.pixelBuffer()))
    } catch {
      message("\(error)")
    }
    finishStill()
  }

  private func finishStill() {
    let ready = result != nil
    DispatchQueue.main.async { self.onStill?(ready) }
  }

  private func tell(_ problem: Camera.Problem?) {
    switch problem {
    case nil: cameraWords = nil
    case .notAllowed: cameraWords = Words.noPermission
    case .noneThere: cameraWords = Words.noCamera
    case .taken: cameraWords = Words.cameraTaken
    case .sharedScreen: cameraWords = Words.cameraNotInSplitScreen
    case .tooHot: cameraWords = Words.cameraTooHot
    case .failed(let reason): cameraWords = Words.cameraFailed(reason)
    }
    message(nil)
  }

  /// What has just happened, and what is still wrong.
  private func message(_ news: String?) {
    let words = [news, modelWords, cameraWords].compactMap { $0 }
    let text = words.isEmpty ? nil : words.joined(separator: "\n")
    DispatchQueue.main.async { self.onMessage?(text) }
  }

  private func milliseconds() -> Double {
    ProcessInfo.processInfo.systemUptime * 1000
  }
}

extension Heat {
  static var now: Heat {
    switch ProcessInfo.processInfo.thermalState {
    case .nominal: return .nominal
    case .fair: return .fair
    case .serious: return .serious
    case .critical: return .critical
    @unknown default: return .critical
    }
  }
}
