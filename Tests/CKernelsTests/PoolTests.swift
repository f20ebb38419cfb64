import CKernels
import Testing

@Suite("Max-pool")
struct PoolTests {
    /// Pooled values and, for each, the place of the first largest of its four pixels.
    static func reference(_ pool: ck_pool, _ x: [Float]) -> (pooled: [Float], places: [Int]) {
        let (height, width, channels) = (Int(pool.height), Int(pool.width), Int(pool.channels))
        var (pooled, places) = ([Float](), [Int]())
        for plane in 0..<Int(pool.planes) {
            for y in 0..<height / 2 {
                for column in 0..<width / 2 {
                    for c in 0..<channels {
                        let four = [(0, 0), (0, 1), (1, 0), (1, 1)].map { dy, dx in
                            ((plane * height + 2 * y + dy) * width + 2 * column + dx) * channels + c
                        }
                        let best = four.max { x[$0] < x[$1] || (x[$0] == x[$1] && $0 > $1) }!
                        pooled.append(x[best])
                        places.append(best)
                    }
                }
            }
        }
        return (pooled, places)
    }

    static let shapes = [
        (1, 2, 2, 1), (2, 7, 5, 3), (1, 8, 10, 16), (3, 9, 6, 24), (1, 1, 4, 8), (1, 70, 33, 40),
    ]

    @Test("Forward and backward, odd sizes and ties", arguments: shapes, [false, true])
    func definition(shape: (Int, Int, Int, Int), normed: Bool) {
        let pool = ck_pool(
            planes: Int32(shape.0), height: Int32(shape.1), width: Int32(shape.2), channels: Int32(shape.3))
        let (pixels, channels) = (shape.0 * shape.1 * shape.2, shape.3)
        var noise = Noise(seed: pixels)
        let x = noise.floats(pixels * channels).map { ($0 * 4).rounded() }
        let (scale, shift) = (noise.floats(channels), noise.floats(channels))
        let skip = noise.floats(x.count)
        let gradient = noise.floats(shape.0 * (shape.1 / 2) * (shape.2 / 2) * channels)
        for isa in instructionSets {
            withTeam(isa, threads: 2) { team in
                var z = x
                if normed { ck_norm_relu(pixels, Int32(channels), x, scale, shift, &z, team) }
                let want = Self.reference(pool, z)
                var stored = Kernels.poison(x.count)
                var pooled = Kernels.poison(gradient.count)
                var dx = Kernels.poison(x.count)
                var plain = Kernels.poison(x.count)
                withUnsafePointer(to: pool) { pool in
                    ck_max_pool(pool, x, normed ? scale : nil, normed ? shift : nil, &stored, &pooled, team)
                    ck_max_pool_backward(
                        pool, x, normed ? scale : nil, normed ? shift : nil, gradient, skip, &dx, team)
                    ck_max_pool_backward(
                        pool, x, normed ? scale : nil, normed ? shift : nil, gradient, nil, &plain, team)
                }
                #expect(stored == z)
                #expect(pooled == want.pooled)
                var expected = [Float](repeating: 0, count: x.count)
                for (place, g) in zip(want.places, gradient) { expected[place] = g }
                #expect(plain == expected)
                #expect(dx == zip(expected, skip).map { $0 + $1 })
            }
        }
    }

    @Test("NaN is the largest")
    func nan() {
        for isa in instructionSets {
            withTeam(isa) { team in
                for place in 0..<4 {
                    var x: [Float] = [1, 5, 2, 3]
                    x[place] = .nan
                    var pooled: [Float] = [0]
                    withUnsafePointer(to: ck_pool(planes: 1, height: 2, width: 2, channels: 1)) {
                        ck_max_pool($0, x, nil, nil, nil, &pooled, team)
                    }
                    #expect(pooled[0].isNaN)
                }
            }
        }
    }
}
