import Foundation
import Imaging

/// Several slices of a scan in one picture: a column for each slice, a row for each view of it. Where there are more
/// slices than `columns`, the next ones follow below.
public struct ContactSheet: Sendable {
    /// One row of the sheet.
    public struct Row: Sendable {
        /// What the row shows, such as `prediction`; may be empty.
        public var caption: String
        /// The pictures of the row.
        public var overlay: Overlay

        /// The row `caption`, with pictures from `overlay`.
        public init(_ caption: String, _ overlay: Overlay) {
            self.caption = caption
            self.overlay = overlay
        }
    }

    /// The line above the sheet.
    public var title: String
    /// The rows, from the top. They show the same region of the same scan.
    public var rows: [Row]
    /// The slices, from the left; 0 is the first of the scan.
    public var slices: [Int]
    /// How many slices lie side by side.
    public var columns: Int
    /// Width of one picture, in pixels.
    public var cellWidth: Int

    /// A sheet of the given rows and slices, all side by side unless `columns` says otherwise.
    ///
    /// - Throws: `PictureError.empty` where there are no rows, slices, columns or pixels, `.noSuchSlice` for a slice that a
    ///   row's scan does not have.
    public init(
        title: String, rows: [Row], slices: [Int], columns: Int? = nil, cellWidth: Int = 220
    ) throws(PictureError) {
        guard !rows.isEmpty, !slices.isEmpty, columns ?? 1 > 0, cellWidth > 0 else { throw .empty }
        let depth = rows.map(\.overlay.volume.geometry.depth).min() ?? 0
        if let slice = slices.first(where: { !(0..<depth).contains($0) }) {
            throw .noSuchSlice(slice, count: depth)
        }
        self.title = title
        self.rows = rows
        self.slices = slices
        self.columns = columns ?? slices.count
        self.cellWidth = cellWidth
    }

    /// The image, the reference where there is one, and the prediction, in up to `columns` slices spread evenly over
    /// those that either labels, cut to the heart. The title says how many of the slices are shown; `contours` shows
    /// all.
    ///
    /// - Throws: `PictureError.gridsDiffer` where they do not lie on one grid, `.empty` for no columns or pixels.
    public init(
        title: String, of volume: Volume, reference: LabelMap?, prediction: LabelMap, structures: [Structure],
        columns: Int = 5, cellWidth: Int = 220
    ) throws(PictureError) {
        guard columns > 0 else { throw .empty }
        let maps = [prediction] + (reference.map { [$0] } ?? [])
        let region = try SliceRegion(around: maps, on: volume.geometry)
        func row(_ caption: String, _ labels: LabelMap?) throws(PictureError) -> Row {
            let layers = labels.map { [OverlayLayer($0, style: .filled())] } ?? []
            return Row(
                caption, try Overlay(of: volume, layers: layers, structures: structures, region: region))
        }
        let slices = Self.spread(columns, over: Self.labeledSlices(of: maps, in: volume.geometry))
        let depth = volume.geometry.depth
        var rows = [try row("image", nil)]
        if let reference { rows.append(try row("reference", reference)) }
        rows.append(try row("prediction", prediction))
        try self.init(
            title: depth == 1 ? title : "\(title): \(slices.count) of \(depth) slices", rows: rows,
            slices: slices, cellWidth: cellWidth)
    }

    /// The slices in which one of `maps` has a label; all slices where none has.
    static func labeledSlices(of maps: [LabelMap], in geometry: Geometry) -> [Int] {
        let labeled = (0..<geometry.depth).filter { slice in
            let range = slice * geometry.sliceCount..<(slice + 1) * geometry.sliceCount
            return maps.contains { $0.labels[range].contains { $0 != 0 } }
        }
        return labeled.isEmpty ? Array(0..<geometry.depth) : labeled
    }

    /// At most `count` of `slices`, the first and the last among them, evenly spread.
    static func spread(_ count: Int, over slices: [Int]) -> [Int] {
        guard count < slices.count else { return slices }
        guard count > 1 else { return [slices[slices.count / 2]] }
        return (0..<count).map { slices[($0 * (slices.count - 1) + (count - 1) / 2) / (count - 1)] }
    }
}

/// Why a picture cannot be drawn.
public enum PictureError: Error, Sendable, Equatable {
    /// Labels lie on another grid than the scan that they are drawn on.
    case gridsDiffer(expected: Geometry, found: Geometry)
    /// A sheet without rows, slices, columns or pixels.
    case empty
    /// A slice, from 0, that the scan does not have.
    case noSuchSlice(Int, count: Int)
}

extension PictureError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what to do.
    public var description: String {
        switch self {
        case .gridsDiffer(let expected, let found):
            "the labels lie on a grid of \(Self.text(found)) but the scan on one of \(Self.text(expected)); use labels of that scan"
        case .empty: "a sheet needs at least one row, slice, column and pixel; use at least one of each"
        case .noSuchSlice(let slice, let count):
            "the scan has no slice \(slice); its slices are 0 to \(count - 1)"
        }
    }

    /// The same sentence, for Foundation.
    public var errorDescription: String? { description }

    private static func text(_ grid: Geometry) -> String {
        let spacing = [grid.spacing.x, grid.spacing.y, grid.spacing.z].map { String(format: "%g", $0) }
        return
            "\(grid.width) × \(grid.height) × \(grid.depth) voxels of \(spacing.joined(separator: " × ")) mm"
    }
}
