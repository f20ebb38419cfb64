import Foundation

extension Evaluation {
    /// Returns the evaluation as plain text: means with standard deviations over cases, per phase if known, then the
    /// clinical agreement, then every case.
    public func table() -> String {
        var parts = [meanTable(mean, title: "All cases")]
        for phase in Phase.allCases {
            if let mean = meanByPhase[phase],
                meanByPhase.count > 1 || cases.contains(where: { $0.phase != phase })
            {
                parts.append(meanTable(mean, title: phase.rawValue))
            }
        }
        if let loss {
            parts.append(
                "Loss: cross-entropy \(Self.number(loss.crossEntropy, 4)), Dice loss \(Self.number(loss.diceLoss, 4))\n"
            )
        }
        if let clinical, !clinical.agreement.isEmpty { parts.append(Self.agreementTable(clinical)) }
        parts.append(caseTable())
        return parts.joined(separator: "\n")
    }

    private func meanTable(_ mean: Mean, title: String) -> String {
        let unit = distanceUnit.rawValue
        var table = TextTable(
            header: [
                title, "Dice", "IoU", "HD \(unit)", "HD95 \(unit)", "ASSD \(unit)", "scored", "missed",
                "spurious", "absent",
            ], textColumns: [0])
        for structure in structures {
            guard let own = mean.structures[structure.name] else { continue }
            table.add(
                [
                    structure.name, Self.spread(own.dice, 3), Self.spread(own.iou, 3),
                    Self.spread(own.hausdorff, 1),
                    Self.spread(own.hd95, 1), Self.spread(own.assd, 2),
                ]
                    + [StructureScore.Outcome.scored, .missed, .spurious, .absent].map {
                        "\(own.counts[$0] ?? 0)"
                    })
        }
        table.add(
            ["foreground", Self.number(mean.foreground.dice, 3), Self.number(mean.foreground.iou, 3)]
                + [String](repeating: "", count: 7))
        return table.text()
    }

    private static func agreementTable(_ clinical: Clinical) -> String {
        var table = TextTable(
            header: ["Clinical", "n", "bias", "SD", "95 % limits", "MAE", "r"], textColumns: [0])
        for index in ClinicalIndex.allCases {
            guard let agreement = clinical.agreement[index] else { continue }
            let limits = agreement.limits.map { "\(number($0.lowerBound, 1)) to \(number($0.upperBound, 1))" }
            table.add([
                index.title, "\(agreement.count)", number(agreement.bias, 1),
                number(agreement.standardDeviation, 1),
                limits ?? none, number(agreement.meanAbsoluteError, 1), number(agreement.correlation, 3),
            ])
        }
        return table.text()
    }

    private func caseTable() -> String {
        var header = ["Case", "phase"] + structures.map { "\($0.name) Dice" } + ["foreground"]
        let hasLoss = loss != nil
        if hasLoss { header += ["CE", "Dice loss"] }
        var table = TextTable(header: header + ["remarks"], textColumns: [0, 1, header.count])
        for item in cases {
            var row = [item.name, item.phase?.rawValue ?? Self.none]
            row += structures.map { Self.number(item.scores[$0.name]?.dice, 3) }
            row.append(Self.number(item.foreground.dice, 3))
            if hasLoss {
                row += [Self.number(item.loss?.crossEntropy, 4), Self.number(item.loss?.diceLoss, 4)]
            }
            let remarks = structures.compactMap { structure -> String? in
                guard let outcome = item.scores[structure.name]?.outcome, outcome != .scored else {
                    return nil
                }
                return "\(structure.name) \(outcome.rawValue)"
            }
            row.append(item.hasReference ? remarks.joined(separator: ", ") : "no reference")
            table.add(row)
        }
        return table.text()
    }

    /// The text for a missing number.
    private static let none = "–"

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? none
    }

    private static func spread(_ statistic: Statistic?, _ digits: Int) -> String {
        guard let statistic else { return none }
        guard let deviation = statistic.standardDeviation else { return number(statistic.mean, digits) }
        return "\(number(statistic.mean, digits)) ± \(number(deviation, digits))"
    }
}

extension Evaluation {
    /// Returns one row per case and structure, for spreadsheets: RFC 4180 with a header, decimal points, and empty
    /// cells for missing numbers. Distances and sizes of pictures are in pixels, and their columns end in `_px`.
    /// `outcome` is `scored`, `absent`, `missed`, `spurious` or `no reference`; the losses belong to the case and are
    /// repeated in each of its rows.
    public func csv() -> String {
        let unit = distanceUnit.rawValue
        // Volumes are thousands of mm³, and a pixel counts as one mm³.
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
