import Files
import Foundation

extension Safetensors {
    /// Reads all tensors of `url`.
    ///
    /// - Throws: `TorchError.file` where it cannot be read, `TorchError.weights` where it is not such a file, is cut
    ///   short, or holds a type that this library does not use.
    public init(contentsOf url: URL) throws(TorchError) {
        let path = url.path(percentEncoded: false)
        let data: Data
        do { data = try FileContents.mapped(url) } catch { throw .file(path: path, reason: error.reason) }
        func broken(_ why: String) -> TorchError {
            .weights(
                path: path,
                reason: "is not a complete safetensors file (\(why)); train again or restore it from a copy")
        }
        guard data.count >= 8 else { throw broken("\(data.count) bytes") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8), length <= 100_000_000 else {
            throw broken("a header of \(length) bytes in a file of \(data.count)")
        }
        let start = 8 + Int(length)
        let object = try? JSONSerialization.jsonObject(with: data[8..<start])
        guard let header = object as? [String: Any] else { throw broken("its header is not JSON") }
        metadata = header["__metadata__"] as? [String: String] ?? [:]
        tensors = [:]
        for (name, value) in header where name != "__metadata__" {
            guard let fields = value as? [String: Any], let dtype = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
                offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
                offsets[1] <= data.count - start,
                shape.allSatisfy({ $0 >= 0 })
            else { throw broken("the entry “\(name)” does not fit the file") }
            guard let type = Safetensors.types.first(where: { $0.name == dtype })?.type else {
                throw .weights(
                    path: path, reason: "tensor “\(name)” has type \(dtype), which this program does not use")
            }
            var size = type.size
            for side in shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: side)
                guard !overflow else { throw broken("the shape of “\(name)” overflows") }
                size = product
            }
            guard size == offsets[1] - offsets[0] else {
                throw broken("“\(name)” has \(offsets[1] - offsets[0]) bytes for shape \(shape)")
            }
            let result = data.withUnsafeBytes { bytes in
                Result { () throws(TorchError) in
                    try Tensor.fromBytes(
                        UnsafeRawBufferPointer(rebasing: bytes[(start + offsets[0])..<(start + offsets[1])]),
                        shape: shape,
                        type: type)
                }
            }
            tensors[name] = try result.get()
        }
    }
}
