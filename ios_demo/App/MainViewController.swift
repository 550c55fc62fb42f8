import AVFoundation
import Metal
import PhotosUI
import PortraitKit
import UIKit

/// Wires views to the worker; computes nothing.
final class MainViewController: UIViewController {
  private enum Wanted {
    case still
    case background
  }

  private let controls = Controls()
  private let overlay = UILabel()
  private let message = UILabel()
  private var worker: Worker?
  private var choice = ModelChoice(export: 0, file: nil, units: nil)
  private var isFront = true
  private var showsStill = false
  private var mayAskSettings = false
  private var wanted = Wanted.still

  override func viewDidLoad() {
    super.viewDidLoad()
    view.backgroundColor = .black
    layOutPreview()
    layOutViews()
    guard let worker else { return say(Words.noMetal) }
    wire(worker)
    let problems = worker.store.problems + (worker.store.exports.isEmpty ? [Words.noModels] : [])
    if worker.store.exports.isEmpty { return say(problems.joined(separator: "\n")) }
    fillMenu()
    worker.open(choice)
    if !problems.isEmpty { say(problems.joined(separator: "\n")) }
    observe()
  }

  override func viewDidAppear(_ animated: Bool) {
    super.viewDidAppear(animated)
    startCamera()
  }

  override func viewWillTransition(to size: CGSize, with coordinator: UIViewControllerTransitionCoordinator) {
    super.viewWillTransition(to: size, with: coordinator)
    coordinator.animate(alongsideTransition: nil) { [weak self] _ in
      guard let self else { return }
      self.worker?.turn(self.orientation)
    }
  }

  override func didReceiveMemoryWarning() {
    super.didReceiveMemoryWarning()
    worker?.trim()
  }

  private var orientation: AVCaptureVideoOrientation {
    switch view.window?.windowScene?.interfaceOrientation {
    case .landscapeLeft: return .landscapeLeft
    case .landscapeRight: return .landscapeRight
    case .portraitUpsideDown: return .portraitUpsideDown
    default: return .portrait
    }
  }

  private func layOutPreview() {
    guard let device = MTLCreateSystemDefaultDevice() else { return }
    let compositor = GPUCompositor(device: device)
    let preview = PreviewView(device: device, renderer: compositor.context)
    preview.frame = view.bounds
    preview.autoresizingMask = [.flexibleWidth, .flexibleHeight]
    view.addSubview(preview)
    worker = Worker(compositor: compositor) { [weak preview] in preview?.show($0) }
  }

  private func layOutViews() {
    overlay.numberOfLines = 0
    overlay.textColor = .white
    overlay.font = .monospacedDigitSystemFont(ofSize: 13, weight: .regular)
    message.numberOfLines = 0
    message.textColor = .systemYellow
    message.isUserInteractionEnabled = true
    message.addGestureRecognizer(UITapGestureRecognizer(target: self, action: #selector(tapMessage)))
    let top = UIStackView(arrangedSubviews: [overlay, message])
    top.axis = .vertical
    for stack in [top, controls] {
      stack.translatesAutoresizingMaskIntoConstraints = false
      view.addSubview(stack)
    }
    let safe = view.safeAreaLayoutGuide
    NSLayoutConstraint.activate([
      top.topAnchor.constraint(equalTo: safe.topAnchor, constant: 12),
      top.leadingAnchor.constraint(equalTo: safe.leadingAnchor, constant: 12),
      top.trailingAnchor.constraint(equalTo: safe.trailingAnchor, constant: -12),
      controls.bottomAnchor.constraint(equalTo: safe.bottomAnchor, constant: -12),
      controls.leadingAnchor.constraint(equalTo: safe.leadingAnchor, constant: 12),
      controls.trailingAnchor.constraint(equalTo: safe.trailingAnchor, constant: -12),
    ])
  }

  private func wire(_ worker: Worker) {
    worker.onOverlay = { [weak self] in self?.overlay.text = $0 }
    worker.onMessage = { [weak self] in self?.say($0) }
    worker.onStill = { [weak self] ready in
      self?.showsStill = ready
      self?.controls.showStill(ready)
      if !ready { self?.startCamera() }
    }
    controls.onEffect = { [weak self] index, strength in self?.use(index, strength) }
    controls.onSmoothing = { worker.smooth($0) }
    controls.onFlip = { [weak self] in
      self?.isFront.toggle()
      self?.startCamera()
    }
    controls.onStill = { [weak self] in self?.pick(.still) }
    controls.onBackground = { [weak self] in self?.pick(.background) }
    controls.onSave = { [weak self] in self?.save() }
    controls.onLive = { worker.still(nil) }
    controls.onTest = { [weak self] in self?.present(SelfTestViewController(worker: worker), animated: true) }
  }

  /// The GPU and the camera are not ours in the background.
  private func observe() {
    let center = NotificationCenter.default
    center.addObserver(
      self, selector: #selector(pause), name: UIApplication.willResignActiveNotification, object: nil)
    center.addObserver(
      self, selector: #selector(resume), name: UIApplication.didBecomeActiveNotification, object: nil)
  }

  @objc private func pause() {
    worker?.stopCamera()
  }

  @objc private func resume() {
    startCamera()
  }

  private func startCamera() {
    guard !showsStill, worker?.store.exports.isEmpty == false else { return }
    worker?.startCamera(front: isFront, orientation: orientation)
  }

  private func use(_ index: Int, _ strength: Int) {
    switch index {
    case 0: worker?.use(.none)
    case 1: worker?.use(.blur(strength))
    case 2: worker?.use(.color([40, 120, 90]))
    case 3: say(Words.pickBackground)
    default: worker?.use(.mask)
    }
  }

  /// Every export, its files, and the processors; the first entry leaves both to the self-test.
  private func fillMenu() {
    guard let worker else { return }
    let exports = worker.store.exports.enumerated().map { index, export -> UIMenu in
      let files: [String?] = [nil] + export.contract.coreMLFiles.map { $0 }
      let actions = files.map { file in
        entry(file ?? Words.automatic) { choice in
          choice.export = index
          choice.file = file
        }
      }
      return UIMenu(title: export.folder.lastPathComponent, options: .displayInline, children: actions)
    }
    let units: [ComputeUnits?] = [nil] + ComputeUnits.allCases.map { $0 }
    let processors = units.map { units in entry(units?.rawValue ?? Words.automatic) { $0.units = units } }
    let children = exports + [UIMenu(title: "", options: .displayInline, children: processors)]
    controls.model.menu = UIMenu(title: "", options: [], children: children)
    let name = worker.store.exports[choice.export].folder.lastPathComponent
    controls.model.setTitle(choice.file ?? "\(name): \(choice.units?.rawValue ?? Words.automatic)", for: .normal)
  }

  private func entry(_ title: String, _ change: @escaping (inout ModelChoice) -> Void) -> UIAction {
    UIAction(title: title) { [weak self] _ in
      guard let self else { return }
      change(&self.choice)
      self.fillMenu()
      self.worker?.open(self.choice)
    }
  }

  private func say(_ text: String?) {
    mayAskSettings = text?.components(separatedBy: "\n").contains(Words.noPermission) == true
    message.text = text
    message.isHidden = text == nil
  }

  @objc private func tapMessage() {
    if mayAskSettings, let url = URL(string: UIApplication.openSettingsURLString) {
      UIApplication.shared.open(url, options: [:], completionHandler: nil)
    } else {
      say(nil)
    }
  }

  /// The picker runs outside the app, so no permission is needed.
  private func pick(_ wanted: Wanted) {
    self.wanted = wanted
    var configuration = PHPickerConfiguration()
    configuration.filter = .images
    let picker = PHPickerViewController(configuration: configuration)
    picker.delegate = self
    present(picker, animated: true)
  }

  private func save() {
    worker?.file { [weak self] url, words in
      guard let self else { return }
      guard let url else { return self.say(words) }
      let place = UIDocumentPickerViewController(forExporting: [url], asCopy: true)
      self.present(place, animated: true)
    }
  }
}

extension MainViewController: PHPickerViewControllerDelegate {
  func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
    picker.dismiss(animated: true)
    guard let provider = results.first?.itemProvider else { return }
    let wanted = wanted
    provider.loadDataRepresentation(forTypeIdentifier: "public.image") { [weak self] data, error in
      DispatchQueue.main.async {
        guard let self else { return }
        guard let data else { return self.say(Words.unreadable(error?.localizedDescription ?? "no data")) }
        if wanted == .background { return self.worker?.background(data) ?? () }
        self.showsStill = true
        self.worker?.stopCamera()
        self.worker?.still(data)
      }
    }
  }
}
