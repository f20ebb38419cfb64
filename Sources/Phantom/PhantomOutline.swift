import Datasets
import Foundation

/// A heart cut at one height: its surfaces as radii (mm) around the long axis at evenly spaced angles from the
/// septum's middle, ready for drawing.
struct PhantomOutline: Sendable {
    static let angles = 256

    /// Height of the cut: 0 at the valve plane, 1 at the apex, negative above the valves.
    let height: Double
    /// Angle in the image (radians, from +x towards +y) of the septum's middle.
    let septalAngle: Double
    /// At every angle the radii of the left ventricle's cavity, of its outer surface, of the right ventricle's
    /// free wall, and of the heart's outer border; the first again at the end.
    private(set) var radii: [SIMD4<Float>] = []
    /// Whether the cut shows ventricles that are labeled, and not only what lies above them.
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
        // Above the valves the same walls go on as atria and great vessels and close slowly.
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
