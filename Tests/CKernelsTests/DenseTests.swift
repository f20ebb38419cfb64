import CKernels
import Testing

@Suite("1×1 and transposed convolution")
struct DenseTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        var batch = 1
        var depth = 1
        var height: Int
        var width: Int
        var input: Int
        var output: Int
        var kernel = (1, 1, 1)

        var dense: ck_dense {
            ck_dense(
                batch: Int32(batch), depth: Int32(depth), height: Int32(height), width: Int32(width),
                in_channels: Int32(input), out_channels: Int32(output),
                kernel: (Int32(kernel.0), Int32(kernel.1), Int32(kernel.2)))
        }
        var taps: Int { kernel.0 * kernel.1 * kernel.2 }
        var pixels: Int { batch * depth * height * width }
        var testDescription: String {
            "\(batch)×\(depth)×\(height)×\(width), \(input) → \(output), \(kernel)"
        }

        /// Calls `visit(input pixel, output pixel, tap)`.
        func forEachPair(_ visit: (Int, Int, Int) -> Void) {
            for pixel in 0..<pixels {
                let (x, y) = (pixel % width, pixel / width % height)
                let (z, b) = (pixel / width / height % depth, pixel / width / height / depth)
                for tap in 0..<taps {
                    let (i, j, k) = (tap / kernel.2 / kernel.1, tap / kernel.2 % kernel.1, tap % kernel.2)
                    let plane = (b * depth + z) * kernel.0 + i
                    visit(
                        pixel, ((plane * height + y) * kernel.1 + j) * width * kernel.2 + x * kernel.2 + k,
                        tap)
                }
            }
        }

        /// Where PyTorch keeps a weight.
        func weight(_ input: Int, _ output: Int, _ tap: Int) -> Int {
            taps == 1 ? output * self.input + input : (input * self.output + output) * taps + tap
        }
    }

    static let shapes = [
        Shape(height: 13, width: 11, input: 16, output: 4), Shape(height: 1, width: 1, input: 3, output: 1),
        Shape(batch: 2, depth: 3, height: 20, width: 21, input: 17, output: 33),
        Shape(batch: 2, height: 9, width: 50, input: 24, output: 8, kernel: (1, 2, 2)),
        Shape(height: 5, width: 3, input: 7, output: 3, kernel: (1, 2, 2)),
        Shape(height: 4, width: 4, input: 200, output: 100, kernel: (1, 2, 2)),
        Shape(batch: 2, depth: 3, height: 4, width: 6, input: 16, output: 16, kernel: (2, 2, 2)),
        Shape(depth: 2, height: 3, width: 5, input: 5, output: 9, kernel: (2, 1, 1)),
    ]

    @Test("Forward and both gradients", arguments: shapes, [false, true])
    func definition(shape: Shape, normed: Bool) {
        var noise = Noise(seed: shape.pixels)
        let (k, n) = (shape.input, shape.output)
        let x = noise.floats(shape.pixels * k)
        let weights = noise.floats(k * n * shape.taps)
        let bias = noise.floats(n)
        let gradient = noise.floats(shape.pixels * shape.taps * n)
        let (scale, shift, mean) = (noise.floats(k), noise.floats(k), noise.floats(k))

        for isa in instructionSets {
            var results = [[Float]]()
            for threads in 1...3 {
                withTeam(isa, threads: threads) { team in
                    var read = x
                    if normed { ck_norm_relu(shape.pixels, Int32(k), x, scale, shift, &read, team) }
                    var out = Kernels.poison(gradient.count)
                    var (dx, dw, db) = (
                        Kernels.poison(x.count), Kernels.poison(weights.count), Kernels.poison(n)
                    )
                    var sums = [ck_norm_sums](repeating: ck_norm_sums(g: .nan, gy: .nan), count: k)
                    withUnsafePointer(to: shape.dense) { dense in
                        let forward = AlignedMemory(
                            bytes: ck_dense_weights_bytes(dense, ck_pass_forward, isa))
                        defer { withExtendedLifetime(forward) {} }
                        let backward = AlignedMemory(
                            bytes: ck_dense_weights_bytes(dense, ck_pass_backward_data, isa))
                        defer { withExtendedLifetime(backward) {} }
                        ck_dense_pack_weights(dense, ck_pass_forward, weights, forward.floats, team)
                        ck_dense_pack_weights(dense, ck_pass_backward_data, weights, backward.floats, team)
                        let scratch = AlignedMemory(bytes: ck_dense_scratch_bytes(dense, team))
                        defer { withExtendedLifetime(scratch) {} }
                        Kernels.withSources([x], normed ? (scale, shift) : nil) { sources in
                            var source = sources.0
                            ck_dense_forward(dense, &source, forward.floats, bias, &out, scratch.raw, team)
                            ck_dense_backward_weights(dense, &source, gradient, &dw, &db, scratch.raw, team)
                            x.withUnsafeBufferPointer { y in
                                mean.withUnsafeBufferPointer { mean in
                                    sums.withUnsafeMutableBufferPointer { sums in
                                        var probe = ck_norm_probe(
                                            y: y.baseAddress, scale: source.scale, shift: source.shift,
                                            mean: mean.baseAddress, sums: normed ? sums.baseAddress : nil)
                                        ck_dense_backward_data(
                                            dense, gradient, backward.floats, &probe, &dx, scratch.raw, team
                                        )
                                    }
                                }
                            }
                        }
                    }
                    results.append(out + dx + dw + db)
                    if threads > 1 { return }

                    var wantOut = (0..<out.count).map { Double(bias[$0 % n]) }
                    var wantDx = [Double](repeating: 0, count: x.count)
                    var wantDw = [Double](repeating: 0, count: weights.count)
                    shape.forEachPair { pixel, o, tap in
                        for j in 0..<n {
                            let g = Double(gradient[o * n + j])
                            for c in 0..<k {
                                let (w, v) = (
                                    Double(weights[shape.weight(c, j, tap)]), Double(read[pixel * k + c])
                                )
                                wantOut[o * n + j] += v * w
                                wantDx[pixel * k + c] += g * w
                                wantDw[shape.weight(c, j, tap)] += g * v
                            }
                        }
                    }
                    let wantDb = (0..<n).map { j in
                        stride(from: j, to: gradient.count, by: n).reduce(0) { $0 + Double(gradient[$1]) }
                    }
                    #expect(relativeError(out, wantOut) <= 1e-6)
                    #expect(relativeError(dx, wantDx) <= 1e-6)
                    #expect(relativeError(dw, wantDw) <= 1e-5)
                    #expect(relativeError(db, wantDb) <= 1e-5)
                    guard normed else { return }
                    for c in 0..<k {
                        let at = stride(from: c, to: x.count, by: k).filter { read[$0] > 0 }
                        let g = at.reduce(0) { $0 + Double(dx[$1]) }
                        let gy = at.reduce(0) { $0 + Double(dx[$1]) * Double(x[$1] - mean[c]) }
                        let size = at.reduce(1e-9) { $0 + Double(abs(dx[$1])) }
                        #expect(abs(sums[c].g - g) <= 1e-5 * size && abs(sums[c].gy - gy) <= 2e-5 * size)
                    }
                }
            }
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }
}
