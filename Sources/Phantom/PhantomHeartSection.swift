import Datasets
import Foundation

/// A cross section of the heart for drawing over the body. Valid only as long as its radii.
struct PhantomHeartSection {
    private let radii: UnsafePointer<SIMD4<Float>>
    private let height: Float
    private let septalAngle: Float
    private let shows: (left: Bool, right: Bool)
    private let look: PhantomInterior.Look
    private let signal: PhantomChest.Signal
    private let center: (x: Float, y: Float)
    private let z: Float
    private let papillary: (PhantomDisc?, PhantomDisc?)
    /// How far the drawing reaches from the axis, mm.
    private let reach: Float

    /// Creates a cut at `z` mm with its axis at `center` mm; `radii` are those of `outline`.
    init(
        outline: PhantomOutline, radii: UnsafePointer<SIMD4<Float>>, interior: PhantomInterior,
        signal: PhantomChest.Signal, center: (x: Double, y: Double), z: Double
    ) {
        self.radii = radii
        height = Float(outline.height)
        septalAngle = Float(outline.septalAngle)
        shows = (outline.showsLeft, outline.showsRight)
        look = interior.look
        self.signal = signal
        self.center = (Float(center.x), Float(center.y))
        self.z = Float(z)
        reach = outline.reach + interior.look.fat.mean + interior.look.fat.varies + 4
        let discs: [PhantomDisc?] = interior.papillary.map { muscle in
            guard muscle.from...muscle.to ~= outline.height else { return nil }
            let angle = outline.septalAngle + muscle.delta
            var turn = muscle.delta / (2 * .pi)
            turn -= turn.rounded(.down)
            let radius = Double(outline.radii[Int(turn * Double(PhantomOutline.angles))].x)
            // Relative to the cavity they swell as it empties, like real ones.
            let size = max(3.2, min(8, muscle.size * radius * (1 + 6 / (radius + 4))))
            let middle = (muscle.from + muscle.to) / 2, half = (muscle.to - muscle.from) / 2
            let blob = PhantomBlob(
                x: Float(center.x + cos(angle) * radius * muscle.distance),
                y: Float(center.y + sin(angle) * radius * muscle.distance), z: Float(middle),
                radiusX: Float(size * 1.25), radiusY: Float(size), radiusZ: Float(half * 1.1),
                angle: Float(angle),
                signal: 0, texture: 0, ink: 0)
            return PhantomDisc(blob, z: Float(outline.height))
        }
        papillary = (discs[0], discs[1])
    }

    /// Returns the signal at a point (mm), given that of the body `behind` the heart, and the point's label.
    @inline(__always)
    func signal(
        _ x: Float, _ y: Float, behind: Float, pixel: Float, noise: NoiseField.Sampler
    ) -> (value: Float, label: UInt8) {
        let dx = x - center.x, dy = y - center.y
        let radius = (dx * dx + dy * dy).squareRoot()
        guard radius < reach else { return (behind, 0) }
        var turn = (atan2(dy, dx) - septalAngle) / (2 * .pi)
        turn -= turn.rounded(.down)
        let place = turn * Float(PhantomOutline.angles)
        let first = min(Int(place), PhantomOutline.angles - 1)
        let surfaces = radii[first] + (radii[first + 1] - radii[first]) * (place - Float(first))
        let border = radius - surfaces.w
        let deep = z / 14
        let fat = look.fat.mean + look.fat.varies * noise(x / 17, y / 17, deep)
        var value = behind
        if border > max(0, fat) + 3 { return (value, 0) }
        value += (signal.fat * 0.9 - value) * covered(border - max(0, fat), pixel)
        value *= 1 - 0.45 * exp(-border * border / 0.9)
        let grain = noise(x / 3.2, y / 3.2, deep * 3)
        let muscle = signal.myocardium * (1 + 0.07 * grain + 0.08 * noise(x / 11, y / 11, deep))
        value += (muscle - value) * covered(border, pixel)

        let outside = radius - surfaces.y
        let toRight = max(radius - surfaces.z, -outside)
        let toLeft = radius - surfaces.x
        let swirl =
            1 + look.flow * (noise(x / 10 + 3, y / 10, deep) + 0.5 * noise(x / 4, y / 4 + 7, deep * 2))
        if toRight < pixel {
            let strength = look.trabeculae.right * 30
            let beam =
                noise(x / 4.2 + 8, y / 4.2, deep * 1.6) - 0.22 + max(0, -toRight) / max(strength, 1) * 0.9
            let blood = signal.rightBlood * swirl
            let mixture = muscle + (blood - muscle) * min(1, max(0.1, beam * 3 + 1))
            value += (mixture - value) * covered(toRight, pixel)
        }
        if toLeft < pixel {
            let depth = max(0, -toLeft)
            let band =
                look.trabeculae.left * (0.5 + max(0, height)) * max(radius + depth, 8)
            let beam = noise(x / 4.5, y / 4.5 + 4, deep * 1.6) - 0.2 + depth / max(band, 0.8) * 0.7
            var blood = swirl * min(1, max(0, beam * 4 + 1))
            if let distance = papillary.0?.distance(x, y) { blood *= 1 - covered(distance, pixel * 1.4) }
            if let distance = papillary.1?.distance(x, y) { blood *= 1 - covered(distance, pixel * 1.4) }
            value += (muscle + (swirl - muscle) * min(1, blood) - value) * covered(toLeft, pixel)
        }
        let label: UInt8 =
            shows.left && toLeft < 0 ? 3 : shows.left && outside < 0 ? 2 : shows.right && toRight < 0 ? 1 : 0
        return (value, label)
    }
}

/// The outline of a heart at one height: its surfaces as radii (mm) around the long axis at evenly spaced angles from
/// the septum's middle, ready for drawing.
struct PhantomOutline: Sendable {
    static let angles = 256

    /// Height of the cut: 0 at the valve plane, 1 at the apex, negative above the valves.
    let height: Double
    /// Angle in the image (radians, from +x toward +y) of the septum's middle.
    let septalAngle: Double
    /// The radii, at every angle, of the left ventricle's cavity, of its outer surface, of the right ventricle's free
    /// wall, and of the heart's outer border; the first again at the end.
    private(set) var radii: [SIMD4<Float>] = []
    /// Whether the cut shows labeled ventricles, and not only the parts above them.
    let showsLeft: Bool
    let showsRight: Bool
    private(set) var reach: Float = 0

    init(heart: PhantomHeart, phase: Phase, z: Double, septalAngle: Double) {
        let fromBase = z - heart.descent[phase]
        height = fromBase / heart.length[phase]
        showsLeft = height >= 0
        showsRight = fromBase >= -heart.rightReach
        self.septalAngle = septalAngle
        let freeWall = heart.group == .rightVentricle ? 4.0 : 3.0
        // Above the valves, the same walls continue as atria and great vessels and close slowly.
        let closing = height < 0 ? max(0.55, 1 + 0.9 * height) : 1
        for index in 0..<Self.angles {
            var delta = 2 * Double.pi * Double(index) / Double(Self.angles)
            if delta > .pi { delta -= 2 * .pi }
            let outer = heart.epicardium(height, delta, phase) * closing
            var inner = heart.endocardium(height, delta, phase) * closing
            if height < 0 { inner = max(inner, outer - 3.5) }
            let right = outer > 0 ? heart.rightWall(height, delta, phase) * closing : 0
            let wall = freeWall * min(1, max(0, (right - outer) / 3))
            let border = max(outer, right + wall)
            radii.append(SIMD4(Float(inner), Float(outer), Float(right), Float(border)))
            reach = max(reach, Float(border))
        }
        radii.append(radii[0])
    }

    /// Areas in mm² of the right ventricle's cavity, the myocardium and the left ventricle's cavity.
    var areas: (right: Double, muscle: Double, left: Double) {
        var areas = (right: 0.0, muscle: 0.0, left: 0.0)
        for index in 0..<Self.angles {
            let inner = Double(radii[index].x), outer = Double(radii[index].y)
            let right = Double(radii[index].z)
            areas.left += inner * inner
            areas.muscle += outer * outer - inner * inner
            areas.right += max(0, right * right - outer * outer)
        }
        let sector = Double.pi / Double(Self.angles)
        return (
            showsRight ? areas.right * sector : 0, showsLeft ? areas.muscle * sector : 0,
            showsLeft ? areas.left * sector : 0
        )
    }
}
