import Foundation

extension MembraneEvaluation {
    /// Returns the evaluation as plain text: the best means with their thresholds, then every slice at these
    /// thresholds.
    public func table() -> String {
        let count = slices.count == 1 ? "1 slice" : "mean of \(slices.count) slices"
        var means = TextTable(header: ["Score", count, "threshold", "split", "merge"], textColumns: [0])
        for measure in Measure.allCases {
            let best = best[measure]
            means.add([
                measure.title, Self.number(best?.mean, measure.digits), Self.number(best?.threshold, 1),
                best?.parts.map { Self.number($0.split, 4) } ?? "",
                best?.parts.map { Self.number($0.merge, 4) } ?? "",
            ])
        }
        var rows = TextTable(
            header: ["Slice"]
                + Measure.allCases.flatMap { $0.isScore ? [$0.title, "split", "merge"] : [$0.title] },
            textColumns: [0])
        for slice in slices {
            var row = [slice.name]
            for measure in Measure.allCases {
                let index = best[measure]?.index
                row.append(Self.number(index.map { slice.value(of: measure, at: $0) }, measure.digits))
                if let index, let parts = slice.agreement(of: measure, at: index) {
                    row += [Self.number(parts.split, 4), Self.number(parts.merge, 4)]
                }
            }
            rows.add(row)
        }
        return means.text() + "\n" + rows.text()
    }

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }
}

extension MembraneEvaluation.Measure {
    /// The name in tables.
    public var title: String {
        switch self {
        case .rand: "V Rand"
        case .information: "V Info"
        case .randError: "Rand error"
        case .pixelError: "pixel error"
        case .warpingError: "warping error"
        }
    }

    fileprivate var digits: Int { self == .warpingError ? 6 : 4 }
}
