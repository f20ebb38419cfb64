import Files
import Foundation

/// Named tensors of a file in the safetensors format: 8 bytes of header length, a JSON header with types, shapes, and
/// offsets, and the values, little-endian. Reading one never executes code.
@TensorActor
public struct Safetensors {
    /// The tensors by name, on the CPU.
    public var tensors: [String: Tensor]
    /// The free text in the header's `__metadata__`.
    public var metadata: [String: String]

    /// Creates a set of named tensors to write.
    public init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
        self.tensors = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in
            preconditionFailure("two tensors of one name, of shape \(first.shape)")
        }
        self.metadata = metadata
    }

    static let types: [(name: String, type: ScalarType)] = [
        ("F32", .float32), ("F16", .float16), ("F64", .float64), ("I64", .int64), ("I32", .int32),
        ("U8", .uint8),
        ("BOOL", .bool),
    ]
}

extension Safetensors {
    /// Reads all tensors of `url`; those stored as float16 become float32.
    ///
    /// - Throws: `TorchError.file` if it cannot be read, `TorchError.weights` if it is not such a file, is truncated,
    ///   or contains an unsupported type.
    public init(contentsOf url: URL) throws(TorchError) {
        let path = url.path(percentEncoded: false)
        let data: Data
        do { data = try FileContents.mapped(url) } catch { throw .file(path: path, reason: error.reason) }
        func broken(_ why: String) -> TorchError {
            .weights(
                path: path,
                reason:
                    "is not a complete safetensors file (\(why)); train again, or restore it from a backup")
        }
        let index: SafetensorsIndex
        do { index = try SafetensorsIndex(data) } catch { throw broken(error.reason) }
        metadata = index.metadata
        tensors = [:]
        for entry in index.entries {
            let (name, shape) = (entry.name, entry.shape)
            guard let type = Safetensors.types.first(where: { $0.name == entry.type })?.type else {
                throw .weights(
                    path: path,
                    reason:
                        "tensor “\(name)” has type \(entry.type), which is not supported; use a file that unet wrote"
                )
            }
            var size = type.size
            for side in shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: side)
                guard !overflow else { throw broken("the shape of “\(name)” overflows") }
                size = product
            }
            guard size == entry.bytes.count else {
                throw broken("“\(name)” has \(entry.bytes.count) bytes for shape \(shape)")
            }
            let result = data.withUnsafeBytes { bytes in
                Result { () throws(TorchError) in
                    try Tensor.fromBytes(
                        UnsafeRawBufferPointer(rebasing: bytes[entry.bytes]), shape: shape, type: type)
                }
            }
            let tensor = try result.get()
            tensors[name] = type == .float16 ? try tensor.to(.float32) : tensor
        }
    }
}

extension Safetensors {
    /// Writes the tensors to `url` atomically, in the order of their names.
    ///
    /// - Throws: `TorchError.file` if it cannot be written.
    public func write(to url: URL) throws(TorchError) {
        let file = try staged(for: url)
        do { try file.commit() } catch {
            throw .file(path: url.path(percentEncoded: false), reason: error.reason)
        }
    }

    /// Writes the tensors beside `url`, whose name the file takes when it is committed.
    ///
    /// - Throws: `TorchError.file` if it cannot be written.
    package func staged(for url: URL) throws(TorchError) -> StagedFile {
        let names = tensors.keys.sorted()
        var values: [[UInt8]] = []
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for name in names {
            guard let tensor = tensors[name] else { continue }
            let bytes = try tensor.bytes()
            let type = Safetensors.types.first { $0.type == tensor.scalarType }!.name
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(json(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(offset + bytes.count)]}"
            )
            offset += bytes.count
            values.append(bytes)
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        // Padded with spaces so that the values start on an 8-byte boundary, as the format requires.
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        do {
            return try StagedFile(url) { sink throws(FileError) in
                try sink.append(length)
                try sink.append(header)
                for bytes in values { try sink.append(bytes) }
            }
        } catch {
            throw .file(path: url.path(percentEncoded: false), reason: error.reason)
        }
    }

    private func json(_ text: String) -> String {
        let data = try? JSONEncoder().encode(text)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
