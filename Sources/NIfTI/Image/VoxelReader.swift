/// A reader that turns a run of stored voxels into this machine's numbers: the loops behind every read.
///
/// Each loop is specialized for its voxel type and byte order and has no branch or call inside, so that it becomes SIMD
/// code; the voxels need no alignment.
struct VoxelReader {
    /// The first byte of the run in the file.
    var start: Int
    /// The number of voxels in the run.
    var count: Int
    /// Whether the file has the opposite byte order.
    var isSwapped: Bool
    var slope: Double
    var intercept: Double

    private var isScaled: Bool { slope != 1 || intercept != 0 }

    /// Returns float32 values, and how many of them are NaN or infinite.
    func floats<T: NIfTIScalar>(
        _ type: T.Type, in file: UnsafeRawBufferPointer
    ) -> ([Float], nonFiniteCount: Int) {
        let voxels = base(type, in: file)
        var nonFinite = 0
        let values = [Float](unsafeUninitializedCapacity: count) { output, initialized in
            let target = output.baseAddress!
            nonFinite =
                isSwapped
                ? floats(StoredVoxels<T, OtherOrder>(base: voxels), into: target)
                : floats(StoredVoxels<T, SameOrder>(base: voxels), into: target)
            initialized = count
        }
        return (values, nonFinite)
    }

    private func floats<T, Order>(
        _ voxels: StoredVoxels<T, Order>, into target: UnsafeMutablePointer<Float>
    ) -> Int {
        var nonFinite = 0
        if isScaled {
            for index in 0..<count {
                let value = Float(voxels[index].niftiDouble * slope + intercept)
                (target + index).initialize(to: value)
                nonFinite &+= Self.nonFinite(value)
            }
        } else if T.niftiDatatype.isFloatingPoint {
            for index in 0..<count {
                let value = voxels[index].niftiFloat
                (target + index).initialize(to: value)
                nonFinite &+= Self.nonFinite(value)
            }
        } else {
            for index in 0..<count { (target + index).initialize(to: voxels[index].niftiFloat) }
        }
        return nonFinite
    }

    /// Returns 1 for NaN and infinity, which have an exponent of all ones, so that adding one to it carries into the
    /// sign bit, and 0 otherwise. A comparison here would become a branch and keep the loop from becoming SIMD code.
    /// 0. A comparison here would become a branch and keep the loop from becoming SIMD code.
    @inline(__always)
    private static func nonFinite(_ value: Float) -> Int {
        Int(truncatingIfNeeded: ((value.bitPattern & 0x7fff_ffff) &+ 0x0080_0000) &>> 31)
    }

    /// Returns the numbers as stored.
    func stored<T: NIfTIScalar>(_ type: T.Type, in file: UnsafeRawBufferPointer) -> [T] {
        let voxels = base(type, in: file)
        return [T](unsafeUninitializedCapacity: count) { output, initialized in
            let target = output.baseAddress!
            if isSwapped {
                let voxels = StoredVoxels<T, OtherOrder>(base: voxels)
                for index in 0..<count { (target + index).initialize(to: voxels[index]) }
            } else {
                UnsafeMutableRawPointer(target).copyMemory(
                    from: voxels, byteCount: count * MemoryLayout<T>.size)
            }
            initialized = count
        }
    }

    /// Returns integers, up to the first voxel that is not one.
    func integers<T: NIfTIScalar>(
        _ type: T.Type, in file: UnsafeRawBufferPointer
    ) -> ([Int32], failure: (index: Int, value: Double)?) {
        let voxels = base(type, in: file)
        var good = 0
        let values = [Int32](unsafeUninitializedCapacity: count) { output, initialized in
            let target = output.baseAddress!
            good =
                isSwapped
                ? integers(StoredVoxels<T, OtherOrder>(base: voxels), into: target)
                : integers(StoredVoxels<T, SameOrder>(base: voxels), into: target)
            initialized = good
        }
        guard good < count else { return (values, nil) }
        let voxel =
            isSwapped
            ? StoredVoxels<T, OtherOrder>(base: voxels)[good] : StoredVoxels<T, SameOrder>(base: voxels)[good]
        return (values, (good, voxel.niftiDouble * slope + intercept))
    }

    private func integers<T, Order>(
        _ voxels: StoredVoxels<T, Order>, into target: UnsafeMutablePointer<Int32>
    ) -> Int {
        for index in 0..<count {
            let value =
                isScaled
                ? Self.nearest(voxels[index].niftiDouble * slope + intercept) : voxels[index].niftiInteger
            guard let value else { return index }
            (target + index).initialize(to: value)
        }
        return count
    }

    private static func nearest(_ value: Double) -> Int32? {
        let rounded = value.rounded()
        return abs(value - rounded) <= 1e-4 ? Int32(exactly: rounded) : nil
    }

    private func base<T: NIfTIScalar>(_ type: T.Type, in file: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        precondition(start + count * MemoryLayout<T>.size <= file.count, "a frame lies inside its file")
        return file.baseAddress! + start
    }
}

/// Voxels of type `T` at any address, in a byte order known to the compiler.
private struct StoredVoxels<T: NIfTIScalar, Order: VoxelByteOrder> {
    var base: UnsafeRawPointer

    @inline(__always)
    subscript(index: Int) -> T {
        let offset = index &* MemoryLayout<T>.size
        return T(niftiBits: Order.arrange(base.loadUnaligned(fromByteOffset: offset, as: T.NIfTIBits.self)))
    }
}

private protocol VoxelByteOrder {
    static func arrange<Bits: FixedWidthInteger>(_ bits: Bits) -> Bits
}

private enum SameOrder: VoxelByteOrder {
    @inline(__always) static func arrange<Bits: FixedWidthInteger>(_ bits: Bits) -> Bits { bits }
}

private enum OtherOrder: VoxelByteOrder {
    @inline(__always) static func arrange<Bits: FixedWidthInteger>(_ bits: Bits) -> Bits { bits.byteSwapped }
}
