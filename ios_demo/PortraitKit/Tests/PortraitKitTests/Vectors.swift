import Foundation
import XCTest

@testable import PortraitKit

/// vectors/index.json, and the arrays beside it.
struct Vectors: Decodable {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../vectors").standardizedFileURL

  struct Tolerance: Decodable {
    let max: Double
    let share: Double
  }

  struct Case: Decodable {
    let name: String
    let operation: String
    let inputs: [String: String]
    let parameters: Parameters
    let expected: Expected
    let tolerance: Tolerance
  }

  /// Of all operations together.
  struct Parameters: Decodable {
    let height: Int?
    let width: Int?
    let size: Int?
    let fit: String?
    let ratio: Float?
    let hold: Float?
    let color: [UInt8]?
    let radius: Float?
    let y_row: Int?
    let chroma_row: Int?
    let chroma_pixel: Int?
    let full_range: Bool?
    let turn: Int?
    let mirror: Bool?
    let seconds: [Double]?
  }

  enum Expected: Decodable {
    case file(String)
    case numbers([Double])

    init(from decoder: Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let name = try? value.decode(String.self) {
        self = .file(name)
      } else if let rows = try? value.decode([[Double]].self) {
        self = .numbers(rows.flatMap { $0 })
      } else {
        self = .numbers(try value.decode([Double].self))
      }
    }
  }

  let cases: [Case]

  static func load(_ index: String = "index.json") throws -> Vectors {
    let data = try Data(contentsOf: folder.appendingPathComponent(index))
    return try JSONDecoder().decode(Vectors.self, from: data)
  }
}

/// A NumPy file of version 1.0, C order, |u1 or <f4.
struct Array32 {
  let shape: [Int]
  let bytes: [UInt8]
  let floats: [Float]

  init(_ name: String) throws {
    let data = [UInt8](try Data(contentsOf: Vectors.folder.appendingPathComponent(name)))
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    let header = String(decoding: data[10..<start], as: UTF8.self)
    let inside = header.components(separatedBy: "(")[1].components(separatedBy: ")")[0]
    shape = inside.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    let values = Array(data[start...])
    if header.contains("|u1") {
      bytes = values
      floats = []
    } else {
      XCTAssertTrue(header.contains("<f4"), "\(name): \(header)")
      bytes = []
      floats = stride(from: 0, to: values.count, by: 4).map { at in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(values[at + $1]) << (8 * UInt32($1)) })
      }
    }
  }

  var values: [Double] { bytes.isEmpty ? floats.map(Double.init) : bytes.map(Double.init) }

  /// (T, H, W, C) as T pictures.
  var pictures: [Picture] {
    let count = shape[1] * shape[2] * shape[3]
    return (0..<shape[0]).map {
      Picture(width: shape[2], height: shape[1], channels: shape[3], bytes: Array(bytes[$0 * count..<($0 + 1) * count]))
    }
  }

  var picture: Picture {
    Picture(width: shape[1], height: shape[0], channels: shape[2], bytes: bytes)
  }
}
