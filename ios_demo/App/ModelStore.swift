import CoreML
import Foundation
import PortraitKit

/// A file of an export on some units; nil leaves the choice to the self-test.
struct ModelChoice: Equatable {
  var export: Int
  var file: String?
  var units: ComputeUnits?
}

/// A model that gave the golden mask.
struct OpenedModel {
  let network: CoreMLNetwork
  let file: String
  let units: ComputeUnits
  let contract: Contract
  /// What was found out on the way, for the overlay.
  let remarks: [String]
}

/// The exports in the app's Model/ folder. Compiles, which takes seconds, once: results are cached by hash. One queue.
final class ModelStore {
  private(set) var exports: [Export] = []
  private(set) var problems: [String] = []

  init() {
    guard let root = Bundle.main.resourceURL?.appendingPathComponent("Model") else { return }
    for folder in Export.folders(below: root) {
      do {
        exports.append(try Export(folder: folder))
      } catch {
        problems.append("\(error)")
      }
    }
  }

  /// The quickest of what the choice leaves open and what passes the self-test. Throws PortraitError if nothing does.
  func open(_ choice: ModelChoice) throws -> OpenedModel {
    guard exports.indices.contains(choice.export) else { throw PortraitError(Words.noModels) }
    let export = exports[choice.export]
    var failures: [String] = []
    if choice.file == nil, choice.units == nil, let known = remembered(export) {
      let opened = tried(export, [known], runs: 1, &failures)
      if let opened { return opened }
    }
    let files = choice.file.map { [$0] } ?? export.contract.coreMLFiles
    let units = choice.units.map { [$0] } ?? ComputeUnits.allCases
    let all = files.flatMap { file in units.map { (file, $0) } }
    guard let opened = tried(export, all, runs: all.count > 1 ? 10 : 1, &failures) else {
      throw PortraitError("\(Words.noModelWorks): \(failures.joined(separator: "; "))")
    }
    if choice.file == nil, choice.units == nil { remember(export, opened) }
    return opened
  }

  /// Each file on each of the units.
  func selfTest(_ export: Export, runs: Int, told: (String) -> Void) {
    for file in export.contract.coreMLFiles {
      for units in ComputeUnits.allCases {
        do {
          let network = try network(export, file, units)
          let result = try SelfTest.run(network, file: file, units: units, export: export, runs: runs)
          told(result?.description ?? Words.noGolden)
        } catch {
          told("FAILED: \(error)")
        }
      }
    }
  }

  private func tried(
    _ export: Export, _ candidates: [(String, ComputeUnits)], runs: Int, _ failures: inout [String]
  ) -> OpenedModel? {
    var best: (network: CoreMLNetwork, file: String, units: ComputeUnits, time: Double)?
    for (file, units) in candidates {
      do {
        let network = try network(export, file, units)
        let result = try SelfTest.run(network, file: file, units: units, export: export, runs: runs)
        if let result, !result.passed {
          failures.append("\(file) on \(units.rawValue): not the golden mask")
          continue
        }
        let time = result?.median ?? 0
        if best == nil || time < best!.time { best = (network, file, units, time) }
      } catch {
        failures.append("\(error)")
      }
    }
    return best.map {
      OpenedModel(
        network: $0.network, file: $0.file, units: $0.units, contract: export.contract, remarks: failures)
    }
  }

  private func network(_ export: Export, _ file: String, _ units: ComputeUnits) throws -> CoreMLNetwork {
    guard let features = export.contract.files[file]?.coreML else {
      throw PortraitError("\(file): not named in \(Contract.fileName); copy the whole export again")
    }
    let system = ProcessInfo.processInfo.operatingSystemVersion.majorVersion
    if system < features.minimumIOS {
      throw PortraitError("\(file): needs iOS \(features.minimumIOS), this is iOS \(system); take another file")
    }
    let compiled = try compiled(export, file)
    return try CoreMLNetwork(
      compiled: compiled, file: file, features: features, contract: export.contract, units: units)
  }

  /// Core ML compiles into a temporary folder; what it made is kept under the contract's hash.
  private func compiled(_ export: Export, _ file: String) throws -> URL {
    let files = FileManager.default
    let support = try files.url(
      for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
    let folder = support.appendingPathComponent("Models").appendingPathComponent(export.identity)
    let target = folder.appendingPathComponent("\(file).mlmodelc")
    if files.fileExists(atPath: target.path) { return target }
    let source = try export.model(file)
    do {
      let made = try MLModel.compileModel(at: source)
      try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: nil)
      try files.moveItem(at: made, to: target)
    } catch {
      throw PortraitError("\(file): Core ML cannot compile it (\(error)); export it again")
    }
    return target
  }

  private func remembered(_ export: Export) -> (String, ComputeUnits)? {
    let kept = UserDefaults.standard.string(forKey: key(export))?.components(separatedBy: "|") ?? []
    guard kept.count == 2, let units = ComputeUnits(rawValue: kept[1]) else { return nil }
    return export.contract.coreMLFiles.contains(kept[0]) ? (kept[0], units) : nil
  }

  private func remember(_ export: Export, _ opened: OpenedModel) {
    UserDefaults.standard.set("\(opened.file)|\(opened.units.rawValue)", forKey: key(export))
  }

  /// A new iOS may bring another Core ML, so it is proven anew.
  private func key(_ export: Export) -> String {
    "best-\(export.identity)-\(ProcessInfo.processInfo.operatingSystemVersionString)"
  }
}
