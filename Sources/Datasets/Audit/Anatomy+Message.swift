import Foundation
import Imaging

extension Anatomy: CustomStringConvertible {
    /// One sentence for a person.
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
