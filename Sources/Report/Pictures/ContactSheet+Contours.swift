import Imaging

extension ContactSheet {
    /// Every slice of `volume` with the contours of `prediction` over it, cut to the heart, in the order in which the
    /// slices are stored; those without a label too, so that a base or an apex that was missed is seen.
    ///
    /// Up to six slices lie side by side, 260 pixels wide or as wide as they are where few of them leave the room. Of
    /// more than 36, more lie side by side and are smaller.
    ///
    /// - Throws: `PictureError.gridsDiffer` where the prediction lies on another grid than the volume.
    public static func contours(
        title: String, of volume: Volume, prediction: LabelMap, structures: [Structure]
    ) throws(PictureError) -> ContactSheet {
        let region = try SliceRegion(around: [prediction], on: volume.geometry)
        let overlay = try Overlay(
            of: volume, layers: [OverlayLayer(prediction, style: .contour())], structures: structures,
            region: region)
        let depth = volume.geometry.depth
        let columns = columns(for: depth)
        return try ContactSheet(
            title: depth == 1 ? title : "\(title): all \(depth) slices", rows: [Row("", overlay)],
            slices: Array(0..<depth), columns: columns,
            cellWidth: cellWidth(columns: columns, pixels: region.width))
    }

    /// Slices beside each other: up to six, in lines of about the same length; of more than six lines as many as
    /// make a square.
    private static func columns(for count: Int) -> Int {
        let most = max(6, Int(Double(count).squareRoot().rounded(.up)))
        let lines = (count + most - 1) / most
        return (count + lines - 1) / lines
    }

    /// Width of slices that have `pixels` columns of their own.
    private static func cellWidth(columns: Int, pixels: Int) -> Int {
        let room = 1560 / columns
        // A sheet of thousands of slices must still be a picture that can be opened.
        return columns <= 6 ? max(260, min(pixels, room)) : min(max(96, room), max(1, 8192 / columns))
    }
}
