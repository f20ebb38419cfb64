import Foundation
import Imaging

extension Audit: CustomStringConvertible {
    /// The audit as lines for a terminal.
    public var description: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        let images = cases.compactMap(\.image)
        var lines = ["\(root): \(layout.type.title), \(size)"]
        func add(_ title: String, _ text: String) {
            lines.append(title.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
        }
        if !groups.isEmpty {
            add(
                "groups",
                groups.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        add(isImages ? "names" : "patients", NameList(names: patientNames).description)
        if isImages {
            add("labeled", "\(totals.labeled) of \(counted(cases.count, "image"))")
        } else {
            add("phases", phases)
            let frames = images.compactMap(\.frames)
            if !frames.isEmpty {
                add("series", "\(frames.count), of \(range(frames.map(Double.init))) frames, without labels")
            }
        }
        if !images.isEmpty {
            if !isImages || images.contains(where: { $0.slices > 1 }) {
                add("slices", "\(range(images.map { Double($0.slices) })) per case")
            }
            add("in plane", "\(tally(images.map { "\($0.width) × \($0.height)" })) pixels")
            if !isImages {
                let inPlane = images.flatMap { [$0.spacing.x, $0.spacing.y] }
                let between = tally(images.map { number($0.spacing.z) })
                add("spacing", "\(range(inPlane)) mm in plane; \(between) mm between slices")
            }
            if isImages || channelNames.count > 1 {
                add("channels", "\(channelNames.count): \(channelNames.joined(separator: ", "))")
            }
            add("stored as", tally(images.map(\.type)))
            add("intensity", intensity(images))
        }
        for (index, structure) in structures.enumerated() {
            add(index == 0 ? "labels" : "", labelLine(index, structure))
        }
        if totals.labeled > 0 {
            let unit = sliceName
            let sole = structures.indices.filter { structures.count > 1 && totals.soleSlices[$0] > 0 }
                .map { "\(counted(totals.soleSlices[$0], unit)) with only \(structures[$0].name)" }
            add(
                "unlabeled",
                ([counted(totals.emptySlices, unit) + " without any label"] + sole).joined(separator: ", ")
            )
            if Anatomy.isAboutHearts(structures), anatomy.likelyNames == nil {
                add("anatomy", anatomy.description)
            }
        }
        for (index, set) in duplicates.enumerated() {
            add(index == 0 ? "identical" : "", set.joined(separator: " = "))
        }
        for (index, note) in notes.enumerated() { add(index == 0 ? "notes" : "", note) }
        if problems.isEmpty { add("problems", "none") }
        for (index, problem) in problems.enumerated() { add(index == 0 ? "problems" : "", problem.message) }
        if problems.count > 1 { add("", "\(problems.count) problems in all") }
        return lines
    }

    /// The size of the dataset.
    private var size: String {
        guard isImages else {
            return "\(counted(patients, "patient")), \(counted(cases.count, "case")), "
                + counted(totals.slices, "slice")
        }
        let images = counted(cases.count, "image")
        return sequences > 0 ? "\(counted(sequences, "sequence")), \(images)" : images
    }

    /// The word for a slice.
    private var sliceName: String { isImages && totals.slices == cases.count ? "image" : "slice" }

    private var phases: String {
        var parts: [String] = []
        if totals.endDiastole > 0 { parts.append("ED \(totals.endDiastole)") }
        if totals.endSystole > 0 { parts.append("ES \(totals.endSystole)") }
        if totals.unknownPhase > 0 { parts.append("unknown \(totals.unknownPhase)") }
        return parts.joined(separator: ", ") + "; \(totals.labeled) with labels"
    }

    private func intensity(_ images: [CaseAudit.Image]) -> String {
        let low = images.map(\.minimum).min() ?? 0, high = images.map(\.maximum).max() ?? 0
        let excess = images.filter { $0.percentile99 > 0 }.map { Double($0.maximum / $0.percentile99) }.max()
        let text = "\(number(Double(low))) to \(number(Double(high)))"
        guard let excess else { return text }
        return text
            + "; the brightest \(isImages ? "pixel" : "voxel") has up to \(String(format: "%.1f", excess)) times the 99th percentile"
    }

    private func labelLine(_ index: Int, _ structure: Structure) -> String {
        let missing = cases.count { $0.labels?.voxels[index] == 0 }
        var text =
            "\(structure.label) = \(structure.name): \(counted(totals.voxels[index], isImages ? "pixel" : "voxel"))"
        if isImages {
            let all = cases.filter { $0.labels != nil }.compactMap(\.image).map {
                $0.width * $0.height * $0.slices
            }
            let share = Double(totals.voxels[index]) / Double(max(1, all.reduce(0, +)))
            text += String(format: ", %.1f%% of the labeled images", 100 * share)
        } else {
            let volumes: [Double] = cases.compactMap { $0.labels?.milliliters[index] }
            if let mean = volumes.isEmpty ? nil : volumes.reduce(0, +) / Double(volumes.count) {
                let digits = mean < 10 ? 1 : 0
                text +=
                    ", \(range(volumes, digits: digits)) ml, mean \(String(format: "%.\(digits)f", mean)) ml"
            }
        }
        if missing > 0 { text += ", absent from \(counted(missing, "case"))" }
        return text
    }
}

/// Returns a count with its noun: 1 patient, 2 patients.
private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

private func number(_ value: Double) -> String { String(format: "%g", (value * 1000).rounded() / 1000) }

/// Returns the range of `values`: "5 to 10", or "5" if all are equal.
private func range(_ values: [Double], digits: Int? = nil) -> String {
    func text(_ value: Double) -> String { digits.map { String(format: "%.\($0)f", value) } ?? number(value) }
    let low = text(values.min() ?? 0), high = text(values.max() ?? 0)
    return low == high ? low : "\(low) to \(high)"
}

/// Returns each distinct text with its count, the most frequent first; the rest of a long list is only counted.
private func tally(_ texts: [String]) -> String {
    let counts = Dictionary(grouping: texts, by: { $0 }).mapValues(\.count)
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = counts.prefix(6).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    return counts.count > 6 ? shown + ", and \(counts.count - 6) others" : shown
}

/// A list of names as text: consecutive numbered names as ranges, and at most a line or two.
package struct NameList: CustomStringConvertible {
    let names: [String]

    package init(names: [String]) { self.names = names }

    /// The most pieces shown; further names are only counted.
    private static let pieces = 12

    /// “patient001 … patient100”, “anna, ben, scan1 … scan7, and 12 more”.
    package var description: String {
        var runs: [[String]] = []
        for name in names.sorted(by: { $0.naturallyPrecedes($1) }) {
            if let last = runs.last?.last, last.isFollowed(by: name) {
                runs[runs.count - 1].append(name)
            } else {
                runs.append([name])
            }
        }
        // Two in a row are not a range.
        let pieces = runs.flatMap { $0.count > 2 ? [$0] : $0.map { [$0] } }
        let shown = pieces.prefix(Self.pieces)
        let more = pieces.dropFirst(Self.pieces).joined().count
        let texts = shown.map { $0.count > 1 ? "\($0[0]) … \($0[$0.count - 1])" : $0[0] }
        return (texts + (more > 0 ? ["and \(more) more"] : [])).joined(separator: ", ")
    }
}

extension String {
    /// Returns whether `other` is the same name with the next number, as `slice10` follows `slice9` and `p010` follows
    /// `p009`.
    fileprivate func isFollowed(by other: String) -> Bool {
        guard let (before, number) = trailingNumber, number < .max else { return false }
        let next = "\(number + 1)"
        return other == before + next.padded(to: count - before.count)
    }
}
