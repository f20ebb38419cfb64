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
            tensors[name] = try result.get()
        }
    }
}
