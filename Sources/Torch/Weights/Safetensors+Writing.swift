import Files
import Foundation

extension Safetensors {
    /// Writes the tensors to `url`, in the order of their names; the file is whole or not there.
    ///
    /// - Throws: `TorchError.file` where it cannot be written.
    public func write(to url: URL) throws(TorchError) {
        let file = try staged(for: url)
        do { try file.commit() } catch {
            throw .file(path: url.path(percentEncoded: false), reason: error.reason)
        }
    }

    /// Writes the tensors beside `url`, whose name they take when the file is committed.
    ///
    /// - Throws: `TorchError.file` where it cannot be written.
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
        // Padded with spaces so that the values start on an 8-byte boundary, as the format asks.
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
