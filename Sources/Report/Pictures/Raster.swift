import Imaging

/// Where the pixels of a picture lie on a slice.
struct Raster {
    let width: Int
    let height: Int
    private let region: SliceRegion
    /// Rows beyond which a picture no longer keeps the proportions: only a wrong header asks for so many.
    private static let maximumHeight = 16_384

    /// A picture of `region` whose pixels of the scan are `scale` pixels wide and as high as their spacing asks.
    init(region: SliceRegion, spacing: Spacing, scale: Double) {
        precondition(scale > 0, "a picture has a size")
        self.region = region
        width = max(1, Int((Double(region.width) * scale).rounded()))
        let rows = (Double(region.height) * scale * spacing.y / spacing.x).rounded()
        let limit = max(Self.maximumHeight, region.height)
        height = rows < Double(limit) ? max(1, Int(rows)) : limit
    }

    /// Position on the slice of the middle of a column of the picture; the middle of the first voxel is 0.
    func x(_ column: Int) -> Float {
        Float(region.x) + (Float(column) + 0.5) * Float(region.width) / Float(width) - 0.5
    }

    /// Position on the slice of the middle of a row of the picture.
    func y(_ row: Int) -> Float {
        Float(region.y) + (Float(row) + 0.5) * Float(region.height) / Float(height) - 0.5
    }
}
