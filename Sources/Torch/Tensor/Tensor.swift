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

/// The type of a tensor's values.
public enum ScalarType: Int8, Sendable, Hashable {
    // Numbers of c10::ScalarType.
    /// 8-bit unsigned.
    case uint8 = 0
    /// 32-bit signed.
    case int32 = 3
    /// 64-bit signed; what class targets are.
    case int64 = 4
    /// 32-bit floating point; what networks compute in.
    case float32 = 6
    /// 64-bit floating point.
    case float64 = 7
    /// Truth values, a byte each.
    case bool = 11

    /// Bytes of one value.
    public var size: Int {
        switch self {
        case .uint8, .bool: 1
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }
}

/// A Swift type that tensors are made from and read into.
public protocol TensorScalar: BitwiseCopyable, Sendable {
    /// The tensor type that has the same bytes.
    static var scalarType: ScalarType { get }
    /// Zero.
    init()
}

extension UInt8: TensorScalar {
    /// `uint8`.
    public static var scalarType: ScalarType { .uint8 }
}
extension Int32: TensorScalar {
    /// `int32`.
    public static var scalarType: ScalarType { .int32 }
}
extension Int64: TensorScalar {
    /// `int64`.
    public static var scalarType: ScalarType { .int64 }
}
extension Float: TensorScalar {
    /// `float32`.
    public static var scalarType: ScalarType { .float32 }
}
extension Double: TensorScalar {
    /// `float64`.
    public static var scalarType: ScalarType { .float64 }
}

extension Tensor {
    /// Whether gradients are wanted for this tensor, or flow through it.
    public var requiresGradient: Bool { ct_requires_grad(handle) }

    /// Asks for gradients of this tensor, or no longer; the tensor itself, for chaining.
    @discardableResult
    public func requiringGradient(_ on: Bool = true) throws(TorchError) -> Tensor {
        try check(ct_set_requires_grad(handle, on), "requiring a gradient")
        return self
    }

    /// The gradient gathered so far; nil before the first `backward`.
    public func gradient() throws(TorchError) -> Tensor? {
        var handle: CTTensor?
        try check(ct_grad(self.handle, &handle), "reading a gradient")
        return handle.map(Tensor.init(owning:))
    }

    /// Drops the gradient.
    public func clearGradient() throws(TorchError) { try check(ct_clear_grad(handle), "clearing a gradient") }

    /// Adds the gradient of this scalar to every tensor that asked for one.
    public func backward() throws(TorchError) { try check(ct_backward(handle), "backward") }

    /// The same values, cut from the record.
    public func detached() throws(TorchError) -> Tensor { try make("detach") { ct_detach(handle, $0) } }
}

/// Runs `body` without recording operations for gradients: less memory, and what prediction wants.
@TensorActor
public func withoutGradient<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
{
    let before = ct_set_grad_mode(false)
    defer { _ = ct_set_grad_mode(before) }
    return try body()
}
