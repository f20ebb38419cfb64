import Foundation

/// The tensors listed in the header of a safetensors file, checked against the length of the file.
///
/// The file is 8 bytes of header length (little-endian), a JSON header with a type, a shape, and a byte range for each
/// name, and the values. Values are not read, and only the header takes memory.
public struct SafetensorsIndex: Sendable {
    /// One tensor.
    public struct Entry: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its type as spelled in the file, such as `F32`.
        public let type: String
        /// The sizes of its dimensions; the last varies fastest.
        public let shape: [Int]
        /// The byte range of its values in the file.
        public let bytes: Range<Int>
    }

    /// The reason why a file is not a valid safetensors file.
    public struct Flaw: Error, Equatable {
        /// A phrase in parentheses after “is not a complete safetensors file”.
        public let reason: String
    }

    /// The tensors sorted by name; their values do not overlap.
    public let entries: [Entry]
    /// The header's `__metadata__`, free text about the tensors.
    public let metadata: [String: String]

    /// The longest header that is read, in bytes.
    private static let longestHeader = 100_000_000

    /// Reads the header of `file`, the contents of a whole file.
    ///
    /// - Throws: `Flaw` if `file` is cut short, is not a safetensors file, or has entries that exceed the file,
    ///   overlap, or lack a type, a shape, or a range.
    public init(_ file: Data) throws(Flaw) {
        guard file.count >= 8 else { throw Flaw(reason: "\(file.count) bytes") }
        let file = file[...]
        let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(file.count - 8), length <= UInt64(Self.longestHeader) else {
            throw Flaw(reason: "a header of \(length) bytes in a file of \(file.count)")
        }
        let start = 8 + Int(length)
        let object = try? JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(Int(length)))
        guard let header = object as? [String: Any] else { throw Flaw(reason: "its header is not JSON") }
        metadata = header["__metadata__"] as? [String: String] ?? [:]
        var entries: [Entry] = []
        for (name, value) in header where name != "__metadata__" {
            guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
                offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
                offsets[1] <= file.count - start, shape.allSatisfy({ $0 >= 0 })
            else { throw Flaw(reason: "the entry “\(name)” does not fit the file") }
            let bytes = start + offsets[0]..<start + offsets[1]
            entries.append(Entry(name: name, type: type, shape: shape, bytes: bytes))
        }
        // A few bytes shared by a thousand tensors would expand a thousandfold.
        let places = entries.filter { !$0.bytes.isEmpty }.sorted {
            ($0.bytes.lowerBound, $0.name) < ($1.bytes.lowerBound, $1.name)
        }
        for (one, two) in zip(places, places.dropFirst()) where one.bytes.overlaps(two.bytes) {
            throw Flaw(reason: "“\(one.name)” and “\(two.name)” share bytes")
        }
        self.entries = entries.sorted { $0.name < $1.name }
    }
}
