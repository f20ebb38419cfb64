import Foundation

/// What is inside a synthetic heart's surfaces: papillary muscles, trabeculae and the blood's pattern.
///
/// Papillary muscles and trabeculae belong to the cavity in the labels, as in ACDC.
struct PhantomInterior: Sendable {
    /// Angle from the septum, distance from the axis and size relative to the cavity's radius.
    var papillary: [(delta: Double, distance: Double, size: Double, from: Double, to: Double)]
    /// How far trabeculae reach inwards, as a fraction of the radius: left, right.
    var trabeculae: (left: Float, right: Float)
    /// Strength of the pattern of flowing blood.
    var flow: Float
    /// Thickness in mm of the fat around the heart: its mean and how much it varies.
    var fat: (mean: Float, varies: Float)
    /// Shift of every slice in mm, from breath to breath.
    var shifts: [(x: Double, y: Double)]
    /// How far the axis leans: mm in plane for each mm along it.
    var lean: (x: Double, y: Double)
    /// Direction of the septum in the picture, and its turn towards the apex (radians a mm).
    var septalAngle: Double
    var septalTwist: Double

    init(depth: Int, generator: inout SeededGenerator) {
        papillary = [1.0, -1.0].map { side in
            (
                delta: side * generator.uniform(1.75...2.45), distance: generator.uniform(0.62...0.8),
                size: generator.uniform(0.13...0.22), from: generator.uniform(0.2...0.35),
                to: generator.uniform(0.62...0.8)
            )
        }
        trabeculae = (Float(generator.uniform(0.08...0.26)), Float(generator.uniform(0.06...0.26)))
        flow = Float(generator.uniform(0.03...0.12))
        fat = (Float(generator.uniform(-1.5...2)), Float(generator.uniform(2...7)))
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

/// The heart cut at one height for drawing over the body.
struct PhantomHeartSection {
    let outline: PhantomOutline
    let interior: PhantomInterior
    let signal: PhantomBody.Signal
    let centre: (x: Float, y: Float)
    let z: Float
    private let papillary: [PhantomBody.Disc]

    init(
        outline: PhantomOutline, interior: PhantomInterior, signal: PhantomBody.Signal,
        centre: (x: Double, y: Double), z: Double
    ) {
        self.outline = outline
        self.interior = interior
        self.signal = signal
        self.centre = (Float(centre.x), Float(centre.y))
        self.z = Float(z)
        papillary = interior.papillary.compactMap { muscle in
            guard muscle.from...muscle.to ~= outline.height else { return nil }
            let angle = outline.septalAngle + muscle.delta
            var turn = muscle.delta / (2 * .pi)
            turn -= turn.rounded(.down)
            let radius = Double(outline.endocardium[Int(turn * Double(PhantomOutline.angles - 1))])
            // Relative to the cavity they swell while it empties, as real ones do.
            let size = max(3.2, min(8, muscle.size * radius * (1 + 6 / (radius + 4))))
            let middle = (muscle.from + muscle.to) / 2, half = (muscle.to - muscle.from) / 2
            let blob = PhantomBody.Blob(
                x: Float(centre.x + cos(angle) * radius * muscle.distance),
                y: Float(centre.y + sin(angle) * radius * muscle.distance), z: Float(middle),
                radiusX: Float(size * 1.25), radiusY: Float(size), radiusZ: Float(half * 1.1),
                angle: Float(angle),
                signal: 0, texture: 0, ink: 0)
            return PhantomBody.Disc(blob, z: Float(outline.height))
        }
    }

    /// How far the drawing reaches from the axis, mm.
    var reach: Float { outline.reach + interior.fat.mean + interior.fat.varies + 4 }

    /// Signal at a point (mm) where the body without the heart gives `behind`, and the point's label.
    @inline(__always)
    func signal(
        _ x: Float, _ y: Float, behind: Float, pixel: Float, noise: NoiseField.Sampler
    ) -> (value: Float, label: UInt8) {
        let dx = x - centre.x, dy = y - centre.y
        let radius = (dx * dx + dy * dy).squareRoot()
        guard radius < reach else { return (behind, 0) }
        let ring = Float(PhantomOutline.angles)
        var turn = (atan2(dy, dx) - Float(outline.septalAngle)) / (2 * .pi)
        turn -= turn.rounded(.down)
        let place = turn * ring
        let first = min(Int(place), PhantomOutline.angles - 1)
        let second = (first + 1) & (PhantomOutline.angles - 1)
        let rest = place - Float(first)
        @inline(__always) func read(_ table: [Float]) -> Float {
            table[first] + (table[second] - table[first]) * rest
        }
        let border = radius - read(outline.border)
        let deep = z / 14
        let fat = interior.fat.mean + interior.fat.varies * noise(x / 17, y / 17, deep)
        var value = behind
        if border > max(0, fat) + 3 { return (value, 0) }
        value += (signal.fat * 0.9 - value) * covered(border - max(0, fat), pixel)
        value *= 1 - 0.45 * exp(-border * border / 0.9)
        let grain = noise(x / 3.2, y / 3.2, deep * 3)
        let muscle = signal.myocardium * (1 + 0.07 * grain + 0.08 * noise(x / 11, y / 11, deep))
        value += (muscle - value) * covered(border, pixel)

        let outside = radius - read(outline.epicardium)
        let toRight = max(radius - read(outline.rightWall), -outside)
        let toLeft = radius - read(outline.endocardium)
        let swirl =
            1 + interior.flow * (noise(x / 10 + 3, y / 10, deep) + 0.5 * noise(x / 4, y / 4 + 7, deep * 2))
        if toRight < pixel {
            let strength = interior.trabeculae.right * 30
            let beam =
                noise(x / 4.2 + 8, y / 4.2, deep * 1.6) - 0.22 + max(0, -toRight) / max(strength, 1) * 0.9
            let blood = signal.rightBlood * swirl
            let mixture = muscle + (blood - muscle) * min(1, max(0.1, beam * 3 + 1))
            value += (mixture - value) * covered(toRight, pixel)
        }
        if toLeft < pixel {
            let depth = max(0, -toLeft)
            let band =
                interior.trabeculae.left * (0.5 + Float(max(0, outline.height))) * max(radius + depth, 8)
            let beam = noise(x / 4.5, y / 4.5 + 4, deep * 1.6) - 0.2 + depth / max(band, 0.8) * 0.7
            var blood = swirl * min(1, max(0, beam * 4 + 1))
            for disc in papillary {
                guard let distance = disc.distance(x, y) else { continue }
                blood *= 1 - covered(distance, pixel * 1.4)
            }
            value += (muscle + (swirl - muscle) * min(1, blood) - value) * covered(toLeft, pixel)
        }
        let label: UInt8 =
            outline.showsLeft && toLeft < 0 && outline.height >= 0
            ? 3 : outline.showsLeft && outside < 0 ? 2 : outline.showsRight && toRight < 0 ? 1 : 0
        return (value, label)
    }
}
