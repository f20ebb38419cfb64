import Datasets
import Imaging
import Scans
import UNetDesign

/// The size in pixels of a patch cut out of a scan: part of one slice or, in 3D, of several.
public struct PatchSize: Codable, Sendable, Equatable {
    /// Pixels along x.
    public var width: Int
    /// Pixels along y.
    public var height: Int
    /// Slices along z; 1 in 2D.
    public var depth: Int

    /// Creates a size of `width` × `height` pixels in `depth` slices.
    public init(width: Int, height: Int, depth: Int = 1) {
        self.width = width
        self.height = height
        self.depth = depth
    }

    /// Decodes a size; plans from before 3D have no depth.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        width = try container.decode(Int.self, forKey: .width)
        height = try container.decode(Int.self, forKey: .height)
        depth = try container.decodeIfPresent(Int.self, forKey: .depth) ?? 1
    }

    /// The number of pixels.
    package var count: Int { width * height * depth }
    /// The number of pixels in one slice.
    var sliceCount: Int { width * height }

    /// Returns the sides in the order of a tensor's axes, (D,) H, W.
    package func sides(rank: Int) -> [Int] { rank == 3 ? [depth, height, width] : [height, width] }

    /// Creates a size from `sides` in the order of a tensor's axes, (D,) H, W.
    package init(sides: [Int]) {
        self.init(
            width: sides[sides.count - 1], height: sides[sides.count - 2],
            depth: sides.count == 3 ? sides[0] : 1)
    }
}

extension PatchSize: CustomStringConvertible {
    /// The size as it would be typed: `160x160`, or `10x160x160` with slices.
    public var description: String {
        (depth == 1 ? [height, width] : [depth, height, width]).map(String.init).joined(separator: "x")
    }
}

extension PatchSize {
    /// Halves the longest side in mm until the patch has at most `limit` voxels.
    package mutating func shrink(to limit: Int, spacing: Spacing) {
        while count > limit {
            let lengths = [
                Double(width) * spacing.x, Double(height) * spacing.y, Double(depth) * spacing.z,
            ]
            switch lengths.firstIndex(of: lengths.max() ?? 0) {
            case 0: width = (width + 1) / 2
            case 1: height = (height + 1) / 2
            default: depth = (depth + 1) / 2
            }
        }
    }
}

extension NetworkConfiguration {
    /// Returns the valid input size nearest to `sides`, (D,) H, W; of two equally near ones, the larger.
    func nearestInput(to sides: [Int]) -> [Int] {
        zip(sides, nearestInputs(to: sides)).map { side, nearest in
            guard let smaller = nearest.smaller, side - smaller < nearest.larger - side else {
                return nearest.larger
            }
            return smaller
        }
    }

    /// Returns the smallest valid input side along `axis` (of (D,) H, W) of at least `size` voxels.
    func smallestInput(of size: Int, axis: Int) -> Int {
        var sides = Array(repeating: 1, count: dimensions.rank)
        sides[axis] = size
        return nearestInputs(to: sides)[axis].larger
    }
}

/// Sizes of a dataset's scans, as far as a plan needs them.
struct ScanSizes {
    /// Median number of columns, rows and slices.
    let extent: Extent
    /// Median spacing in mm, or in pixels if files have no millimeters.
    let spacing: Spacing

    /// The number of files to read: enough for a median, few enough for a large dataset.
    private static let sample = 64

    /// Reads evenly spaced files of `dataset`, ignoring those that cannot be read, which training will report.
    init?(of dataset: Dataset) {
        let cases = dataset.cases
        let step = max(1, cases.count / Self.sample)
        let grids = stride(from: 0, to: cases.count, by: step).compactMap { Self.grid(of: cases[$0]) }
        guard !grids.isEmpty else { return nil }
        func median<Value: Comparable>(_ value: (Geometry) -> Value) -> Value {
            grids.map(value).sorted()[grids.count / 2]
        }
        extent = Extent(
            width: median(\.width), height: median(\.height), depth: median(\.depth))
        spacing = Spacing(median(\.spacing.x), median(\.spacing.y), median(\.spacing.z))
    }

    private static func grid(of item: Case) -> Geometry? {
        try? ScanReader().headers(of: item.source).first?.geometry()
    }
}
