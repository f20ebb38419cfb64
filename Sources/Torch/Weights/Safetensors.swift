/// Named tensors in a file of the safetensors format: 8 bytes of header length, a JSON header with types, shapes
/// and offsets, and the values, little-endian. Reading one never runs code.
@TensorActor
public struct Safetensors {
    /// The tensors by name, on the CPU.
    public var tensors: [String: Tensor]
    /// Free text beside the tensors, the header's `__metadata__`.
    public var metadata: [String: String]

    /// A set of named tensors to be written.
    public init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
        self.tensors = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in
            preconditionFailure("two tensors of one name, of shape \(first.shape)")
        }
        self.metadata = metadata
    }

    static let types: [(name: String, type: ScalarType)] = [
        ("F32", .float32), ("F64", .float64), ("I64", .int64), ("I32", .int32), ("U8", .uint8),
        ("BOOL", .bool),
    ]
}
