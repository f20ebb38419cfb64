/// Turns a run of stored voxels into numbers of this machine: the loops that every read passes through.
///
/// Each is specialised for its voxel type and has no branch inside, so that it becomes SIMD code; the voxels need
/// no alignment.
struct VoxelReader {
    /// First byte of the run in the file.
    var start: Int
    /// Voxels of the run.
    var count: Int
    /// Whether the file has the other byte order.
    var isSwapped: Bool
    var slope: Double
    var intercept: Double

    private var isScaled: Bool { slope != 1 || intercept != 0 }

    @inline(__always)
    func floats<T: NIfTIScalar>(_ type: T.Type, in file: UnsafeRawBufferPointer) -> [Float] {
        let (slope, intercept) = (slope, intercept)
        return isScaled
            ? map(type, in: file) { Float($0.niftiDouble * slope + intercept) }
            : map(type, in: file) { $0.niftiFloat }
    }

    @inline(__always)
    func stored<T: NIfTIScalar>(_ type: T.Type, in file: UnsafeRawBufferPointer) -> [T] {
        map(type, in: file) { $0 }
    }

    /// Integers, and the first voxel that is none.
    @inline(__always)
    func integers<T: NIfTIScalar>(
        _ type: T.Type, in file: UnsafeRawBufferPointer
    ) -> ([Int32], failure: (index: Int, value: Double)?) {
        var isGood = true
        let (slope, intercept) = (slope, intercept)
        let values: [Int32]
        if isScaled {
            values = map(type, in: file) { voxel in
                let integer = Self.nearest(voxel.niftiDouble * slope + intercept)
                isGood = isGood && integer != nil
                return integer ?? 0
            }
        } else {
            values = map(type, in: file) { voxel in
                let integer = voxel.niftiInteger
                isGood = isGood && integer != nil
                return integer ?? 0
            }
        }
        if isGood { return (values, nil) }
        let all = map(type, in: file) { $0.niftiDouble * slope + intercept }
        let index = all.firstIndex { (isScaled ? Self.nearest($0) : Int32(exactly: $0)) == nil } ?? 0
        return (values, (index, all[index]))
    }

    private static func nearest(_ value: Double) -> Int32? {
        let rounded = value.rounded()
        return abs(value - rounded) <= 1e-4 ? Int32(exactly: rounded) : nil
    }

    @inline(__always)
    private func map<T: NIfTIScalar, Result>(
        _ type: T.Type, in file: UnsafeRawBufferPointer, _ transform: (T) -> Result
    ) -> [Result] {
        precondition(start + count * MemoryLayout<T>.size <= file.count, "a frame lies inside its file")
        let base = file.baseAddress! + start
        return [Result](unsafeUninitializedCapacity: count) { output, initialized in
            let target = output.baseAddress!
            if isSwapped {
                for index in 0..<count {
                    let bits = base.loadUnaligned(
                        fromByteOffset: index &* MemoryLayout<T>.size, as: T.NIfTIBits.self)
                    (target + index).initialize(to: transform(T(niftiBits: bits.byteSwapped)))
                }
            } else {
                for index in 0..<count {
                    let bits = base.loadUnaligned(
                        fromByteOffset: index &* MemoryLayout<T>.size, as: T.NIfTIBits.self)
                    (target + index).initialize(to: transform(T(niftiBits: bits)))
                }
            }
            initialized = count
        }
    }
}
