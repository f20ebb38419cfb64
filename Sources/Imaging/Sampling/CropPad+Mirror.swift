extension CropPad {
    /// The box cut out of `values`; where it lies outside in plane, the slices go on mirrored at their edges (see
    /// `Mirror`), and slices that lie outside hold `padding`.
    public func applyMirrored<Value: BitwiseCopyable>(_ values: [Value], padding: Value) -> [Value] {
        precondition(values.count == source.count, "an array of the source's size")
        let columns = (0..<target.width).map { Mirror.index(x + $0, count: source.width) }
        return [Value](unsafeUninitializedCapacity: target.count) { output, initialized in
            values.withUnsafeBufferPointer { input in
                for slice in 0..<target.depth {
                    let isThere = (0..<source.depth).contains(z + slice)
                    for row in 0..<target.height {
                        let from =
                            source.index(0, Mirror.index(y + row, count: source.height), 0)
                            + (isThere ? (z + slice) * source.sliceCount : 0)
                        for column in columns {
                            output.initializeElement(
                                at: initialized, to: isThere ? input[from + column] : padding)
                            initialized += 1
                        }
                    }
                }
            }
        }
    }
}
