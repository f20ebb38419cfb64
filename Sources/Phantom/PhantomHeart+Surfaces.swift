import Datasets
import Foundation

extension PhantomHeart {
    /// Radius in mm of the left ventricle's cavity; 0 below the cavity's tip. Papillary muscles are inside it.
    func endocardium(_ u: Double, _ delta: Double, _ phase: Phase) -> Double {
        let own = cavityProfile(u) * scale[phase].radius * outline(u, delta)
        guard phase == .es, let strength = infarction(u, delta) else { return own }
        let rest = cavityProfile(u) * scale[.ed].radius * outline(u, delta)
        return own + (rest - own) * 0.75 * strength
    }

    /// Radius in mm of the left ventricle's outer surface; 0 below the apex.
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

    /// Radius in mm of the right ventricle's free wall (its inner side); where it is below the left ventricle's
    /// outer surface there is no right ventricle.
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

    /// Radius of the cavity relative to its radius at the base.
    private func cavityProfile(_ u: Double) -> Double {
        let depth = max(u, 0) / 0.91
        guard depth < 1 else { return 0 }
        return (1 - pow(depth, 2.3)).squareRoot() * (0.94 + 0.06 * min(1, max(u, 0) / 0.25))
    }

    /// The factor by which the outline departs from a circle.
    private func outline(_ u: Double, _ delta: Double) -> Double {
        var factor = 1 - shape.flattening * exp(-pow(delta / 0.75, 2))
        for (order, harmonic) in shape.harmonics.enumerated() {
            factor += harmonic.amplitude * cos(Double(order + 2) * delta + harmonic.phase + shape.twist * u)
        }
        return factor
    }

    /// How much a point of the wall belongs to the infarct, 0…1; nil where it does not.
    private func infarction(_ u: Double, _ delta: Double) -> Double? {
        guard let infarct = shape.infarct else { return nil }
        var turn = (delta - infarct.delta).truncatingRemainder(dividingBy: 2 * .pi)
        if turn > .pi { turn -= 2 * .pi }
        if turn < -.pi { turn += 2 * .pi }
        let strength = exp(-pow(turn / infarct.width, 4) - pow((u - infarct.height) / infarct.reach, 4))
        return strength > 0.01 ? strength : nil
    }
}
