import Datasets
import Foundation

/// The surroundings of a synthetic heart: the chest's shape, the organs in it, and the noise that makes tissue uneven.
struct PhantomBody: Sendable {
    let chest: PhantomChest
    /// Organs below the diaphragm, later ones in front.
    private(set) var organs: [PhantomBlob] = []
    /// Vessels in the lung, and structures behind the heart.
    private(set) var vessels: [PhantomBlob] = []
    let noise: NoiseField

    init(heart: PhantomHeart, generator: inout SeededGenerator) {
        chest = PhantomChest(heart: heart, generator: &generator)
        noise = NoiseField(generator: &generator)
        addOrgans(&generator)
        addVessels(&generator)
    }

    private mutating func addOrgans(_ generator: inout SeededGenerator) {
        func draw(_ range: ClosedRange<Double>) -> Float { Float(generator.uniform(range)) }
        let level = chest.diaphragm.height
        for _ in 0..<9 {
            organs.append(
                PhantomBlob(
                    x: draw(-70...110), y: level + draw(35...150), z: draw(0...100), radiusX: draw(7...22),
                    radiusY: draw(7...20), radiusZ: draw(30...90), angle: draw(0...3.1),
                    signal: draw(0.15...0.75),
                    texture: draw(0.05...0.35), ink: draw(0.4...0.9)))
        }
        // Kidney, spleen, stomach and liver.
        organs.append(
            PhantomBlob(
                x: draw(50...95), y: level + draw(70...110), z: 40, radiusX: draw(18...25),
                radiusY: draw(24...36),
                radiusZ: 90, angle: draw(-0.4...0.4), signal: draw(0.4...0.65), texture: 0.25, ink: 0.8))
        organs.append(
            PhantomBlob(
                x: draw(62...90), y: level + draw(12...40), z: draw(30...70), radiusX: draw(18...28),
                radiusY: draw(22...38), radiusZ: 80, angle: draw(-0.5...0.5), signal: draw(0.35...0.55),
                texture: 0.06,
                ink: 0.7))
        organs.append(
            PhantomBlob(
                x: draw(20...60), y: level + draw(22...45), z: draw(40...100), radiusX: draw(20...42),
                radiusY: draw(17...32), radiusZ: draw(50...100), angle: draw(-0.6...0.6),
                signal: draw(0.15...1.1),
                texture: draw(0.05...0.5), ink: 0.8))
        organs.append(
            PhantomBlob(
                x: draw(-62 ... -20), y: level + draw(24...46), z: draw(0...70), radiusX: draw(50...95),
                radiusY: draw(26...60), radiusZ: draw(80...140), angle: draw(-0.2...0.45),
                signal: draw(0.22...0.46),
                texture: draw(0.05...0.15), ink: 0.7))
        for _ in 0..<14 {
            organs.append(
                PhantomBlob(
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
                PhantomBlob(
                    x: 22 + cos(angle) * (18 + 75 * away), y: -28 + sin(angle) * (12 + 85 * away),
                    z: draw(-15...100),
                    radiusX: draw(1.2...3.6) * (1.5 - away), radiusY: draw(1.1...2.6) * (1.4 - away),
                    radiusZ: draw(6...22), angle: draw(0...3.1), signal: draw(0.4...1.1) * (1.1 - 0.6 * away),
                    texture: 0, ink: 0))
        }
        // The descending aorta, and the left atrium's rear with a lung vein.
        let x = min(chest.back - 16, draw(46...66)), y = draw(8...0.8 * Double(chest.diaphragm.height))
        vessels.append(
            PhantomBlob(
                x: x + draw(2...14), y: y + draw(4...16), z: 20, radiusX: draw(16...26),
                radiusY: draw(18...30),
                radiusZ: 110, angle: draw(0...1), signal: chest.signal.muscle * draw(1...1.6), texture: 0.3,
                ink: 0)
        )
        vessels.append(
            PhantomBlob(
                x: x, y: y, z: 20, radiusX: draw(11...14), radiusY: draw(12...17), radiusZ: 110,
                angle: draw(-0.4...0.4), signal: chest.signal.muscle * 0.6, texture: 0.1, ink: 0))
        let wall = vessels[vessels.count - 1]
        vessels.append(
            PhantomBlob(
                x: wall.x, y: wall.y, z: 20, radiusX: wall.radiusX - 2.5, radiusY: wall.radiusY - 2.5,
                radiusZ: 108,
                angle: 0, signal: draw(0.8...1.05), texture: 0.08, ink: 0))
        vessels.append(
            PhantomBlob(
                x: draw(28...48), y: draw(-34 ... -12), z: draw(-22 ... -8), radiusX: draw(14...24),
                radiusY: draw(9...17), radiusZ: draw(12...28), angle: draw(-0.8...0.8), signal: draw(0.8...1),
                texture: 0.1, ink: 0))
    }
}

/// An ellipsoid of tissue.
struct PhantomBlob: Sendable {
    var x: Float, y: Float, z: Float
    var radiusX: Float, radiusY: Float, radiusZ: Float
    var angle: Float
    var signal: Float
    /// Strength of its inner pattern, and of the dark line between water and fat around it.
    var texture: Float
    var ink: Float
}

/// The cross section of an ellipsoid at one height.
struct PhantomDisc {
    let x: Float, y: Float, radiusX: Float, radiusY: Float
    let cosine: Float, sine: Float
    let signal: Float, texture: Float, ink: Float
    let reachSquared: Float

    init?(_ blob: PhantomBlob, z: Float) {
        let height = (z - blob.z) / blob.radiusZ
        guard height * height < 0.98 else { return nil }
        let size = (1 - height * height).squareRoot()
        x = blob.x
        y = blob.y
        radiusX = blob.radiusX * size
        radiusY = blob.radiusY * size
        cosine = cos(blob.angle)
        sine = sin(blob.angle)
        signal = blob.signal
        texture = blob.texture
        ink = blob.ink
        let reach = max(radiusX, radiusY) + 4
        reachSquared = reach * reach
    }

    /// Returns the approximate distance in mm from the outline, negative inside; nil far outside.
    @inline(__always)
    func distance(_ px: Float, _ py: Float) -> Float? {
        let dx = px - x, dy = py - y
        guard dx * dx + dy * dy < reachSquared else { return nil }
        let u = (dx * cosine + dy * sine) / radiusX, v = (dy * cosine - dx * sine) / radiusY
        return ((u * u + v * v).squareRoot() - 1) * min(radiusX, radiusY)
    }
}
