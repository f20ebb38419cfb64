/// The map from a patch to the slice that it is sampled from: an affine map and, optionally, an elastic distortion.
///
/// The distortion comes first and is in pixels of the patch: pixel (x, y) of the patch shows the slice at
/// `affine(x + dx, y + dy)`. Image, labels and weights sampled through the same map stay aligned.
public struct PatchMap: Sendable, Hashable {
    /// Size of the patch; depth 1.
    public let size: Extent
    /// The map from positions in the patch to positions in the slice.
    public let affine: Affine2D
    /// The distortion; nil for none.
    public let elastic: ElasticField?
    /// The column of the whole patch where this part begins.
    private let x: Int
    /// The row of the whole patch where this part begins.
    private let y: Int

    /// Creates a map for patches of `size`, which must be the size of the distortion.
    public init(size: Extent, affine: Affine2D = .identity, elastic: ElasticField? = nil) {
        precondition(elastic == nil || elastic?.size == size, "a distortion of the patch's size")
        self.init(size: size, affine: affine, elastic: elastic, x: 0, y: 0)
    }

    private init(size: Extent, affine: Affine2D, elastic: ElasticField?, x: Int, y: Int) {
        precondition(size.depth == 1, "patches have depth 1")
        precondition(
            [affine.xx, affine.xy, affine.x0, affine.yx, affine.yy, affine.y0].allSatisfy(\.isFinite),
            "a finite map")
        self.size = size
        self.affine = affine
        self.elastic = elastic
        self.x = x
        self.y = y
    }

    /// Returns the map of a part of the patch that begins at its pixel (x, y). An unpadded network has an output
    /// smaller than its input, so its labels are sampled through the part of the image's map that the output covers.
    public func cropped(to size: Extent, x: Int, y: Int) -> PatchMap {
        precondition(
            x >= 0 && y >= 0 && x + size.width <= self.size.width && y + size.height <= self.size.height,
            "a part of the patch")
        return PatchMap(size: size, affine: affine, elastic: elastic, x: self.x + x, y: self.y + y)
    }

    /// Returns the position in the slice of the patch's pixel (x, y).
    public func callAsFunction(_ x: Int, _ y: Int) -> (x: Double, y: Double) {
        let (x, y) = (self.x + x, self.y + y)
        guard let shift = elastic?(x, y) else { return affine(Double(x), Double(y)) }
        return affine(Double(x) + shift.x, Double(y) + shift.y)
    }

    /// Calls `body` with the positions of every row of the patch in turn: row, columns in the slice, rows in the slice.
    ///
    /// A row's displacements are a weighted sum of a few values, one for each grid column, with weights that are the
    /// same for all rows, so a pixel costs a handful of multiplications.
    func forEachRow(
        _ body: (_ row: Int, _ xs: UnsafeMutablePointer<Float>, _ ys: UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = size.width
        let points = elastic?.columns ?? 0
        // Room for the positions of a row, then for the weights of each grid column.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: (2 + points) * width) { room in
            let (xs, ys) = (room.baseAddress!, room.baseAddress! + width)
            let across = ys + width
            if let elastic {
                for column in 0..<width {
                    let weights = ElasticField.weights(
                        position: x + column, of: elastic.size.width, points: points)
                    for point in 0..<points {
                        (across + point * width + column).initialize(to: Float(weights[point]))
                    }
                }
            }
            for row in 0..<size.height {
                let start = affine(Double(x), Double(y + row))
                let (startX, startY) = (Float(start.x), Float(start.y))
                let (stepX, stepY) = (Float(affine.xx), Float(affine.yx))
                for column in 0..<width {
                    (xs + column).initialize(to: startX + stepX * Float(column))
                    (ys + column).initialize(to: startY + stepY * Float(column))
                }
                if let elastic {
                    let down = ElasticField.weights(
                        position: y + row, of: elastic.size.height, points: elastic.rows)
                    for point in 0..<points {
                        var shift = ElasticField.Displacement(0, 0)
                        for (j, weight) in down.enumerated() {
                            shift.x += weight * elastic.displacements[j * points + point].x
                            shift.y += weight * elastic.displacements[j * points + point].y
                        }
                        // The affine map is linear in the displacement, so it is applied to a few, not to all.
                        let inX = Float(affine.xx * shift.x + affine.xy * shift.y)
                        let inY = Float(affine.yx * shift.x + affine.yy * shift.y)
                        let weights = across + point * width
                        for column in 0..<width {
                            xs[column] += inX * weights[column]
                            ys[column] += inY * weights[column]
                        }
                    }
                }
                body(row, xs, ys)
            }
        }
    }
}
