/// A Swift number type that a NIfTI file can store. The ten conforming types are all there are.
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
    /// The same value as a 32-bit integer, or nil where it has none.
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
    /// The same value as a 32-bit integer, or nil where it has none.
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
    /// The same value as a 32-bit integer, or nil where it has none.
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
    /// The same value as a 32-bit integer, or nil where it has none.
    @inlinable public var niftiInteger: Int32? { Int32(exactly: self) }
}
