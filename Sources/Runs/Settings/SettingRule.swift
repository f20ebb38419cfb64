import Foundation
import Imaging
import UNetDesign

/// A rule for the valid values of a setting, which a given value violates.
public enum SettingRule: Sendable, Equatable {
    /// Numbers between limits.
    case limits(NumberLimits)
    /// Two percentiles, the lower one first.
    case percentiles
    /// Names that are not empty.
    case names
    /// A size that fits the network's poolings; `nearest` is the nearest such size.
    case fitting(poolings: Int, nearest: [Int])
    /// Sides from 1 to `limit` pixels.
    case sides(limit: Int)
    /// A depth of 1, since the network sees slices.
    case oneSlice
    /// A size that leaves more than one pixel after the poolings, as `norm` requires.
    case enoughForNorm(poolings: Int, norm: Norm)
    /// No more values in a feature map than 32 bits can index.
    case featureMap(patch: PatchSize, filters: Int, limit: Int)
    /// No more patches in an epoch than can be ordered in memory.
    case epoch(batchSize: Int)
    /// A loss with a cross-entropy, to which border weights apply.
    case weighableLoss
    /// A usable strength and reach of border weights.
    case borderWeights
    /// At least one structure.
    case structures
    /// A distinct name and label for every structure.
    case distinctStructures
    /// Labels other than 0, which is background.
    case noBackground
    /// The number of output channels that the structures require.
    case outputChannels(expected: Int, structures: [Structure])
    /// The version of the format that this program reads.
    case version(Int)

    /// Returns a clause that describes the valid values.
    ///
    /// - Parameter naming: returns the name of another setting mentioned in the clause.
    public func text(naming: (PlanSetting) -> String = \.name) -> String {
        switch self {
        case .limits(let limits): "it must be \(limits)"
        case .percentiles: "its percentiles must be from 0 to 100, the lower one first"
        case .names: "it must name patients or images"
        case .fitting(let poolings, let nearest):
            "it must fit the network's \(poolings) pooling\(poolings == 1 ? "" : "s"), as \(NetworkDescription.text(nearest)) does"
        case .sides(let limit): "its sides must be from 1 to \(limit) pixels"
        case .oneSlice: "a 2D network needs patches of depth 1"
        case .enoughForNorm(let poolings, let norm):
            "only one pixel of it is left after \(poolings) pooling\(poolings == 1 ? "" : "s"), too few for \(norm.rawValue) "
                + "norm, so make it larger"
        case .featureMap(let patch, let filters, let limit):
            "with patches of \(patch) and \(filters) filters, a feature map would have more than \(limit) values, so reduce "
                + "one of them"
        case .epoch(let batchSize):
            "with batches of \(batchSize), an epoch would have more than 100 million patches, so reduce one of them"
        case .weighableLoss:
            "it must be ce or ce+dice, because \(naming(.of(\.training.borderWeights))) weigh a cross-entropy"
        case .borderWeights:
            "the weight must be from 0 to a million, and its reach greater than 0 and at most 1000 pixels"
        case .structures: "there must be at least one"
        case .distinctStructures: "each must have a unique name and a unique label"
        case .noBackground: "label 0 is the background, so use 1 to 255"
        case .outputChannels(let expected, let structures): "it must be \(expected) for \(structures.text)"
        case .version(let version): "this program reads only version \(version)"
        }
    }
}

/// An interval of numbers.
public struct NumberLimits: Sendable, Equatable {
    /// The lower bound.
    public let lower: Double
    /// The upper bound.
    public let upper: Double
    /// Whether the interval includes `lower`.
    public let includesLower: Bool
    /// Whether the interval includes `upper`.
    public let includesUpper: Bool
    /// The unit, such as `mm`; nil for none.
    public let unit: String?

    private init(_ lower: Double, _ upper: Double, open: (Bool, Bool) = (false, false), unit: String? = nil) {
        (self.lower, self.upper, self.unit) = (lower, upper, unit)
        (includesLower, includesUpper) = (!open.0, !open.1)
    }

    /// Returns the closed interval from `lower` to `upper`.
    static func from(_ lower: Double, to upper: Double, unit: String? = nil) -> NumberLimits {
        NumberLimits(lower, upper, unit: unit)
    }

    /// Returns the interval from `lower`, inclusive, to `upper`, exclusive.
    static func from(_ lower: Double, below upper: Double) -> NumberLimits {
        NumberLimits(lower, upper, open: (false, true))
    }

    /// Returns the interval from `lower`, exclusive, to `upper`, inclusive.
    static func above(_ lower: Double, to upper: Double) -> NumberLimits {
        NumberLimits(lower, upper, open: (true, false))
    }

    /// Returns whether `number` lies within the limits; NaN does not.
    public func contains(_ number: Double) -> Bool {
        (includesLower ? number >= lower : number > lower)
            && (includesUpper ? number <= upper : number < upper)
    }
}

extension NumberLimits: CustomStringConvertible {
    /// A phrase such as `from 1 to 65536`, `at least 0 and less than 1`, or `greater than 0 and at most 1000`.
    public var description: String {
        let (low, high) = (Self.text(lower), Self.text(upper))
        if !includesLower { return "greater than \(low) and at most \(high)" }
        if !includesUpper { return "at least \(low) and less than \(high)" }
        return "from \(low) to \(high)" + (unit.map { " \($0)" } ?? "")
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? String(format: "%.0f", number) : String(format: "%g", number)
    }
}
