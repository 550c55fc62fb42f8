import Darwin
import UIKit

/// The golden photo through every file on every processor, with times to post beside the paper's 32 ms on an iPhone 7.
final class SelfTestViewController: UIViewController {
  private static let runs = 100

  private let worker: Worker
  private let report = UITextView()

  init(worker: Worker) {
    self.worker = worker
    super.init(nibName: nil, bundle: nil)
  }

  @available(*, unavailable)
  required init?(coder: NSCoder) {
    fatalError("not from a storyboard")
  }

  override func viewDidLoad() {
    super.viewDidLoad()
    view.backgroundColor = .systemBackground
    report.isEditable = false
    report.font = .monospacedDigitSystemFont(ofSize: 13, weight: .regular)
    let copy = UIButton(
      type: .system,
      primaryAction: UIAction(title: Words.copy) { [weak self] _ in
        UIPasteboard.general.string = self?.report.text
      })
    let stack = UIStackView(arrangedSubviews: [report, copy])
    stack.axis = .vertical
    stack.translatesAutoresizingMaskIntoConstraints = false
    view.addSubview(stack)
    let safe = view.safeAreaLayoutGuide
    NSLayoutConstraint.activate([
      stack.topAnchor.constraint(equalTo: safe.topAnchor, constant: 12),
      stack.bottomAnchor.constraint(equalTo: safe.bottomAnchor, constant: -12),
      stack.leadingAnchor.constraint(equalTo: safe.leadingAnchor, constant: 12),
      stack.trailingAnchor.constraint(equalTo: safe.trailingAnchor, constant: -12),
    ])
    report.text = "\(Self.machine()), iOS \(UIDevice.current.systemVersion), \(Self.runs) runs each\n"
    worker.selfTest(runs: Self.runs) { [weak self] line in
      self?.report.text += "\n\(line)\n"
    }
  }

  /// Apple's name of the device, such as iPhone9,1 for an iPhone 7.
  private static func machine() -> String {
    var count = 0
    guard sysctlbyname("hw.machine", nil, &count, nil, 0) == 0, count > 0 else { return UIDevice.current.model }
    var name = [CChar](repeating: 0, count: count)
    guard sysctlbyname("hw.machine", &name, &count, nil, 0) == 0 else { return UIDevice.current.model }
    return String(cString: name)
  }
}
