import Datasets
import UNetDesign

/// A value of a setting that people write as text.
public protocol PlanValue: Sendable {
    /// Reads `text`; nil where it is no such value.
    static func planValue(of text: String) -> Self?
    /// The value as it is written.
    var planText: String { get }
    /// All values there are, as they are written; empty where there are too many.
    static var planTexts: [String] { get }
}

extension PlanValue {
    /// Nothing: most types have too many values to list.
    public static var planTexts: [String] { [] }
}

extension PlanValue where Self: LosslessStringConvertible {
    /// Reads the value as Swift does.
    public static func planValue(of text: String) -> Self? { Self(text) }
    /// The value as Swift writes it.
    public var planText: String { description }
}

extension PlanValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// The case of this raw value.
    public static func planValue(of text: String) -> Self? { Self(rawValue: text) }
    /// The raw value.
    public var planText: String { rawValue }
    /// All raw values.
    public static var planTexts: [String] { allCases.map(\.rawValue) }
}

extension Int: PlanValue {}
extension UInt64: PlanValue {}
extension Double: PlanValue {}
extension Bool: PlanValue {}
extension Architecture: PlanValue {}
extension Dimensions: PlanValue {}
extension Norm: PlanValue {}
extension SegmentationLoss: PlanValue {}
extension PhaseSelection: PlanValue {}
extension OptimizerChoice: PlanValue {}
extension KernelChoice: PlanValue {}
extension Preparation.Border: PlanValue {}
extension AugmentationPreset: PlanValue {}

/// Names of patients or images.
extension [String]: PlanValue {
    /// Reads names with spaces between them.
    public static func planValue(of text: String) -> [String]? { text.split(separator: " ").map(String.init) }
    /// The names with spaces between them; `none` where there are none.
    public var planText: String { isEmpty ? "none" : joined(separator: " ") }
}

/// The fold that is held out: its number from 0, or `all` to train on all patients.
public enum FoldChoice: PlanValue, Sendable, Equatable {
    /// One fold, by its number.
    case one(Int)
    /// Nobody is held out.
    case all

    /// The fold of this number; nil holds nobody out.
    public init(_ number: Int?) { self = number.map { .one($0) } ?? .all }

    /// Reads a number or `all`.
    public static func planValue(of text: String) -> FoldChoice? {
        text == "all" ? .all : Int(text).map { .one($0) }
    }

    /// The number, or `all`.
    public var planText: String { number.map(String.init) ?? "all" }

    /// The number; nil for all.
    public var number: Int? {
        if case .one(let number) = self { number } else { nil }
    }
}

/// The sides of a patch: a single side, `HxW` or `DxHxW`.
public struct PatchSides: PlanValue, Equatable {
    private let sides: [Int]

    /// Reads one to three whole numbers from 1 to 65,536 with an x between them.
    public static func planValue(of text: String) -> PatchSides? {
        let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        let sides = parts.compactMap { Int($0) }
        guard sides.count == parts.count, (1...3).contains(sides.count),
            sides.allSatisfy({ (1...65_536).contains($0) })
        else { return nil }
        return PatchSides(sides: sides)
    }

    /// The sides with an x between them.
    public var planText: String { sides.map(String.init).joined(separator: "x") }

    /// The patch, with `depth` slices where it was given without.
    public func size(depth: Int) -> PatchSize {
        let plane = sides.suffix(2)
        return PatchSize(
            width: plane[plane.endIndex - 1], height: plane[plane.startIndex],
            depth: sides.count == 3 ? sides[0] : depth)
    }
}
