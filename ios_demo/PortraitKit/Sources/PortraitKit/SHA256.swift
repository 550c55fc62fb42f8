import Foundation

/// FIPS 180-4. Foundation has none, and CryptoKit is not on Linux, where the tests run.
struct SHA256 {
  /// The first 32 bits of what follows the point of cube roots and square roots of the first primes.
  private static let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
  private static let constants = primes.map { fraction(root: 3, of: $0) }
  private var state = primes.prefix(8).map { fraction(root: 2, of: $0) }
  private var rest: [UInt8] = []
  private var count = 0

  static func hex(of data: Data) -> String {
    var hash = SHA256()
    hash.update(data)
    return hash.hex()
  }

  mutating func update(_ data: Data) {
    count += data.count
    rest += data
    let whole = rest.count / 64 * 64
    absorb(rest, upTo: whole)
    rest.removeFirst(whole)
  }

  mutating func hex() -> String {
    let padding = [0x80] + [UInt8](repeating: 0, count: (119 - count % 64) % 64)
    let last = rest + padding + (0..<8).map { UInt8(truncatingIfNeeded: (count * 8) >> (56 - 8 * $0)) }
    absorb(last, upTo: last.count)
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private mutating func absorb(_ bytes: [UInt8], upTo end: Int) {
    var schedule = [UInt32](repeating: 0, count: 64)
    for start in stride(from: 0, to: end, by: 64) {
      for i in 0..<16 { schedule[i] = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[start + 4 * i + $1]) } }
      for i in 16..<64 {
        let (old, new) = (schedule[i - 15], schedule[i - 2])
        let one = turned(old, 7) ^ turned(old, 18) ^ old >> 3
        let two = turned(new, 17) ^ turned(new, 19) ^ new >> 10
        schedule[i] = schedule[i - 16] &+ one &+ schedule[i - 7] &+ two
      }
      mix(schedule)
    }
  }

  private mutating func mix(_ schedule: [UInt32]) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for i in 0..<64 {
      let choice = (e & f) ^ (~e & g)
      let one = h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice &+ Self.constants[i] &+ schedule[i]
      let two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
    }
    for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
  }

  private func turned(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word >> by | word << (32 - by)
  }

  /// floor(2^32 * (root - its whole part)); doubles have 20 bits more than that needs.
  private static func fraction(root: Int, of prime: Int) -> UInt32 {
    let value = pow(Double(prime), 1 / Double(root))
    return UInt32((value - value.rounded(.down)) * 4_294_967_296)
  }
}
