import Datasets
import Foundation

/// What is inside a synthetic heart's surfaces: papillary muscles, trabeculae and the blood's pattern.
///
/// Papillary muscles and trabeculae belong to the cavity in the labels, as in ACDC.
struct PhantomInterior: Sendable {
    /// Angle from the septum, distance from the axis and size relative to the cavity's radius.
    var papillary: [(delta: Double, distance: Double, size: Double, from: Double, to: Double)]
    var look: Look
    /// Shift of every slice in mm, from breath to breath.
    var shifts: [(x: Double, y: Double)]
    /// How far the axis leans: mm in plane for each mm along it.
    var lean: (x: Double, y: Double)
    /// Direction of the septum in the picture, and its turn towards the apex (radians a mm).
    var septalAngle: Double
    var septalTwist: Double

    /// What the pattern inside the heart depends on: numbers only.
    struct Look: Sendable {
        /// How far trabeculae reach inwards, as a fraction of the radius: left, right.
        var trabeculae: (left: Float, right: Float)
        /// Strength of the pattern of flowing blood.
        var flow: Float
        /// Thickness in mm of the fat around the heart: its mean and how much it varies.
        var fat: (mean: Float, varies: Float)
    }

    init(depth: Int, generator: inout SeededGenerator) {
        papillary = [1.0, -1.0].map { side in
            (
                delta: side * generator.uniform(1.75...2.45), distance: generator.uniform(0.62...0.8),
                size: generator.uniform(0.13...0.22), from: generator.uniform(0.2...0.35),
                to: generator.uniform(0.62...0.8)
            )
        }
        look = Look(
            trabeculae: (Float(generator.uniform(0.08...0.26)), Float(generator.uniform(0.06...0.26))),
            flow: Float(generator.uniform(0.03...0.12)),
            fat: (Float(generator.uniform(-1.5...2)), Float(generator.uniform(2...7))))
        shifts = (0..<depth).map { _ in
            let spread = generator.chance(0.08) ? 3.0 : 0.7
            let shift = generator.normalPair()
            return (shift.0 * spread, shift.1 * spread)
        }
        lean = (generator.uniform(-0.1...0.14), generator.uniform(-0.05...0.16))
        septalAngle = .pi + generator.uniform(-0.45...0.4)
        septalTwist = generator.uniform(-0.004...0.004)
    }
}
