/// Where a patch takes its pixels from: an affine map of the slice, and with it an elastic distortion.
///
/// The distortion comes first and is in pixels of the patch: pixel (x, y) of the patch shows the slice at
/// `affine(x + dx, y + dy)`. Image, labels and weights that are sampled through the same map stay aligned.
public struct PatchMap: Sendable, Hashable {
    /// Size of the patch; depth 1.
    public let size: Extent
    /// From places in the patch to places in the slice.
    public let affine: Affine2D
    /// The distortion; nil for none.
    public let elastic: ElasticField?
    /// Column of the whole patch at which this part of it begins.
    private let x: Int
    /// Row of the whole patch at which this part of it begins.
    private let y: Int

    /// A map for patches of `size`, which is the distortion's own.
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

    /// The map of a part of the patch, which begins at its pixel (x, y): the labels of an unpadded network, whose
    /// output is smaller than its input, are sampled through the part of the image's map that it covers.
    public func cropped(to size: Extent, x: Int, y: Int) -> PatchMap {
        precondition(
            x >= 0 && y >= 0 && x + size.width <= self.size.width && y + size.height <= self.size.height,
            "a part of the patch")
        return PatchMap(size: size, affine: affine, elastic: elastic, x: self.x + x, y: self.y + y)
    }

    /// Where in the slice the patch's pixel (x, y) lies.
    public func callAsFunction(_ x: Int, _ y: Int) -> (x: Double, y: Double) {
        let (x, y) = (self.x + x, self.y + y)
        guard let shift = elastic?(x, y) else { return affine(Double(x), Double(y)) }
        return affine(Double(x) + shift.x, Double(y) + shift.y)
    }

    /// The map of the same patch that lies `x` columns and `y` rows of the slice further on.
    public func shifted(_ x: Double, _ y: Double) -> PatchMap {
        PatchMap(
            size: size, affine: affine.then(.translation(x, y)), elastic: elastic, x: self.x, y: self.y)
    }

    /// Where the patch shows pixels of the slice as they are: the slice's column and row of the patch's first pixel, and
    /// the steps to the right and down, each 1 or, mirrored, −1. Nil where it does not.
    var pixels: (x: Int, y: Int, stepX: Int, stepY: Int)? {
        guard elastic == nil, affine.xy == 0, affine.yx == 0, abs(affine.xx) == 1, abs(affine.yy) == 1
        else { return nil }
        let start = affine(Double(x), Double(y))
        guard let column = Int(exactly: start.x), let row = Int(exactly: start.y),
            // As far as a Float counts by ones, which places are otherwise.
            abs(column) < 1 << 22, abs(row) < 1 << 22
        else { return nil }
        return (column, row, Int(affine.xx), Int(affine.yy))
    }

    /// Gives `body` the places of every row of the patch in turn: row, columns in the slice, rows in the slice.
    ///
    /// A row's displacements are a weighted sum of a few values, one for each grid column, by weights that are the
    /// same for all rows; so a pixel costs a handful of multiplications.
    func forEachRow(
        _ body: (_ row: Int, _ xs: UnsafeMutablePointer<Float>, _ ys: UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = size.width
        let points = elastic?.columns ?? 0
        let all = max(points, elastic?.rows ?? 0)
        // Room for the places of a row, for its columns counted, then for the weights of each grid column.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: (3 + points) * width) { room in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, all)) { weights in
                fillRows(room.baseAddress!, points: points, weights.baseAddress!, body)
            }
        }
    }

    private func fillRows(
        _ room: UnsafeMutablePointer<Float>, points: Int, _ weights: UnsafeMutablePointer<Double>,
        _ body: (_ row: Int, _ xs: UnsafeMutablePointer<Float>, _ ys: UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = size.width
        let (xs, ys, columns) = (room, room + width, room + 2 * width)
        let across = columns + width
        for column in 0..<width { (columns + column).initialize(to: Float(column)) }
        if let elastic {
            for column in 0..<width {
                ElasticField.fill(weights, position: x + column, of: elastic.size.width, points: points)
                for point in 0..<points {
                    (across + point * width + column).initialize(to: Float(weights[point]))
                }
            }
        }
        for row in 0..<size.height {
            let start = affine(Double(x), Double(y + row))
            let (startX, startY) = (Float(start.x), Float(start.y))
            let (stepX, stepY) = (Float(affine.xx), Float(affine.yx))
            for column in 0..<width { (xs + column).initialize(to: startX + stepX * columns[column]) }
            for column in 0..<width { (ys + column).initialize(to: startY + stepY * columns[column]) }
            if let elastic {
                ElasticField.fill(weights, position: y + row, of: elastic.size.height, points: elastic.rows)
                for point in 0..<points {
                    var shift = ElasticField.Displacement(0, 0)
                    for j in 0..<elastic.rows {
                        shift.x += weights[j] * elastic.displacements[j * points + point].x
                        shift.y += weights[j] * elastic.displacements[j * points + point].y
                    }
                    // The affine map is linear in the displacement, so it is applied to a few, not to all.
                    let inX = Float(affine.xx * shift.x + affine.xy * shift.y)
                    let inY = Float(affine.yx * shift.x + affine.yy * shift.y)
                    let weights = across + point * width
                    for column in 0..<width { xs[column] += inX * weights[column] }
                    for column in 0..<width { ys[column] += inY * weights[column] }
                }
            }
            body(row, xs, ys)
        }
    }
}
