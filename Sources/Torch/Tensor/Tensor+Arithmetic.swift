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

extension Tensor {
    /// Sum over `axes`, or over all.
    public func sum(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceSum, axes, keep)
    }

    /// Mean over `axes`, or over all.
    public func mean(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMean, axes, keep)
    }

    /// Largest value over `axes`, or over all.
    public func max(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMax, axes, keep)
    }

    /// Position (int64) of the largest value along `axis`, which goes.
    public func argmax(axis: Int) throws(TorchError) -> Tensor {
        try make("argmax of \(shape)") { ct_argmax(handle, Int64(axis), $0) }
    }

    /// Exponentials that sum to 1 along `axis`.
    public func softmax(axis: Int) throws(TorchError) -> Tensor {
        try make("softmax of \(shape)") { ct_softmax(handle, Int64(axis), false, $0) }
    }

    /// Logarithm of `softmax`, computed without overflow.
    public func logSoftmax(axis: Int) throws(TorchError) -> Tensor {
        try make("log-softmax of \(shape)") { ct_softmax(handle, Int64(axis), true, $0) }
    }

    private func reduce(_ operation: CTReduce, _ axes: [Int], _ keep: Bool) throws(TorchError) -> Tensor {
        let list = wide(axes)
        return try make("reduction of \(shape)") {
            ct_reduce(operation, handle, list, Int32(list.count), keep, $0)
        }
    }
}
