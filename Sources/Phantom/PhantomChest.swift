import Datasets
import Foundation

/// The shape of the chest around a synthetic heart, and the signal of its tissues: numbers only, so that drawing a
/// pixel touches no reference count. Positions are in mm from the middle of the left ventricle: x towards the back, y
/// towards the feet, z from the base to the apex.
struct PhantomChest: Sendable {
    /// Half-widths, height and lean of the rib cage.
    var front: Float
    var back: Float
    var dome: Float
    var lean: Float
    /// How fast the lung narrows towards the apex, mm a mm, and how far the shoulders rise above it, mm.
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
