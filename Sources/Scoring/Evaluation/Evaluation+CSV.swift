extension Evaluation {
    /// One row per case and structure, for spreadsheets: RFC 4180 with a header, a point in decimals, and empty
    /// cells where there is no number. Distances of pictures are pixels, and their columns end in `_px`. `outcome` is `scored`, `absent`, `missed`, `spurious` or `no reference`;
    /// the losses belong to the case and stand in each of its rows.
    public func csv() -> String {
        let unit = distanceUnit.rawValue
        var rows = [
            [
                "case", "patient", "phase", "structure", "outcome", "dice", "iou", "hausdorff_\(unit)",
                "hd95_\(unit)", "assd_\(unit)", "volume_ml", "reference_volume_ml", "cross_entropy",
                "dice_loss",
            ]
        ]
        for item in cases {
            for structure in structures {
                guard let score = item.scores[structure.name] else { continue }
                let numbers = [
                    score.dice, score.iou, score.hausdorff, score.hd95, score.assd, score.volume,
                    score.referenceVolume, item.loss?.crossEntropy, item.loss?.diceLoss,
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
