import CTorch

/// An n-dimensional array of libtorch, with or without gradient.
///
/// Images are (N, C, H, W), volumes (N, C, D, H, W). A tensor is a handle: copies of it share the values.
@TensorActor
public final class Tensor {
    nonisolated(unsafe) let handle: CTTensor

    init(owning handle: CTTensor) { self.handle = handle }

    deinit { ct_tensor_release(handle) }

    /// Tensors alive in the process; level over a training loop that leaks nothing.
    public nonisolated static var liveCount: Int { Int(ct_live_tensors()) }

    /// Sizes in axis order.
    public var shape: [Int] { (0..<ct_rank(handle)).map { Int(ct_size(handle, $0)) } }
    /// Number of axes.
    public var rank: Int { Int(ct_rank(handle)) }
    /// Number of values.
    public var count: Int { Int(ct_count(handle)) }
    /// Type of the values.
    ///
    /// - Precondition: the type is one this library makes.
    public var scalarType: ScalarType {
        guard let type = ScalarType(rawValue: ct_dtype(handle)) else {
            preconditionFailure(
                "a tensor type this library does not use: c10::ScalarType \(ct_dtype(handle))")
        }
        return type
    }
    /// Where the values are.
    public var device: Device { Device(type: ct_device_type(handle), index: ct_device_index(handle)) }
}

/// Throws libtorch's message when `status` says that `operation` failed.
@TensorActor
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(TorchError) {
    if status != 0 { throw .libtorch(operation: operation(), message: String(cString: ct_error_message())) }
}

/// Runs a call of the C border that makes a tensor.
@TensorActor
func make(_ operation: @autoclosure () -> String, _ call: (UnsafeMutablePointer<CTTensor?>) -> Int32)
    throws(TorchError) -> Tensor
{
    var handle: CTTensor?
    try check(call(&handle), operation())
    guard let handle else { throw .libtorch(operation: operation(), message: "no tensor came back") }
    return Tensor(owning: handle)
}

func wide(_ values: [Int]) -> [Int64] { values.map(Int64.init) }
