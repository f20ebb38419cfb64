import Foundation
import Imaging

/// The agreement of a dataset's label names with the anatomy of the heart.
///
/// In short-axis slices the myocardium is a ring around the left ventricle's cavity, and nothing else is enclosed. So
/// the label that borders almost only one other label is the left ventricle, and the other one is the myocardium,
/// whatever their names.
public enum Anatomy: Codable, Sendable, Equatable {
    /// No label is enclosed by another: the images are not short-axis hearts, or there are too few labels.
    case unclear
    /// `inner` is enclosed by `outer` along `fraction` of its border, and the names agree or are not those of a heart.
    case enclosed(inner: Structure, outer: Structure, fraction: Double)
    /// The names disagree: `likely` are the names that the anatomy suggests.
    case swapped(inner: Structure, outer: Structure, fraction: Double, likely: [Structure])

    /// The share of its border that a label must have with another to count as enclosed by it. In ACDC it is 1.00 for
    /// the left ventricle, 0.41 for the myocardium and 0.32 for the right ventricle.
    static let enclosure = 0.8

    /// The share of its border that the left ventricle must have with the myocardium for the names to be right, even if
    /// something else is enclosed more closely, like a scar by the myocardium.
    static let agreement = 0.65

    /// Judges `structures` by their contacts in all label maps of a dataset together.
    public init(structures: [Structure], contacts: LabelContacts) {
        let cavity = Self.cavity(of: structures), muscle = Self.muscle(of: structures)
        var best: (inner: Structure, outer: Structure, fraction: Double)?
        for (row, inner) in structures.enumerated() {
            for (column, outer) in structures.enumerated() where outer != inner {
                guard let fraction = contacts.share(of: row, with: column) else { continue }
                if inner == cavity, outer == muscle, fraction >= Self.agreement {
                    self = .enclosed(inner: inner, outer: outer, fraction: fraction)
                    return
                }
                if fraction > best?.fraction ?? 0 { best = (inner, outer, fraction) }
            }
        }
        guard let best, best.fraction >= Self.enclosure else {
            self = .unclear
            return
        }
        let (inner, outer) = (best.inner, best.outer)
        guard let cavity, let muscle, cavity != inner || muscle != outer else {
            self = .enclosed(inner: inner, outer: outer, fraction: best.fraction)
            return
        }
        var names = [inner.label: cavity.name, outer.label: muscle.name]
        // The remaining names go to the remaining labels, in order.
        var spare = structures.map(\.name).filter { $0 != cavity.name && $0 != muscle.name }
        for structure in structures where names[structure.label] == nil {
            names[structure.label] = spare.removeFirst()
        }
        self = .swapped(
            inner: inner, outer: outer, fraction: best.fraction,
            likely: structures.map { Structure(name: names[$0.label] ?? $0.name, label: $0.label) })
    }

    /// The names that the anatomy suggests, in the order of their labels; nil if it does not contradict the given ones.
    public var likelyNames: [Structure]? {
        if case .swapped(_, _, _, let likely) = self { likely } else { nil }
    }

    /// Returns whether `structures` have the names of a heart, so that the anatomy can be judged.
    static func isAboutHearts(_ structures: [Structure]) -> Bool {
        cavity(of: structures) != nil && muscle(of: structures) != nil
    }

    private static func cavity(of structures: [Structure]) -> Structure? {
        structures.first {
            isName(
                $0.name,
                of: [
                    "lv", "lv cavity", "lv blood pool", "left ventricle", "left ventricle cavity",
                    "left ventricular cavity",
                ])
        }
    }

    private static func muscle(of structures: [Structure]) -> Structure? {
        structures.first {
            isName(
                $0.name, of: ["myo", "myocardium", "lv myo", "lv myocardium", "left ventricular myocardium"])
        }
    }

    private static func isName(_ name: String, of names: [String]) -> Bool {
        names.contains(name.lowercased().replacing("_", with: " "))
    }
}

extension Anatomy: CustomStringConvertible {
    /// One sentence for users.
    public var description: String {
        switch self {
        case .unclear:
            "no label is enclosed by another, as the left ventricle is by the myocardium, so the names cannot be checked"
        case .enclosed(let inner, let outer, let fraction):
            "\(inner.name) (\(inner.label)) is enclosed by \(outer.name) (\(outer.label)) along "
                + "\(percent(fraction)) of its border, as the left ventricle is by the myocardium"
        case .swapped(let inner, let outer, let fraction, let likely):
            "the label names look swapped: label \(inner.label), named \(inner.name), is enclosed by label \(outer.label), "
                + "named \(outer.name), along \(percent(fraction)) of its border, as the left ventricle is by the "
                + "myocardium; likely names are "
                + likely.map { "\($0.name) = \($0.label)" }.joined(separator: ", ")
        }
    }
}

private func percent(_ fraction: Double) -> String { String(format: "%.1f%%", 100 * fraction) }

extension ComponentRule {
    /// Returns the rule that fits `structures`: `heart` if they have the names of a heart's left ventricle and
    /// myocardium, which form one organ; otherwise `largest`.
    public static func fitting(_ structures: [Structure]) -> ComponentRule {
        Anatomy.isAboutHearts(structures) ? .heart : .largest
    }
}
