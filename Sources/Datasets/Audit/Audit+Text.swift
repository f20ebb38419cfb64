import Foundation
import Imaging

extension Audit: CustomStringConvertible {
    /// The audit as lines for a terminal.
    public var description: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        let images = cases.compactMap(\.image)
        var lines = [
            "\(root): \(layout == .acdc ? "ACDC layout" : "pairs"), \(counted(patients, "patient")), "
                + "\(counted(cases.count, "case")), \(counted(totals.slices, "slice"))"
        ]
        func add(_ title: String, _ text: String) {
            lines.append(title.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
        }
        if !groups.isEmpty {
            add(
                "groups",
                groups.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        add("phases", phases)
        if !images.isEmpty {
            add("slices", "\(range(images.map { Double($0.slices) })) a case")
            add("in plane", "\(tally(images.map { "\($0.width) × \($0.height)" })) pixels")
            let inPlane = images.flatMap { [$0.spacing.x, $0.spacing.y] }
            add(
                "spacing",
                "\(range(inPlane)) mm in plane; \(tally(images.map { number($0.spacing.z) })) mm between slices"
            )
            add("stored as", tally(images.map(\.type)))
            add("intensity", intensity(images))
        }
        for (index, structure) in structures.enumerated() {
            add(index == 0 ? "labels" : "", labelLine(index, structure))
        }
        if totals.labelled > 0 {
            let sole = structures.indices.filter { totals.soleSlices[$0] > 0 }
                .map { "\(counted(totals.soleSlices[$0], "slice")) with only \(structures[$0].name)" }
            add(
                "unlabelled",
                ([counted(totals.emptySlices, "slice") + " without any label"] + sole).joined(separator: ", ")
            )
            add("anatomy", anatomy.description)
        }
        for (index, set) in duplicates.enumerated() {
            add(index == 0 ? "identical" : "", set.joined(separator: " = "))
        }
        let problems = cases.compactMap(\.error) + issues
        if problems.isEmpty { add("problems", "none") }
        for (index, problem) in problems.enumerated() { add(index == 0 ? "problems" : "", problem) }
        return lines
    }

    private var phases: String {
        var parts: [String] = []
        if totals.endDiastole > 0 { parts.append("ED \(totals.endDiastole)") }
        if totals.endSystole > 0 { parts.append("ES \(totals.endSystole)") }
        if totals.unknownPhase > 0 { parts.append("unknown \(totals.unknownPhase)") }
        return parts.joined(separator: ", ") + "; \(totals.labelled) with labels"
    }

    private func intensity(_ images: [CaseAudit.Image]) -> String {
        let low = images.map(\.minimum).min() ?? 0, high = images.map(\.maximum).max() ?? 0
        let excess = images.filter { $0.percentile99 > 0 }.map { Double($0.maximum / $0.percentile99) }.max()
        let text = "\(number(Double(low))) to \(number(Double(high)))"
        guard let excess else { return text }
        return text
            + "; the brightest voxel has up to \(String(format: "%.1f", excess)) times the 99th percentile"
    }

    private func labelLine(_ index: Int, _ structure: Structure) -> String {
        let volumes = cases.compactMap { $0.labels?.millilitres[index] }
        let missing = volumes.count { $0 == 0 }
        var text = "\(structure.label) = \(structure.name): \(counted(totals.voxels[index], "voxel"))"
        if let mean = volumes.isEmpty ? nil : volumes.reduce(0, +) / Double(volumes.count) {
            let digits = mean < 10 ? 1 : 0
            text += ", \(range(volumes, digits: digits)) ml, mean \(String(format: "%.\(digits)f", mean)) ml"
        }
        if missing > 0 { text += ", absent from \(counted(missing, "case"))" }
        return text
    }
}

/// 1 patient, 2 patients.
private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

private func number(_ value: Double) -> String { String(format: "%g", (value * 1000).rounded() / 1000) }

/// "5 to 10", or "5" where all are equal.
private func range(_ values: [Double], digits: Int? = nil) -> String {
    func text(_ value: Double) -> String { digits.map { String(format: "%.\($0)f", value) } ?? number(value) }
    let low = text(values.min() ?? 0), high = text(values.max() ?? 0)
    return low == high ? low : "\(low) to \(high)"
}

/// Each different text with its count, the most frequent first; the rest of a long list is counted.
private func tally(_ texts: [String]) -> String {
    let counts = Dictionary(grouping: texts, by: { $0 }).mapValues(\.count)
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = counts.prefix(6).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    return counts.count > 6 ? shown + ", and \(counts.count - 6) others" : shown
}
