import PortraitKit
import UIKit

/// The views below the picture. Says what was chosen; knows nothing of models and cameras.
final class Controls: UIStackView {
  var onEffect: ((Int, Int) -> Void)?
  var onSmoothing: ((Bool) -> Void)?
  var onBackground: (() -> Void)?
  var onFlip: (() -> Void)?
  var onStill: (() -> Void)?
  var onSave: (() -> Void)?
  var onLive: (() -> Void)?
  var onTest: (() -> Void)?

  let model = UIButton(type: .system)
  private let effects = UISegmentedControl(items: Words.effects)
  private let strength = UISlider()
  private let smoothing = UISwitch()
  private let save = UIButton(type: .system)
  private let live = UIButton(type: .system)

  init() {
    super.init(frame: CGRect(x: 0, y: 0, width: 0, height: 0))
    axis = .vertical
    spacing = 8
    effects.selectedSegmentIndex = 1
    effects.addAction(UIAction { [weak self] _ in self?.tellEffect() }, for: .valueChanged)
    strength.minimumValue = 1
    strength.maximumValue = 100
    strength.value = 30
    strength.accessibilityLabel = Words.strength
    strength.addAction(UIAction { [weak self] _ in self?.tellEffect() }, for: .valueChanged)
    smoothing.isOn = true
    smoothing.addAction(
      UIAction { [weak self] _ in self?.onSmoothing?(self?.smoothing.isOn == true) }, for: .valueChanged)
    let smooth = UILabel()
    smooth.text = Words.smoothing
    smooth.textColor = .white
    model.showsMenuAsPrimaryAction = true
    wire(save, Words.save) { [weak self] in self?.onSave?() }
    wire(live, Words.live) { [weak self] in self?.onLive?() }
    showStill(false)
    addArrangedSubview(effects)
    addArrangedSubview(row([strength, smooth, smoothing]))
    addArrangedSubview(
      row([
        button(Words.flip) { [weak self] in self?.onFlip?() }, button(Words.still) { [weak self] in self?.onStill?() },
        button(Words.background) { [weak self] in self?.pickBackground() },
      ]))
    addArrangedSubview(row([model, button(Words.selfTest) { [weak self] in self?.onTest?() }, save, live]))
  }

  @available(*, unavailable)
  required init(coder: NSCoder) {
    fatalError("not from a storyboard")
  }

  func showStill(_ ready: Bool) {
    save.isHidden = !ready
    live.isHidden = !ready
  }

  private func pickBackground() {
    effects.selectedSegmentIndex = 3
    onBackground?()
  }

  private func tellEffect() {
    strength.isHidden = effects.selectedSegmentIndex != 1
    onEffect?(effects.selectedSegmentIndex, Int(strength.value))
  }

  private func row(_ views: [UIView]) -> UIStackView {
    let row = UIStackView(arrangedSubviews: views)
    row.spacing = 12
    return row
  }

  private func button(_ title: String, _ action: @escaping () -> Void) -> UIButton {
    let button = UIButton(type: .system)
    wire(button, title, action)
    return button
  }

  private func wire(_ button: UIButton, _ title: String, _ action: @escaping () -> Void) {
    button.setTitle(title, for: .normal)
    button.addAction(UIAction { _ in action() }, for: .touchUpInside)
  }
}
