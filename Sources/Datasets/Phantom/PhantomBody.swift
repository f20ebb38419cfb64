import Foundation

/// The chest around a synthetic heart. Positions are in mm from the middle of the left ventricle: x towards the
/// back, y towards the feet, z from the base to the apex.
struct PhantomBody: Sendable {
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
    /// Organs below the diaphragm, later ones in front; vessels in the lung; and what lies behind the heart.
    var organs: [Blob]
    var vessels: [Blob]
    var noise: NoiseField

    /// Signal of tissues relative to the left ventricle's blood.
    struct Signal: Sendable {
        var fat: Float
        var muscle: Float
        var lung: Float
        var myocardium: Float
        var rightBlood: Float
    }

    /// An ellipsoid of tissue.
    struct Blob: Sendable {
        var x: Float, y: Float, z: Float
        var radiusX: Float, radiusY: Float, radiusZ: Float
        var angle: Float
        var signal: Float
        /// Strength of its inner pattern, and of the dark line between water and fat around it.
        var texture: Float
        var ink: Float
    }

    init(heart: PhantomHeart, generator: inout SeededGenerator) {
        func draw(_ range: ClosedRange<Double>) -> Float { Float(generator.uniform(range)) }
        let outline = PhantomOutline(heart: heart, phase: .ed, z: heart.length[.ed]! * 0.25, septalAngle: 0)
        let below = outline.border[PhantomOutline.angles * 3 / 4]
        front = outline.border[0] + draw(2...12)
        back = draw(76...106) + 0.3 * outline.border[PhantomOutline.angles / 2]
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
        organs = []
        vessels = []
        noise = NoiseField(generator: &generator)
        addOrgans(&generator)
        addVessels(&generator)
    }

    private mutating func addOrgans(_ generator: inout SeededGenerator) {
        func draw(_ range: ClosedRange<Double>) -> Float { Float(generator.uniform(range)) }
        let level = diaphragm.height
        for _ in 0..<9 {
            organs.append(
                Blob(
                    x: draw(-70...110), y: level + draw(35...150), z: draw(0...100), radiusX: draw(7...22),
                    radiusY: draw(7...20), radiusZ: draw(30...90), angle: draw(0...3.1),
                    signal: draw(0.15...0.75),
                    texture: draw(0.05...0.35), ink: draw(0.4...0.9)))
        }
        // Kidney, spleen, stomach and liver.
        organs.append(
            Blob(
                x: draw(50...95), y: level + draw(70...110), z: 40, radiusX: draw(18...25),
                radiusY: draw(24...36),
                radiusZ: 90, angle: draw(-0.4...0.4), signal: draw(0.4...0.65), texture: 0.25, ink: 0.8))
        organs.append(
            Blob(
                x: draw(62...90), y: level + draw(12...40), z: draw(30...70), radiusX: draw(18...28),
                radiusY: draw(22...38), radiusZ: 80, angle: draw(-0.5...0.5), signal: draw(0.35...0.55),
                texture: 0.06,
                ink: 0.7))
        organs.append(
            Blob(
                x: draw(20...60), y: level + draw(22...45), z: draw(40...100), radiusX: draw(20...42),
                radiusY: draw(17...32), radiusZ: draw(50...100), angle: draw(-0.6...0.6),
                signal: draw(0.15...1.1),
                texture: draw(0.05...0.5), ink: 0.8))
        organs.append(
            Blob(
                x: draw(-62 ... -20), y: level + draw(24...46), z: draw(0...70), radiusX: draw(50...95),
                radiusY: draw(26...60), radiusZ: draw(80...140), angle: draw(-0.2...0.45),
                signal: draw(0.22...0.46),
                texture: draw(0.05...0.15), ink: 0.7))
        for _ in 0..<14 {
            organs.append(
                Blob(
                    x: draw(-70...45), y: level + draw(8...75), z: draw(0...90), radiusX: draw(1.5...4),
                    radiusY: draw(1.5...3.5), radiusZ: draw(12...30), angle: draw(0...3.1),
                    signal: draw(0.55...0.95),
                    texture: 0, ink: 0))
        }
    }

    private mutating func addVessels(_ generator: inout SeededGenerator) {
        func draw(_ range: ClosedRange<Double>) -> Float { Float(generator.uniform(range)) }
        for _ in 0..<110 {
            // Vessels thin out and grow sparse away from the root of the lung, above and behind the heart.
            let away = draw(0...1), angle = draw(-2.9...0.6)
            vessels.append(
                Blob(
                    x: 22 + cos(angle) * (18 + 75 * away), y: -28 + sin(angle) * (12 + 85 * away),
                    z: draw(-15...100),
                    radiusX: draw(1.2...3.6) * (1.5 - away), radiusY: draw(1.1...2.6) * (1.4 - away),
                    radiusZ: draw(6...22), angle: draw(0...3.1), signal: draw(0.4...1.1) * (1.1 - 0.6 * away),
                    texture: 0, ink: 0))
        }
        // The descending aorta, and the left atrium's rear with a lung vein.
        let x = min(back - 16, draw(46...66)), y = draw(8...0.8 * Double(diaphragm.height))
        vessels.append(
            Blob(
                x: x + draw(2...14), y: y + draw(4...16), z: 20, radiusX: draw(16...26),
                radiusY: draw(18...30),
                radiusZ: 110, angle: draw(0...1), signal: signal.muscle * draw(1...1.6), texture: 0.3, ink: 0)
        )
        vessels.append(
            Blob(
                x: x, y: y, z: 20, radiusX: draw(11...14), radiusY: draw(12...17), radiusZ: 110,
                angle: draw(-0.4...0.4), signal: signal.muscle * 0.6, texture: 0.1, ink: 0))
        let wall = vessels[vessels.count - 1]
        vessels.append(
            Blob(
                x: wall.x, y: wall.y, z: 20, radiusX: wall.radiusX - 2.5, radiusY: wall.radiusY - 2.5,
                radiusZ: 108,
                angle: 0, signal: draw(0.8...1.05), texture: 0.08, ink: 0))
        vessels.append(
            Blob(
                x: draw(28...48), y: draw(-34 ... -12), z: draw(-22 ... -8), radiusX: draw(14...24),
                radiusY: draw(9...17), radiusZ: draw(12...28), angle: draw(-0.8...0.8), signal: draw(0.8...1),
                texture: 0.1, ink: 0))
    }
}
