extension Evaluation {
    /// One row per case and structure, for spreadsheets: RFC 4180 with a header, a point in decimals, and empty
    /// cells where there is no number. Distances and sizes of pictures are pixels, and their columns end in `_px`.
    /// `outcome` is `scored`, `absent`, `missed`, `spurious` or `no reference`; the losses belong to the case and stand
    /// in each of its rows.
    public func csv() -> String {
        let unit = distanceUnit.rawValue
        // A volume is thousands of mm³, and a pixel counts as one of them.
        let (size, scale) = distanceUnit == .pixel ? ("area_px", 1000.0) : ("volume_ml", 1.0)
        var rows = [
            [
                "case", "patient", "phase", "structure", "outcome", "dice", "iou", "hausdorff_\(unit)",
                "hd95_\(unit)", "assd_\(unit)", size, "reference_\(size)", "cross_entropy", "dice_loss",
            ]
        ]
        for item in cases {
            for structure in structures {
                guard let score = item.scores[structure.name] else { continue }
                let numbers: [Double?] = [
                    score.dice, score.iou, score.hausdorff, score.hd95, score.assd, scale * score.volume,
                    score.referenceVolume.map { scale * $0 }, item.loss?.crossEntropy, item.loss?.diceLoss,
                ]
                rows.append(
                    [
                        item.name, item.patient ?? "", item.phase?.rawValue ?? "", structure.name,
                        score.outcome.rawValue,
                    ] + numbers.map { $0?.forJSON.map { "\($0)" } ?? "" })
            }
        }
        return rows.map { CSV.line($0) + "\r\n" }.joined()
    }
}
