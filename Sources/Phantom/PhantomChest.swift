import Datasets
import Foundation

/// The shape of the chest around a synthetic heart, and the signal of its tissues: numbers only, so that drawing a
/// pixel touches no reference count. Positions are in mm from the middle of the left ventricle: x toward the back, y
/// toward the feet, z from the base to the apex.
struct PhantomChest: Sendable {
    /// Half-widths, height and lean of the rib cage.
    var front: Float
    var back: Float
    var dome: Float
    var lean: Float
    /// How fast the lung narrows toward the apex, mm per mm, and how far the shoulders rise above it, mm.
    var narrowing: Float
    var shoulder: Float
    /// Thickness of the chest wall, and of the fat under the skin, at front and back.
    var wall: (front: Float, back: Float)
    var fat: (front: Float, back: Float)
    /// The diaphragm's height below the axis, its slope along z, and its bend.
    var diaphragm: (height: Float, rise: Float, bend: Float, crest: Float)
    var ribPitch: Float
    var signal: Signal

    /// Signal of tissues relative to the left ventricle's blood.
    struct Signal: Sendable {
        var fat: Float
        var muscle: Float
        var lung: Float
        var myocardium: Float
        var rightBlood: Float
    }

    init(heart: PhantomHeart, generator: inout SeededGenerator) {
        func draw(_ range: ClosedRange<Double>) -> Float { Float(generator.uniform(range)) }
        let outline = PhantomOutline(heart: heart, phase: .ed, z: heart.length[.ed] * 0.25, septalAngle: 0)
        let below = outline.radii[PhantomOutline.angles * 3 / 4].w
        front = outline.radii[0].w + draw(2...12)
        back = draw(76...106) + 0.3 * outline.radii[PhantomOutline.angles / 2].w
        dome = draw(72...128)
        lean = draw(0.08...0.34)
        narrowing = draw(0...0.28)
        shoulder = draw(60...130)
        wall = (draw(18...48), draw(28...52))
        fat = (wall.front * draw(0.3...0.8), wall.back * draw(0.3...0.65))
        diaphragm = (below + draw(-3...7), draw(0.05...0.2), draw(0.002...0.006), draw(-25...25))
        ribPitch = draw(22...30)
        signal = Signal(
            fat: draw(1.0...1.45), muscle: draw(0.19...0.31), lung: draw(0.04...0.10),
            myocardium: draw(0.30...0.46), rightBlood: draw(0.76...0.98))
    }
}

/// The interior of a synthetic heart: papillary muscles, trabeculae and the blood's pattern.
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
    /// Direction of the septum in the picture, and its turn toward the apex (radians per mm).
    var septalAngle: Double
    var septalTwist: Double

    /// The parameters of the pattern inside the heart: numbers only.
    struct Look: Sendable {
        /// How far trabeculae reach inward, as a fraction of the radius: left, right.
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
