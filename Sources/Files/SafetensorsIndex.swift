import Foundation

/// What the header of a safetensors file says of its tensors, checked against the length of the file.
///
/// The file is 8 bytes of header length (little-endian), a header in JSON with a type, a shape and a range of bytes for
/// each name, and the values. No value is looked at here, and memory is taken for the header only.
public struct SafetensorsIndex: Sendable {
    /// One tensor.
    public struct Entry: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its type as the file has it, such as `F32`.
        public let type: String
        /// Sides, the last of which runs fastest.
        public let shape: [Int]
        /// Where its values are in the file.
        public let bytes: Range<Int>
    }

    /// Why a file is none, in words.
    public struct Flaw: Error, Equatable {
        /// The rest of a sentence, in brackets behind “is not a complete safetensors file”.
        public let reason: String
    }

    /// The tensors in the order of their names; their values do not overlap.
    public let entries: [Entry]
    /// Free text beside the tensors, the header's `__metadata__`.
    public let metadata: [String: String]

    /// Longest header that is read, in bytes.
    private static let longestHeader = 100_000_000

    /// Reads the header of `file`, which holds a whole file.
    ///
    /// - Throws: `Flaw` where it is cut short, is no such file, or has entries that do not lie in the file, overlap, or do
    ///   not all have a type, a shape and a range.
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
        // A few bytes that a thousand tensors share would become a thousand times as many.
        let places = entries.filter { !$0.bytes.isEmpty }.sorted {
            ($0.bytes.lowerBound, $0.name) < ($1.bytes.lowerBound, $1.name)
        }
        for (one, two) in zip(places, places.dropFirst()) where one.bytes.overlaps(two.bytes) {
            throw Flaw(reason: "“\(one.name)” and “\(two.name)” share bytes")
        }
        self.entries = entries.sorted { $0.name < $1.name }
    }
}
