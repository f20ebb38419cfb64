import Foundation
import Imaging

/// Several slices of a scan in one picture: a column for each slice, and a row for each view of it. Slices beyond
/// `columns` continue below.
public struct ContactSheet: Sendable {
    /// A row of the sheet.
    public struct Row: Sendable {
        /// The caption of the row, such as `prediction`; can be empty.
        public var caption: String
        /// The pictures of the row.
        public var overlay: Overlay

        /// Creates a row with the caption `caption` and pictures from `overlay`.
        public init(_ caption: String, _ overlay: Overlay) {
            self.caption = caption
            self.overlay = overlay
        }
    }

    /// The title above the sheet.
    public var title: String
    /// The rows, from the top. All show the same region of the same scan.
    public var rows: [Row]
    /// The slices, from the left, counted from 0.
    public var slices: [Int]
    /// The number of slices side by side.
    public var columns: Int
    /// The width of one picture, in pixels.
    public var cellWidth: Int

    /// Creates a sheet of the given rows and slices, all side by side unless `columns` is given.
    ///
    /// - Throws: `PictureError.empty` if there are no rows, slices, columns, or pixels; `.noSuchSlice` for a slice that
    ///   a row's scan does not have.
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

    /// Creates a sheet of the image, the reference if given, and the prediction, cropped to the heart. It shows up to
    /// `columns` slices spread evenly over those that either labels, and the title states how many; `contours` shows
    /// all.
    ///
    /// - Throws: `PictureError.gridsDiffer` if they do not lie on the same grid, `.empty` for no columns or pixels.
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

    /// Returns the slices in which one of `maps` has a label; all slices if none has.
    static func labeledSlices(of maps: [LabelMap], in geometry: Geometry) -> [Int] {
        let labeled = (0..<geometry.depth).filter { slice in
            let range = slice * geometry.sliceCount..<(slice + 1) * geometry.sliceCount
            return maps.contains { $0.labels[range].contains { $0 != 0 } }
        }
        return labeled.isEmpty ? Array(0..<geometry.depth) : labeled
    }

    /// Returns at most `count` of `slices`, evenly spread, including the first and the last.
    static func spread(_ count: Int, over slices: [Int]) -> [Int] {
        guard count < slices.count else { return slices }
        guard count > 1 else { return [slices[slices.count / 2]] }
        return (0..<count).map { slices[($0 * (slices.count - 1) + (count - 1) / 2) / (count - 1)] }
    }
}

/// An error in drawing a picture.
public enum PictureError: Error, Sendable, Equatable {
    /// Labels lie on a different grid than the scan under them.
    case gridsDiffer(expected: Geometry, found: Geometry)
    /// A sheet has no rows, slices, columns, or pixels.
    case empty
    /// The scan does not have the slice, counted from 0.
    case noSuchSlice(Int, count: Int)
}

extension PictureError: CustomStringConvertible, LocalizedError {
    /// A sentence that states what happened and what to do.
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
