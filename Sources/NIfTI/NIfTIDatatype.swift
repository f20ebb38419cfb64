/// How a voxel is stored. The raw value is the standard's `datatype` code.
public enum NIfTIDatatype: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Unsigned 8-bit integer.
    case uint8 = 2
    /// Signed 16-bit integer.
    case int16 = 4
    /// Signed 32-bit integer.
    case int32 = 8
    /// IEEE single precision.
    case float32 = 16
    /// IEEE double precision.
    case float64 = 64
    /// Signed 8-bit integer.
    case int8 = 256
    /// Unsigned 16-bit integer.
    case uint16 = 512
    /// Unsigned 32-bit integer.
    case uint32 = 768
    /// Signed 64-bit integer.
    case int64 = 1024
    /// Unsigned 64-bit integer.
    case uint64 = 1280

    /// Bytes a voxel takes.
    public var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// Whether voxels can be NaN or infinite as stored.
    public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

    /// The name in words, such as `int16`.
    public var description: String { Self.name(ofCode: rawValue) }

    /// The name of any code of the standard, also of those that cannot be read here.
    static func name(ofCode code: Int) -> String {
        switch code {
        case 1: "binary"
        case 2: "uint8"
        case 4: "int16"
        case 8: "int32"
        case 16: "float32"
        case 32: "complex64"
        case 64: "float64"
        case 128: "RGB24"
        case 256: "int8"
        case 512: "uint16"
        case 768: "uint32"
        case 1024: "int64"
        case 1280: "uint64"
        case 1536: "float128"
        case 1792: "complex128"
        case 2048: "complex256"
        case 2304: "RGBA32"
        default: "unknown (code \(code))"
        }
    }
}
