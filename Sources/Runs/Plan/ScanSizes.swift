import Datasets
import Imaging
import Scans

/// How large the scans of a dataset are, as far as a plan needs it.
struct ScanSizes {
    /// Median number of columns, rows and slices.
    let extent: Extent
    /// Median spacing in mm, or in pixels where files have no millimeters.
    let spacing: Spacing

    /// Files looked into: enough for a median, few enough for a large dataset.
    private static let sample = 64

    /// Looks into the files of `dataSet`, evenly spread; those that cannot be read are ignored, since training
    /// says what is wrong with them.
    init?(of dataSet: DataSet) {
        let cases = dataSet.cases
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
