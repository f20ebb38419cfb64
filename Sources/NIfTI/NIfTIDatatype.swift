/// The type of a stored voxel. The raw value is the standard's `datatype` code.
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

    /// The size of a voxel in bytes.
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

    /// Returns the name of any code of the standard, including those that cannot be read here.
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

/// A Swift number type that a NIfTI file can store. There are only the ten conforming types.
public protocol NIfTIScalar: BitwiseCopyable, Sendable {
    /// The bits of a voxel as an unsigned integer of the same size.
    associatedtype NIfTIBits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    /// The standard's name for this type.
    static var niftiDatatype: NIfTIDatatype { get }
    /// The number that has these bits in memory.
    init(niftiBits: NIfTIBits)
    /// The bits of this number in memory.
    var niftiBits: NIfTIBits { get }
    /// The nearest float32.
    var niftiFloat: Float { get }
    /// The nearest float64.
    var niftiDouble: Double { get }
    /// The same value as a 32-bit integer, or nil if there is none.
    var niftiInteger: Int32? { get }
}

extension NIfTIScalar where Self: FixedWidthInteger {
    /// The number that has these bits in memory.
    @inlinable public init(niftiBits: NIfTIBits) { self = Self(truncatingIfNeeded: niftiBits) }
    /// The bits of this number in memory.
    @inlinable public var niftiBits: NIfTIBits { NIfTIBits(truncatingIfNeeded: self) }
    /// The nearest float32.
    @inlinable public var niftiFloat: Float { Float(self) }
    /// The nearest float64.
    @inlinable public var niftiDouble: Double { Double(self) }
    /// The same value as a 32-bit integer, or nil if there is none.
    @inlinable public var niftiInteger: Int32? { Int32(exactly: self) }
}

extension UInt8: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt8
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .uint8 }
}

extension Int8: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt8
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .int8 }
}

extension UInt16: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt16
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .uint16 }
}

extension Int16: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt16
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .int16 }
}

extension UInt32: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt32
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .uint32 }
}

extension Int32: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt32
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .int32 }
}

extension UInt64: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt64
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .uint64 }
}

extension Int64: NIfTIScalar {
    /// The unsigned integer of the same size.
    public typealias NIfTIBits = UInt64
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .int64 }
}

extension Float: NIfTIScalar {
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .float32 }
    /// The number that has these bits in memory.
    @inlinable public init(niftiBits: UInt32) { self.init(bitPattern: niftiBits) }
    /// The bits of this number in memory.
    @inlinable public var niftiBits: UInt32 { bitPattern }
    /// The nearest float32.
    @inlinable public var niftiFloat: Float { self }
    /// The nearest float64.
    @inlinable public var niftiDouble: Double { Double(self) }
    /// The same value as a 32-bit integer, or nil if there is none.
    @inlinable public var niftiInteger: Int32? { Int32(exactly: self) }
}

extension Double: NIfTIScalar {
    /// The standard's name for this type.
    public static var niftiDatatype: NIfTIDatatype { .float64 }
    /// The number that has these bits in memory.
    @inlinable public init(niftiBits: UInt64) { self.init(bitPattern: niftiBits) }
    /// The bits of this number in memory.
    @inlinable public var niftiBits: UInt64 { bitPattern }
    /// The nearest float32.
    @inlinable public var niftiFloat: Float { Float(self) }
    /// The nearest float64.
    @inlinable public var niftiDouble: Double { self }
    /// The same value as a 32-bit integer, or nil if there is none.
    @inlinable public var niftiInteger: Int32? { Int32(exactly: self) }
}
