/// The placement of a box in an array: elements outside the box are cropped, and the box is padded where it extends
/// beyond the array.
///
/// `inverse` maps the box back, so `inverse.apply(apply(x))` is `x`, bit for bit, wherever the box covered it.
public struct CropPad: Sendable, Hashable, Codable {
    /// Size of the array.
    public let source: Extent
    /// Size of the box.
    public let target: Extent
    /// Source column that lands on column 0 of the box; negative if the box begins before the array.
    public let x: Int
    /// Source row that lands on row 0 of the box.
    public let y: Int
    /// Source slice that lands on slice 0 of the box.
    public let z: Int

    /// Creates a box of size `target` with the voxel (x, y, z) of the source as its first voxel.
    public init(from source: Extent, to target: Extent, x: Int, y: Int, z: Int = 0) {
        self.source = source
        self.target = target
        self.x = x
        self.y = y
        self.z = z
    }

    /// Creates a box of size `target` in the middle of the source; an odd voxel is cropped or padded at the end.
    public init(centeredFrom source: Extent, to target: Extent) {
        self.init(
            from: source, to: target, x: Self.middle(source.width, target.width),
            y: Self.middle(source.height, target.height), z: Self.middle(source.depth, target.depth))
    }

    /// The inverse, from the box to the array.
    public var inverse: CropPad { CropPad(from: target, to: source, x: -x, y: -y, z: -z) }

    /// Columns of the box that hold source voxels; empty if the box misses the source.
    public var keptColumns: Range<Int> { Self.kept(x, source.width, target.width) }
    /// Rows of the box that hold source voxels.
    public var keptRows: Range<Int> { Self.kept(y, source.height, target.height) }
    /// Slices of the box that hold source voxels.
    public var keptSlices: Range<Int> { Self.kept(z, source.depth, target.depth) }

    /// The smaller margin comes first, for cropping and padding alike, so that they undo each other.
    private static func middle(_ source: Int, _ target: Int) -> Int {
        source >= target ? (source - target) / 2 : -((target - source) / 2)
    }

    private static func kept(_ offset: Int, _ source: Int, _ target: Int) -> Range<Int> {
        let first = min(max(0, -offset), target)
        return first..<max(first, min(target, source - offset))
    }
}

extension CropPad {
    /// Copies the box from `input` (`source.count` elements) into `output` (`target.count`, initialized or of a trivial
    /// type), with `padding` where the box is outside the source. Allocates nothing.
    public func apply<Value: BitwiseCopyable>(
        _ input: UnsafeBufferPointer<Value>, padding: Value, into output: UnsafeMutableBufferPointer<Value>
    ) {
        precondition(
            input.count == source.count && output.count == target.count, "buffers of the box's sizes")
        let columns = keptColumns
        if columns.count < target.width || keptRows.count < target.height || keptSlices.count < target.depth {
            output.initialize(repeating: padding)
        }
        guard !columns.isEmpty else { return }
        for slice in keptSlices {
            for row in keptRows {
                let from = source.index(x + columns.lowerBound, y + row, z + slice)
                (output.baseAddress! + target.index(columns.lowerBound, row, slice))
                    .initialize(from: input.baseAddress! + from, count: columns.count)
            }
        }
    }

    /// Returns the box cut out of `values`, with `padding` where it is outside.
    public func apply<Value: BitwiseCopyable>(_ values: [Value], padding: Value) -> [Value] {
        values.withUnsafeBufferPointer { input in
            [Value](unsafeUninitializedCapacity: target.count) { output, initialized in
                apply(
                    input, padding: padding,
                    into: UnsafeMutableBufferPointer(rebasing: output[..<target.count]))
                initialized = target.count
            }
        }
    }

    /// Returns the box cut out of `volume`, with intensity `padding` where it is outside. Spacing is kept.
    public func apply(_ volume: Volume, padding: Float = 0) -> Volume {
        Volume(
            geometry: Geometry(extent: target, spacing: volume.geometry.spacing),
            voxels: apply(volume.voxels, padding: padding))
    }

    /// Returns the box cut out of `map`, with label `padding` where it is outside. Spacing is kept.
    public func apply(_ map: LabelMap, padding: UInt8 = 0) -> LabelMap {
        LabelMap(
            geometry: Geometry(extent: target, spacing: map.geometry.spacing),
            labels: apply(map.labels, padding: padding))
    }

    /// Returns the box cut out of `map`; where it is outside, the first class (background) has probability 1. A single
    /// class is a foreground, and has probability 0 there.
    public func apply(_ map: ProbabilityMap) -> ProbabilityMap {
        precondition(map.geometry.extent == source, "probabilities of the source's size")
        var values = [Float](repeating: 0, count: map.channels * target.count)
        map.values.withUnsafeBufferPointer { input in
            values.withUnsafeMutableBufferPointer { output in
                for channel in 0..<map.channels {
                    apply(
                        UnsafeBufferPointer(
                            rebasing: input[channel * source.count..<(channel + 1) * source.count]),
                        padding: channel == 0 && map.channels > 1 ? 1 : 0,
                        into: UnsafeMutableBufferPointer(
                            rebasing: output[channel * target.count..<(channel + 1) * target.count]))
                }
            }
        }
        return ProbabilityMap(
            geometry: Geometry(extent: target, spacing: map.geometry.spacing), channels: map.channels,
            values: values)
    }
}

extension CropPad {
    /// Returns the box cut out of `values`; where it is outside in plane, slices are mirrored at their edges (see
    /// `Mirror`), and slices outside the source hold `padding`.
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

/// The content beyond the edge of an image.
public enum Border<Value: BitwiseCopyable & Sendable>: Sendable {
    /// The same value everywhere.
    case constant(Value)
    /// The image mirrored about its outermost pixels, repeatedly: numpy's `reflect`.
    case mirror
}

extension Border: Equatable where Value: Equatable {}
extension Border: Hashable where Value: Hashable {}

/// Positions in an image that is mirrored beyond its edges.
public enum Mirror {
    /// Returns the pixel, 0 to `count` − 1, seen at `index`.
    ///
    /// The outermost pixels are the mirrors and are not repeated: with 4 pixels, −2 … 5 show 2 1 0 1 2 3 2 1.
    @inlinable
    public static func index(_ index: Int, count: Int) -> Int {
        precondition(count > 0, "an image has at least one pixel")
        if index >= 0 && index < count { return index }
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = index % period
        let positive = place < 0 ? place + period : place
        return min(positive, period - positive)
    }
}
