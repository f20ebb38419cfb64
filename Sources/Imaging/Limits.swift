import Foundation

/// Limits on the size of a scan. Larger ones are refused in one sentence, before any memory is allocated for them.
///
/// A header of a few bytes can claim any size, and a wrong number in one (the spacing, its unit) turns an ordinary scan
/// into an enormous one. Real data is far below; docs/DATA.md compares.
public enum Limits {
    /// The most values in a file: its voxels or pixels, times its frames, pages or channels. 1 billion.
    public static let values = 1_000_000_000

    /// The most bytes that segmenting one scan, or training on it, can take: 64 GB. See `ScanDemand`.
    public static let bytes = 64e9

    /// The most columns or rows of a slice after resampling: 16,384. A body scan has fewer at any spacing.
    public static let resampledSide = 16_384.0

    /// Returns whether an array with these sides, all positive, holds at most `values`.
    package static func allows(_ sides: [Int]) -> Bool {
        var product = 1
        for side in sides {
            let (next, overflow) = product.multipliedReportingOverflow(by: side)
            guard !overflow, next <= values else { return false }
            product = next
        }
        return true
    }
}

/// The memory that one scan takes on its way through the network.
///
/// It counts float32 numbers: the channels, as read and as prepared, and two copies of every class's probability, on
/// the network's grid and on the scan's own. Layers of the network come on top, and do not grow with the scan.
public struct ScanDemand: Sendable, Hashable {
    /// The scan's own grid.
    public let geometry: Geometry
    /// Columns after in-plane resampling; slices are kept. Not an integer, since it can exceed the range of integers.
    public let columns: Double
    /// Rows after in-plane resampling; see `columns`.
    public let rows: Double
    /// The memory in bytes.
    public let bytes: Double
    private let isResampled: Bool

    /// Computes the demand of a scan.
    ///
    /// - Parameters:
    ///   - geometry: its grid.
    ///   - spacing: mm between pixels after resampling in plane; nil keeps the scan's own.
    ///   - channels: of the image.
    ///   - classes: including background.
    public init(_ geometry: Geometry, spacing: Double?, channels: Int, classes: Int) {
        self.geometry = geometry
        isResampled = spacing != nil
        let (width, height) = (Double(geometry.width), Double(geometry.height))
        // In this order, NaN stays NaN.
        columns = spacing.map { max((width * geometry.spacing.x / $0).rounded(), 1) } ?? width
        rows = spacing.map { max((height * geometry.spacing.y / $0).rounded(), 1) } ?? height
        let voxels = (columns * rows + width * height) * Double(geometry.depth)
        // Resampling keeps a few numbers for every column and row.
        bytes = 4 * voxels * Double(channels + 2 * classes) + 32 * (columns + rows)
    }

    /// Whether the scan is within `Limits.bytes` and, if it is resampled, `Limits.resampledSide`. False for NaN.
    public var isAllowed: Bool { bytes <= Limits.bytes && isWithinSides }

    private var isWithinSides: Bool { !isResampled || max(columns, rows) <= Limits.resampledSide }

    /// What is too large and what to do, as the rest of a sentence that begins with the file.
    public var refusal: String {
        func plain(_ value: Double) -> String { String(format: value < 1e15 ? "%.0f" : "%.3g", value) }
        func millimeters(_ count: Int, _ spacing: Double) -> String {
            String(format: "%.6g", Double(count) * spacing)
        }
        let size = [
            millimeters(geometry.width, geometry.spacing.x), millimeters(geometry.height, geometry.spacing.y),
            millimeters(geometry.depth, geometry.spacing.z),
        ].joined(separator: " × ")
        let limit =
            bytes <= Limits.bytes
            ? ", but at most \(plain(Limits.resampledSide)) pixels are allowed along a side"
            : " and would take \(plain(bytes / 1e9)) GB of memory, but at most \(plain(Limits.bytes / 1e9)) GB is allowed"
        guard isResampled else {
            let pages = geometry.depth == 1 ? "" : " × \(geometry.depth)"
            return
                "has \(plain(columns)) × \(plain(rows))\(pages) pixels\(limit); crop it, or split it into smaller pictures"
        }
        return
            "measures \(size) mm, which makes \(plain(columns)) × \(plain(rows)) × \(geometry.depth) voxels\(limit); "
            + "correct its spacing (pixdim and units), or crop it"
    }
}
