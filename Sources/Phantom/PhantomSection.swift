import Foundation

/// A cross section of the body, ready for drawing, with only the parts that are cut. Valid only inside
/// `PhantomBody.withSection`.
struct PhantomSection {
    let chest: PhantomChest
    let z: Float
    let organs: UnsafeBufferPointer<PhantomDisc>
    let vessels: UnsafeBufferPointer<PhantomDisc>
}

extension PhantomBody {
    /// Calls `body` with the cross section at height `z` (mm).
    func withSection<Result>(z: Double, _ body: (PhantomSection) -> Result) -> Result {
        let organs = organs.compactMap { PhantomDisc($0, z: Float(z)) }
        let vessels = vessels.compactMap { PhantomDisc($0, z: Float(z)) }
        return organs.withUnsafeBufferPointer { organs in
            vessels.withUnsafeBufferPointer { vessels in
                body(PhantomSection(chest: chest, z: Float(z), organs: organs, vessels: vessels))
            }
        }
    }
}

extension PhantomSection {
    /// Returns the signal of the tissue at a point (mm) without the heart; `pixel` is the pixel's size in mm.
    @inline(__always)
    func signal(_ x: Float, _ y: Float, pixel: Float, noise: NoiseField.Sampler) -> Float {
        let deep = z / 40
        let wx = x + 8 * noise(x / 48, y / 48, deep) + 2.2 * noise(x / 13 + 9, y / 13, deep * 2)
        let wy = y + 8 * noise(x / 48 + 5, y / 48 + 11, deep) + 2.2 * noise(x / 13 + 3, y / 13 + 7, deep * 2)

        // Toward the apex, the lung gives way to the chest wall at the front and above.
        let front = chest.front - chest.narrowing * max(0, z - 30)
        let middle = (chest.back - front) / 2, half = (chest.back + front) / 2
        let dome = chest.dome - 1.5 * chest.narrowing * max(0, z - 20)
        let along = wx - middle + chest.lean * min(wy, 60) * (wy < 0 ? 1 : 0.4)
        let down = wy + 12
        let tall = down < 0 ? down / dome : down / 330
        let across = along / half
        let inside = ((across * across + tall * tall).squareRoot() - 1) * half

        let side = min(1, max(0, 0.5 + 0.7 * across))
        let shift = (chest.back + chest.wall.back - chest.front - chest.wall.front) / 2
        let outerHalf = (chest.front + chest.wall.front + chest.back + chest.wall.back) / 2
        let outerTall = down < 0 ? down / (chest.dome + chest.shoulder) : down / 420
        let outerAcross = (along + middle - shift) / outerHalf
        let outside = ((outerAcross * outerAcross + outerTall * outerTall).squareRoot() - 1) * outerHalf
        if outside > pixel { return 0 }

        var value: Float
        if inside > 0.7 * pixel {
            value = wallSignal(
                wx, wy, inside: inside, outside: outside, side: side, pixel: pixel, noise)
        } else {
            let fromCrest = wx - chest.diaphragm.crest
            let level =
                chest.diaphragm.height - chest.diaphragm.rise * z + chest.diaphragm.bend * fromCrest
                * fromCrest
            let below = wy - level
            if below > 0.7 * pixel {
                value = abdomenSignal(wx, wy, pixel: pixel, noise)
            } else if below > -pixel * 0.5 {
                value = chest.signal.muscle
            } else {
                value = lungSignal(wx, wy, pixel: pixel, noise)
            }
        }
        let line = inside / 0.9
        value *= 1 - 0.6 * exp(-line * line)
        return value * covered(outside, pixel)
    }

    /// Skin, fat, muscle and ribs.
    @inline(__always)
    private func wallSignal(
        _ x: Float, _ y: Float, inside: Float, outside: Float, side: Float, pixel: Float,
        _ noise: NoiseField.Sampler
    ) -> Float {
        let grain = noise(x / 4, y / 4, z / 9)
        let fat = chest.signal.fat * (1 + 0.06 * grain)
        let thickness = chest.fat.front + (chest.fat.back - chest.fat.front) * side
        let underFat = outside + thickness
        var value = fat
        // Layers of muscle and the fat between them run along the wall.
        let layer = noise(inside / 6, (x + y) / 30, z / 30) + 0.5 * noise(x / 22 + 2, y / 22, z / 25)
        let muscle = chest.signal.muscle * (1 + 0.1 * grain + 0.15 * noise(inside / 3, (x + y) / 12, z / 20))
        let mass =
            muscle + (fat * 0.9 - muscle) * min(1, max(0, (layer - 0.38 + 0.012 * max(0, inside - 14)) * 5))
        value += (mass - value) * covered(underFat, pixel)
        value *= 1 - 0.5 * exp(-underFat * underFat / 1.2)
        if inside < 16 {
            let uneven = noise(x / 40, y / 40 + 9, z / 30)
            let turn = (y + 0.3 * x) / chest.ribPitch + 0.5 * uneven
            let place = (turn - turn.rounded(.down) - 0.5) * chest.ribPitch / (6 + 3 * uneven)
            let thick = (inside - 6.5) / (3.6 + uneven)
            let rib = ((place * place + thick * thick).squareRoot() - 1) * 3.6
            let marrow = chest.signal.muscle * (1.3 + 0.7 * noise(x / 25, y / 25, z / 15))
            value += (0.1 - value) * 0.8 * covered(rib, pixel * 1.5)
            value += (marrow - value) * covered(rib + 1.8, pixel * 1.5)
        }
        return value
    }

    /// Dark lung with bright vessels, and the structures behind the heart.
    @inline(__always)
    private func lungSignal(_ x: Float, _ y: Float, pixel: Float, _ noise: NoiseField.Sampler) -> Float {
        var value = chest.signal.lung * (1 + 0.5 * noise(x / 6, y / 6, z / 8))
        for disc in vessels {
            guard let distance = disc.distance(x, y) else { continue }
            let inner = disc.signal * (1 + disc.texture * noise(x / 6, y / 6, z / 9))
            value += (inner - value) * covered(distance, pixel * 1.3)
        }
        return value
    }

    /// Fat, loops of bowel, and the organs.
    @inline(__always)
    private func abdomenSignal(_ x: Float, _ y: Float, pixel: Float, _ noise: NoiseField.Sampler) -> Float {
        let loops = noise(x / 19, y / 17, z / 22) + 0.35 * noise(x / 7, y / 7, z / 9)
        let content = 0.3 + 0.25 * noise(x / 30 + 4, y / 30, z / 30)
        var value = chest.signal.fat * 0.85
        value += (content - value) * covered((0.08 - loops) * 12, pixel)
        let edge = (loops - 0.08) * 9
        value *= 1 - 0.7 * exp(-edge * edge)
        let fine = noise(x / 5 + 2, y / 5, z / 8)
        for disc in organs {
            guard let distance = disc.distance(x, y) else { continue }
            let inner = disc.signal * (1 + disc.texture * fine)
            value += (inner - value) * covered(distance, pixel)
            value *= 1 - disc.ink * exp(-distance * distance / 1.1)
        }
        return value
    }
}

/// Returns the fraction of a pixel inside an edge that is `distance` mm away (negative inside).
@inline(__always)
func covered(_ distance: Float, _ pixel: Float) -> Float {
    min(1, max(0, 0.5 - distance / pixel))
}
