import Foundation

/// One export of quantize_export.py: a folder with a contract, Core ML files and golden/.
public struct Export {
  public let folder: URL
  public let contract: Contract
  /// Of the contract, and so of everything that it names: what is made from an export is cached under it.
  public let identity: String

  public init(folder: URL) throws {
    self.folder = folder
    let path = "\(folder.lastPathComponent)/\(Contract.fileName)"
    let data = try Self.read(folder.appendingPathComponent(Contract.fileName), path)
    contract = try Contract.parse(data, path: path)
    identity = SHA256.hex(of: data)
  }

  /// The folders below `root` that hold a contract.
  public static func folders(below root: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().map { root.appendingPathComponent($0) }.filter {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent(Contract.fileName).path)
    }
  }

  /// Where a Core ML file lies, its content being what the contract names. Throws PortraitError if it is not.
  public func model(_ name: String) throws -> URL {
    guard let facts = contract.files[name], facts.coreML != nil else {
      throw PortraitError("\(path(name)): not named in \(Contract.fileName); copy the whole export again")
    }
    let url = folder.appendingPathComponent(name)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw PortraitError("\(path(name)): missing; copy the whole export again")
    }
    let found = isFolder.boolValue ? try hash(ofPackage: url, name) : SHA256.hex(of: try Self.read(url, path(name)))
    try require(found, facts.sha256, name)
    return url
  }

  /// The golden photo (RGB), its previous mask (nil for a model that takes none) and the mask that the file gives for
  /// them; nil if the export has none.
  public func golden(_ name: String) throws -> (photo: Picture, prior: [UInt8]?, mask: [UInt8])? {
    guard let golden = contract.golden, let expected = contract.files[name]?.golden else { return nil }
    let count = contract.size * contract.size
    let prior = try contract.prior == nil ? nil : golden.prior.map { try checked($0, bytes: count) }
    return (try picture(golden.photo, channels: 3), prior, try checked(expected, bytes: count))
  }

  /// The golden photo composed: photo, alpha in 0..255, color, and the result; nil if the export has none.
  public func composite() throws -> (photo: Picture, alpha: [UInt8], color: [UInt8], result: Picture)? {
    guard let golden = contract.golden, let composite = golden.composite else { return nil }
    let alpha = try checked(composite.alpha, bytes: contract.size * contract.size)
    if composite.color.count != 3 {
      throw PortraitError("\(path(Contract.fileName)): a color of \(composite.color.count) values; \(Contract.again)")
    }
    return (
      try picture(golden.photo, channels: 3), alpha, composite.color, try picture(composite.picture, channels: 3)
    )
  }

  private func picture(_ entry: Contract.Entry, channels: Int) throws -> Picture {
    let size = contract.size
    let bytes = try checked(entry, bytes: size * size * channels)
    return Picture(width: size, height: size, channels: channels, bytes: bytes)
  }

  private func checked(_ entry: Contract.Entry, bytes count: Int) throws -> [UInt8] {
    let data = try Self.read(folder.appendingPathComponent(entry.file), path(entry.file))
    try require(SHA256.hex(of: data), entry.sha256, entry.file)
    if data.count != count {
      let size = "\(contract.size) x \(contract.size)"
      throw PortraitError("\(path(entry.file)): \(data.count) bytes do not fit \(size) pixels; \(Contract.again)")
    }
    return [UInt8](data)
  }

  /// Over the names and contents of a package's files, in order of their paths, as the exporter does.
  private func hash(ofPackage url: URL, _ name: String) throws -> String {
    let all = FileManager.default.enumerator(atPath: url.path)?.allObjects as? [String] ?? []
    let parts = all.map { $0.split(separator: "/").map(String.init) }
    var hash = SHA256()
    for part in parts.sorted(by: Self.isBefore) {
      let relative = part.joined(separator: "/")
      let file = url.appendingPathComponent(relative)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if isFolder.boolValue { continue }
      hash.update(Data(relative.utf8) + [0])
      hash.update(try Self.read(file, path("\(name)/\(relative)")))
    }
    return hash.hex()
  }

  /// Folder by folder, by code points: as Python sorts paths.
  private static func isBefore(_ one: [String], _ other: [String]) -> Bool {
    one.lexicographicallyPrecedes(other) { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }

  private func require(_ found: String, _ expected: String, _ name: String) throws {
    if found == expected { return }
    throw PortraitError(
      "\(path(name)): damaged or from another export (SHA-256 \(found.prefix(8)), the contract says "
        + "\(expected.prefix(8))); copy the whole export again")
  }

  private static func read(_ url: URL, _ path: String) throws -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw PortraitError("\(path): cannot be read; copy the whole export again")
    }
  }

  private func path(_ name: String) -> String {
    "\(folder.lastPathComponent)/\(name)"
  }
}
