import CTorch

/// An n-dimensional array of libtorch, with or without a gradient.
///
/// Images are (N, C, H, W), volumes (N, C, D, H, W). A tensor is a handle: its copies share the values.
@TensorActor
public final class Tensor {
    nonisolated(unsafe) let handle: CTTensor

    init(owning handle: CTTensor) { self.handle = handle }

    deinit { ct_tensor_release(handle) }

    /// The number of live tensors in the process; constant over a training loop without leaks.
    public nonisolated static var liveCount: Int { Int(ct_live_tensors()) }

    /// The sizes in axis order.
    public var shape: [Int] { (0..<ct_rank(handle)).map { Int(ct_size(handle, $0)) } }
    /// The number of axes.
    public var rank: Int { Int(ct_rank(handle)) }
    /// The number of values.
    public var count: Int { Int(ct_count(handle)) }
    /// The type of the values.
    ///
    /// - Precondition: the type is one that this library creates.
    public var scalarType: ScalarType {
        guard let type = ScalarType(rawValue: ct_dtype(handle)) else {
            preconditionFailure(
                "a tensor type this library does not use: c10::ScalarType \(ct_dtype(handle))")
        }
        return type
    }
    /// The device that holds the values.
    public var device: Device { Device(type: ct_device_type(handle), index: ct_device_index(handle)) }
}

extension Tensor {
    /// Whether gradients are computed for this tensor or flow through it.
    public var requiresGradient: Bool { ct_requires_grad(handle) }

    /// Turns gradients of this tensor on or off, and returns the tensor for chaining.
    @discardableResult
    public func requiringGradient(_ on: Bool = true) throws(TorchError) -> Tensor {
        try check(ct_set_requires_grad(handle, on), "requiring a gradient")
        return self
    }

    /// Returns the accumulated gradient; nil before the first `backward`.
    public func gradient() throws(TorchError) -> Tensor? {
        var handle: CTTensor?
        try check(ct_grad(self.handle, &handle), "reading a gradient")
        return handle.map(Tensor.init(owning:))
    }

    /// Clears the gradient.
    public func clearGradient() throws(TorchError) { try check(ct_clear_grad(handle), "clearing a gradient") }

    /// Adds the gradient of this scalar to every tensor that requires one.
    public func backward() throws(TorchError) { try check(ct_backward(handle), "backward") }

    /// Returns the same values, detached from the record.
    public func detached() throws(TorchError) -> Tensor { try make("detach") { ct_detach(handle, $0) } }
}

/// Runs `body` without recording operations for gradients, which saves memory in prediction.
@TensorActor
public func withoutGradient<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
{
    let before = ct_set_grad_mode(false)
    defer { _ = ct_set_grad_mode(before) }
    return try body()
}

/// The type of a tensor's values.
public enum ScalarType: Int8, Sendable, Hashable {
    // The raw values are those of c10::ScalarType.
    /// 8-bit unsigned integers.
    case uint8 = 0
    /// 32-bit signed integers.
    case int32 = 3
    /// 64-bit signed integers, the type of class targets.
    case int64 = 4
    /// 16-bit floating point, for storage.
    case float16 = 5
    /// 32-bit floating point, the type that networks compute in.
    case float32 = 6
    /// 64-bit floating point.
    case float64 = 7
    /// Booleans, one byte each.
    case bool = 11

    /// The number of bytes of one value.
    public var size: Int {
        switch self {
        case .uint8, .bool: 1
        case .float16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }
}

/// A Swift type that tensors can be created from and read into.
public protocol TensorScalar: BitwiseCopyable, Sendable {
    /// The tensor type with the same bytes.
    static var scalarType: ScalarType { get }
    /// Creates a zero.
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

/// Throws an error with libtorch's message if `status` indicates that `operation` failed.
@TensorActor
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(TorchError) {
    if status != 0 { throw .libtorch(operation: operation(), message: String(cString: ct_error_message())) }
}

/// Runs a call of the C interface that creates a tensor.
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
