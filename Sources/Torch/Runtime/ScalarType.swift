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
