import Imaging

extension ContactSheet {
    /// One row of slices with the contours of `prediction` over them, cut to the heart; a slice is 260 pixels wide, or as
    /// many as it has where few slices leave the room.
    public static func contours(
        title: String, of volume: Volume, prediction: LabelMap, structures: [Structure], columns: Int = 6
    ) -> ContactSheet {
        let region = SliceRegion(around: [prediction], on: volume.geometry)
        let overlay = Overlay(
            of: volume, layers: [OverlayLayer(prediction, style: .contour())], structures: structures,
            region: region)
        let slices = spread(columns, over: labelledSlices(of: [prediction], in: volume.geometry))
        return ContactSheet(
            title: title, rows: [Row("prediction", overlay)], slices: slices,
            cellWidth: max(260, min(region.width, 1560 / slices.count)))
    }
}
