import CTorch

// Shapes broadcast as in numpy.
extension Tensor {
    /// Element by element sum.
    public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try a.binary(CTBinaryAdd, b) }
    /// Element by element difference.
    public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinarySubtract, b)
    }
    /// Element by element product.
    public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryMultiply, b)
    }
    /// Element by element quotient.
    public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryDivide, b)
    }
    /// Adds a number to every value.
    public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor { try a.binary(CTBinaryAdd, b) }
    /// Subtracts a number from every value.
    public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinarySubtract, b)
    }
    /// Multiplies every value.
    public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryMultiply, b)
    }
    /// Divides every value.
    public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryDivide, b)
    }
    /// Every value with its sign turned.
    public static prefix func - (a: Tensor) throws(TorchError) -> Tensor { try a.unary(CTUnaryNegate) }

    /// Truth values: where both are equal.
    public func equals(_ other: Tensor) throws(TorchError) -> Tensor { try binary(CTBinaryEqual, other) }
    /// Truth values: where the value is `number`.
    public func equals(_ number: Double) throws(TorchError) -> Tensor { try binary(CTBinaryEqual, number) }
    /// e to the power of every value.
    public func exp() throws(TorchError) -> Tensor { try unary(CTUnaryExp) }
    /// Natural logarithm of every value.
    public func log() throws(TorchError) -> Tensor { try unary(CTUnaryLog) }
    /// Square root of every value.
    public func squareRoot() throws(TorchError) -> Tensor { try unary(CTUnarySqrt) }
    /// Every value without its sign.
    public func magnitude() throws(TorchError) -> Tensor { try unary(CTUnaryAbs) }
    /// Every value squared.
    public func squared() throws(TorchError) -> Tensor { try unary(CTUnarySquare) }
    /// max(x, 0).
    public func relu() throws(TorchError) -> Tensor { try unary(CTUnaryReLU) }
    /// 1 / (1 + e^−x).
    public func sigmoid() throws(TorchError) -> Tensor { try unary(CTUnarySigmoid) }
    /// Truth values: neither infinite nor NaN.
    public func isFinite() throws(TorchError) -> Tensor { try unary(CTUnaryIsFinite) }
    /// Every value moved into `range`.
    public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
        try make("clamp") { ct_clamp(handle, range.lowerBound, range.upperBound, $0) }
    }

    private func binary(_ operation: CTBinary, _ other: Tensor) throws(TorchError) -> Tensor {
        try make("arithmetic on shapes \(shape) and \(other.shape)") {
            ct_binary(operation, handle, other.handle, $0)
        }
    }

    private func binary(_ operation: CTBinary, _ other: Double) throws(TorchError) -> Tensor {
        try make("arithmetic on shape \(shape)") { ct_binary_scalar(operation, handle, other, $0) }
    }

    private func unary(_ operation: CTUnary) throws(TorchError) -> Tensor {
        try make("arithmetic on shape \(shape)") { ct_unary(operation, handle, $0) }
    }
}
