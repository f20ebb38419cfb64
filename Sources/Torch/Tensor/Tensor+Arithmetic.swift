import CTorch

// Shapes broadcast as in NumPy.
extension Tensor {
    /// Returns the element-wise sum.
    public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try a.binary(CTBinaryAdd, b) }
    /// Returns the element-wise difference.
    public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinarySubtract, b)
    }
    /// Returns the element-wise product.
    public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryMultiply, b)
    }
    /// Returns the element-wise quotient.
    public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryDivide, b)
    }
    /// Adds a number to every value.
    public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor { try a.binary(CTBinaryAdd, b) }
    /// Subtracts a number from every value.
    public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinarySubtract, b)
    }
    /// Multiplies every value by a number.
    public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryMultiply, b)
    }
    /// Divides every value by a number.
    public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.binary(CTBinaryDivide, b)
    }
    /// Negates every value.
    public static prefix func - (a: Tensor) throws(TorchError) -> Tensor { try a.unary(CTUnaryNegate) }

    /// Returns, as Booleans, which values equal those of `other`.
    public func equals(_ other: Tensor) throws(TorchError) -> Tensor { try binary(CTBinaryEqual, other) }
    /// Returns, as Booleans, which values equal `number`.
    public func equals(_ number: Double) throws(TorchError) -> Tensor { try binary(CTBinaryEqual, number) }
    /// Returns e raised to every value.
    public func exp() throws(TorchError) -> Tensor { try unary(CTUnaryExp) }
    /// Returns the natural logarithm of every value.
    public func log() throws(TorchError) -> Tensor { try unary(CTUnaryLog) }
    /// Returns the square root of every value.
    public func squareRoot() throws(TorchError) -> Tensor { try unary(CTUnarySqrt) }
    /// Returns the magnitude of every value.
    public func magnitude() throws(TorchError) -> Tensor { try unary(CTUnaryAbs) }
    /// Returns the square of every value.
    public func squared() throws(TorchError) -> Tensor { try unary(CTUnarySquare) }
    /// Returns max(x, 0) of every value x.
    public func relu() throws(TorchError) -> Tensor { try unary(CTUnaryReLU) }
    /// Returns 1 / (1 + e^−x) of every value x.
    public func sigmoid() throws(TorchError) -> Tensor { try unary(CTUnarySigmoid) }
    /// Returns, as Booleans, which values are neither infinite nor NaN.
    public func isFinite() throws(TorchError) -> Tensor { try unary(CTUnaryIsFinite) }
    /// Returns every value clamped to `range`.
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
    /// Returns the sum over `axes`, or over all axes if empty.
    public func sum(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceSum, axes, keep)
    }

    /// Returns the mean over `axes`, or over all axes if empty.
    public func mean(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMean, axes, keep)
    }

    /// Returns the maximum over `axes`, or over all axes if empty.
    public func max(_ axes: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(CTReduceMax, axes, keep)
    }

    /// Returns the index (int64) of the maximum along `axis`, which is removed.
    public func argmax(axis: Int) throws(TorchError) -> Tensor {
        try make("argmax of \(shape)") { ct_argmax(handle, Int64(axis), $0) }
    }

    /// Returns the softmax along `axis`: exponentials normalized to a sum of 1.
    public func softmax(axis: Int) throws(TorchError) -> Tensor {
        try make("softmax of \(shape)") { ct_softmax(handle, Int64(axis), false, $0) }
    }

    /// Returns the logarithm of `softmax`, computed without overflow.
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
