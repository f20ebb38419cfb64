import Datasets
import Foundation

/// One synthetic heart: the surfaces of both ventricles at end-diastole and end-systole.
///
/// Every surface is a radius in mm around the left ventricle's long axis, at a height `u` (0 at the plane of the mitral
/// valve, 1 at the outer tip of the apex) and an angle `delta` from the middle of the septum (positive toward the
/// anterior wall). The radii are scaled until the volumes are those drawn for the patient's group, and the myocardium
/// keeps its volume while the heart contracts.
struct PhantomHeart: Sendable {
    let group: PhantomGroup
    let targets: Targets
    /// Outer length of the left ventricle in mm: end-diastole, end-systole.
    private(set) var length: PerPhase<Double>
    /// How far the valve plane has moved toward the apex, mm.
    let descent: PerPhase<Double>
    /// How far the labeled right ventricle reaches above the valve plane, mm.
    let rightReach: Double
    var shape: Shape
    private(set) var scale: PerPhase<Scale>

    /// The target volumes of the heart in ml.
    struct Targets: Sendable {
        var left: PerPhase<Double>
        var right: PerPhase<Double>
        var muscle: Double
    }

    /// Radius, wall thickness and width of the right ventricle at the base, mm.
    struct Scale: Sendable {
        var radius = 25.0
        var wall = 8.0
        var rightWidth = 35.0
    }

    /// The parameters that make this heart's outline unique.
    struct Shape: Sendable {
        /// Relative amplitude and phase of the outline's 2nd to 4th harmonic, and how they turn toward the apex.
        var harmonics: [(amplitude: Double, phase: Double)]
        var twist: Double
        /// Relative thickening of the septum, and flattening of it by the right ventricle.
        var septum: Double
        var flattening: Double
        /// An infarct: where it is, how far it reaches, and how much of the thickness is lost there.
        var infarct: (delta: Double, width: Double, height: Double, reach: Double, loss: Double)?
        /// Angles from the septum's middle to the two edges of the right ventricle, and its lopsidedness.
        var rightAnterior: Double
        var rightInferior: Double
        var rightSlant: Double
        /// Exponent of its width across the septum: small is boxy, large is pointed.
        var rightFullness: Double
        /// Amplitudes of ripples of the right ventricle's free wall.
        var rightRipple: (amplitude: Double, phase: Double)
        /// Fractional growth of wall thickness across the ring and its direction.
        var wallSlant: (amplitude: Double, phase: Double)
    }

    init(group: PhantomGroup, generator: inout SeededGenerator) {
        self.group = group
        let left = generator.uniform(group.leftVolume), right = generator.uniform(group.rightVolume)
        let leftEjection = generator.uniform(group.leftEjection)
        targets = Targets(
            left: PerPhase(ed: left, es: left * (1 - leftEjection)),
            right: PerPhase(ed: right, es: right * (1 - generator.uniform(group.rightEjection))),
            muscle: generator.uniform(group.muscleVolume))
        let long = 92 * pow(left / 150, 0.28) * generator.uniform(0.93...1.07)
        let moved = generator.uniform(0.8...1.2) * (2 + 7 * leftEjection)
        descent = PerPhase(ed: 0, es: moved)
        length = PerPhase(ed: long, es: long - moved - generator.uniform(0...1.5))
        rightReach = generator.uniform(2...6)
        shape = Shape(group: group, generator: &generator)
        scale = PerPhase(ed: Scale(), es: Scale())
        for phase in [Phase.ed, .es] { fit(phase) }
    }

    /// Scales the surfaces of `phase` until the volumes are the targets. End-diastole comes first, because an
    /// infarct keeps its end-diastolic radius.
    private mutating func fit(_ phase: Phase) {
        scale[phase].radius = bisected(5...60, towards: targets.left[phase]) { heart, value in
            heart.scale[phase].radius = value
            return heart.volume(phase) { u, delta in
                let inner = heart.endocardium(u, delta, phase)
                return inner * inner
            }
        }
        scale[phase].wall = bisected(2...40, towards: targets.muscle) { heart, value in
            heart.scale[phase].wall = value
            return heart.volume(phase) { u, delta in
                let inner = heart.endocardium(u, delta, phase), outer = heart.epicardium(u, delta, phase)
                return outer * outer - inner * inner
            }
        }
        scale[phase].rightWidth = bisected(3...120, towards: targets.right[phase]) { heart, value in
            heart.scale[phase].rightWidth = value
            return heart.volume(phase) { u, delta in
                let inner = heart.epicardium(u, delta, phase), outer = heart.rightWall(u, delta, phase)
                return max(0, outer * outer - inner * inner)
            }
        }
    }

    /// Returns the volume in ml inside the squared radius `squared` (mm²), by the midpoint rule over height and angle.
    private func volume(_ phase: Phase, squared: (Double, Double) -> Double) -> Double {
        let heights = 20, angles = 40
        var sum = 0.0
        for row in 0..<heights {
            for column in 0..<angles {
                let delta = (Double(column) + 0.5) / Double(angles) * 2 * .pi - .pi
                sum += squared((Double(row) + 0.5) / Double(heights), delta)
            }
        }
        return sum * .pi * length[phase] / Double(heights * angles) / 1000
    }

    /// Returns the value in `range` at which the increasing `measure` reaches `goal`.
    private func bisected(
        _ range: ClosedRange<Double>, towards goal: Double, measure: (inout PhantomHeart, Double) -> Double
    ) -> Double {
        var trial = self
        var low = range.lowerBound, high = range.upperBound
        for _ in 0..<18 {
            let middle = (low + high) / 2
            if measure(&trial, middle) < goal { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

extension PhantomHeart.Shape {
    init(group: PhantomGroup, generator: inout SeededGenerator) {
        harmonics = [0.045, 0.022, 0.012].map {
            (amplitude: $0 * generator.uniform(0.3...1.3), phase: generator.uniform(0...2 * .pi))
        }
        twist = generator.uniform(-1...1)
        septum = group == .hypertrophic ? generator.uniform(0.35...0.85) : generator.uniform(-0.05...0.18)
        flattening = group == .rightVentricle ? generator.uniform(0.08...0.22) : generator.uniform(0...0.06)
        infarct =
            group == .infarction
            ? (
                delta: generator.uniform(-Double.pi...Double.pi), width: generator.uniform(0.6...1.0),
                height: generator.uniform(0.3...0.9), reach: generator.uniform(0.25...0.5),
                loss: generator.uniform(0.3...0.55)
            ) : nil
        let wide = group == .rightVentricle ? 0.15 : 0
        rightAnterior = generator.uniform(1.1...1.45) + wide
        rightInferior = generator.uniform(1.2...1.55) + wide
        rightSlant = generator.uniform(-0.4...0.3)
        rightFullness = generator.uniform(0.55...1.05)
        rightRipple = (generator.uniform(0...0.06), generator.uniform(0...2 * .pi))
        wallSlant = (generator.uniform(0...0.12), generator.uniform(0...2 * .pi))
    }
}

extension PhantomHeart {
    /// Returns the radius in mm of the left ventricle's cavity; 0 below the cavity's tip. Papillary muscles are inside
    /// it.
    func endocardium(_ u: Double, _ delta: Double, _ phase: Phase) -> Double {
        let own = cavityProfile(u) * scale[phase].radius * outline(u, delta)
        guard phase == .es, let strength = infarction(u, delta) else { return own }
        let rest = cavityProfile(u) * scale[.ed].radius * outline(u, delta)
        return own + (rest - own) * 0.75 * strength
    }

    /// Returns the radius in mm of the left ventricle's outer surface; 0 below the apex.
    func epicardium(_ u: Double, _ delta: Double, _ phase: Phase) -> Double {
        let scale = scale[phase]
        let profile = u < 1 ? (1 - pow(max(u, 0), 2.5)).squareRoot() : 0
        let inner = cavityProfile(u) * scale.radius
        var thickness = max(0, (scale.radius + scale.wall) * profile - inner) * outline(u, delta)
        thickness *= 1 + shape.septum * exp(-pow(delta / 0.9, 2))
        thickness *= 1 + shape.wallSlant.amplitude * cos(delta + shape.wallSlant.phase)
        if let infarct = shape.infarct, let strength = infarction(u, delta) {
            thickness *= 1 - infarct.loss * strength
        }
        return endocardium(u, delta, phase) + thickness
    }

    /// Returns the radius in mm of the right ventricle's free wall (its inner side). Where it is below the left
    /// ventricle's outer surface, the right ventricle is absent.
    func rightWall(_ u: Double, _ delta: Double, _ phase: Phase) -> Double {
        let depth = max(u, 0) / 0.93
        guard depth < 1 else { return 0 }
        let shrink = 1 - 0.3 * max(u, 0)
        let edge = (delta > 0 ? shape.rightAnterior : shape.rightInferior) * shrink
        let across = 1 - (delta / edge) * (delta / edge)
        guard across > 0 else { return 0 }
        let profile = (1 - pow(depth, 2.2)).squareRoot()
        let ripple = 1 + shape.rightRipple.amplitude * cos(5 * delta + shape.rightRipple.phase)
        let width = scale[phase].rightWidth * profile * pow(across, shape.rightFullness) * ripple
        return epicardium(u, delta, phase) + width * (1 + shape.rightSlant * sin(1.3 * delta))
    }

    /// Returns the radius of the cavity relative to its radius at the base.
    private func cavityProfile(_ u: Double) -> Double {
        let depth = max(u, 0) / 0.91
        guard depth < 1 else { return 0 }
        return (1 - pow(depth, 2.3)).squareRoot() * (0.94 + 0.06 * min(1, max(u, 0) / 0.25))
    }

    /// Returns the factor by which the outline deviates from a circle.
    private func outline(_ u: Double, _ delta: Double) -> Double {
        var factor = 1 - shape.flattening * exp(-pow(delta / 0.75, 2))
        for (order, harmonic) in shape.harmonics.enumerated() {
            factor += harmonic.amplitude * cos(Double(order + 2) * delta + harmonic.phase + shape.twist * u)
        }
        return factor
    }

    /// Returns how much a point of the wall belongs to the infarct, 0…1; nil if it does not.
    private func infarction(_ u: Double, _ delta: Double) -> Double? {
        guard let infarct = shape.infarct else { return nil }
        var turn = (delta - infarct.delta).truncatingRemainder(dividingBy: 2 * .pi)
        if turn > .pi { turn -= 2 * .pi }
        if turn < -.pi { turn += 2 * .pi }
        let strength = exp(-pow(turn / infarct.width, 4) - pow((u - infarct.height) / infarct.reach, 4))
        return strength > 0.01 ? strength : nil
    }
}
