import CKernels
import Testing

@Suite("Max-pool")
struct PoolTests {
    /// Pooled values and, for each, the place of the first largest of its four or eight pixels.
    static func reference(_ pool: ck_pool, _ x: [Float]) -> (pooled: [Float], places: [Int]) {
        let (depth, height, width) = (Int(pool.depth), Int(pool.height), Int(pool.width))
        let (channels, kernelDepth) = (Int(pool.channels), Int(pool.kernel_depth))
        var (pooled, places) = ([Float](), [Int]())
        for plane in 0..<Int(pool.batch) * (depth / kernelDepth) {
            let (batch, z) = (plane / (depth / kernelDepth), plane % (depth / kernelDepth) * kernelDepth)
            for y in 0..<height / 2 {
                for column in 0..<width / 2 {
                    for c in 0..<channels {
                        let pixels = (0..<4 * kernelDepth).map { k in
                            (((batch * depth + z + k / 4) * height + 2 * y + k / 2 % 2) * width + 2 * column
                                + k % 2) * channels + c
                        }
                        let best = pixels.max { x[$0] < x[$1] || (x[$0] == x[$1] && $0 > $1) }!
                        pooled.append(x[best])
                        places.append(best)
                    }
                }
            }
        }
        return (pooled, places)
    }

    /// Batch, depth, height, width, channels, kernel depth.
    static let shapes = [
        [1, 1, 2, 2, 1, 1], [2, 1, 7, 5, 3, 1], [1, 1, 8, 10, 16, 1], [1, 3, 9, 6, 24, 1],
        [1, 1, 1, 4, 8, 1],
        [1, 1, 70, 33, 40, 1], [2, 2, 2, 2, 5, 2], [2, 5, 7, 5, 17, 2], [1, 4, 6, 8, 16, 2],
        [1, 1, 4, 4, 8, 2],
    ]

    @Test("Forward and backward, odd sizes and ties", arguments: shapes, [false, true])
    func definition(shape: [Int], normed: Bool) {
        let sizes = shape.map { Int32($0) }
        let pool = ck_pool(
            batch: sizes[0], depth: sizes[1], height: sizes[2], width: sizes[3], channels: sizes[4],
            kernel_depth: sizes[5])
        let (pixels, channels) = (shape[..<4].reduce(1, *), shape[4])
        let pooledPixels = shape[0] * (shape[1] / shape[5]) * (shape[2] / 2) * (shape[3] / 2)
        var noise = Noise(seed: pixels)
        let x = noise.floats(pixels * channels).map { ($0 * 4).rounded() }
        let (scale, shift) = (noise.floats(channels), noise.floats(channels))
        let skip = noise.floats(x.count)
        let gradient = noise.floats(pooledPixels * channels)
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
                    withUnsafePointer(
                        to: ck_pool(
                            batch: 1, depth: 1, height: 2, width: 2, channels: 1, kernel_depth: 1)
                    ) {
                        ck_max_pool($0, x, nil, nil, nil, &pooled, team)
                    }
                    #expect(pooled[0].isNaN)
                }
            }
        }
    }
}
