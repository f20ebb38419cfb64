import Imaging

/// The grids of the scans that a network was trained on, against which others are compared: part of a `TrainingPlan`.
public struct SeenScans: Codable, Sendable, Equatable {
    /// A range of lengths in mm.
    public struct Lengths: Codable, Sendable, Equatable {
        /// The least.
        public var low: Double
        /// The greatest.
        public var high: Double

        /// Creates the range from `low` to `high`.
        public init(low: Double, high: Double) {
            self.low = low
            self.high = high
        }

        fileprivate mutating func add(_ value: Double) {
            (low, high) = (min(low, value), max(high, value))
        }

        /// Whether `value` lies outside by more than a quarter.
        fileprivate func isFar(from value: Double) -> Bool { value < low / 1.25 || value > high * 1.25 }
    }

    /// The spacing of pixels in a slice, along x and y.
    public var pixels: Lengths
    /// The spacing of slices.
    public var slices: Lengths
    /// The shorter side of slices.
    public var side: Lengths

    /// Creates the ranges that cover `grids`; nil if there are none.
    public init?(_ grids: some Sequence<Geometry>) {
        var all: SeenScans?
        for grid in grids {
            let (spacing, side) = (grid.spacing, Self.side(of: grid))
            var one =
                all
                ?? SeenScans(
                    pixels: Lengths(low: spacing.x, high: spacing.x),
                    slices: Lengths(low: spacing.z, high: spacing.z), side: Lengths(low: side, high: side))
            one.pixels.add(spacing.x)
            one.pixels.add(spacing.y)
            one.slices.add(spacing.z)
            one.side.add(side)
            all = one
        }
        guard let all else { return nil }
        self = all
    }

    private init(pixels: Lengths, slices: Lengths, side: Lengths) {
        (self.pixels, self.slices, self.side) = (pixels, slices, side)
    }

    private static func side(of grid: Geometry) -> Double {
        min(Double(grid.width) * grid.spacing.x, Double(grid.height) * grid.spacing.y)
    }

    /// Returns how `grid` differs by more than a quarter from all of these; nothing if it does not.
    public func differences(of grid: Geometry) -> [ScanDifference] {
        let entries: [(ScanDifference.Quantity, Lengths, Double)] = [
            (.pixels, pixels, grid.spacing.x), (.pixels, pixels, grid.spacing.y),
            (.slices, slices, grid.spacing.z), (.side, side, Self.side(of: grid)),
        ]
        var found: [ScanDifference] = []
        for (quantity, seen, value) in entries
        where seen.isFar(from: value) && !found.contains(where: { $0.quantity == quantity }) {
            found.append(ScanDifference(quantity: quantity, found: value, seen: seen))
        }
        return found
    }
}

/// A difference between a scan and all scans that a network was trained on, which makes its prediction doubtful.
public struct ScanDifference: Sendable, Equatable, CustomStringConvertible {
    /// What differs.
    public enum Quantity: Sendable {
        /// The spacing of pixels.
        case pixels
        /// The spacing of slices.
        case slices
        /// The shorter side of slices.
        case side
    }

    /// What differs.
    public var quantity: Quantity
    /// Its value in the scan, mm.
    public var found: Double
    /// The values that the network has seen.
    public var seen: SeenScans.Lengths

    /// A clause, such as `its slices are 2 mm apart, but the network was trained on 5 to 10 mm`.
    public var description: String {
        let fact =
            switch quantity {
            case .pixels: "its pixels are \(text(found)) mm apart"
            case .slices: "its slices are \(text(found)) mm apart"
            case .side: "its slices are \(text(found)) mm wide"
            }
        let range = seen.low == seen.high ? text(seen.low) : "\(text(seen.low)) to \(text(seen.high))"
        return "\(fact), but the network was trained on \(range) mm"
    }

    private func text(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
