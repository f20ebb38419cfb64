import CKernels
import Testing

@Suite("Norm and ReLU")
struct NormTests {
    /// Batch norm and ReLU by their definition, in double precision, and their gradients.
    struct Reference {
        var z: [Double]
        var dy: [Double]
        var weightGradient: [Double]
        var biasGradient: [Double]

        init(_ y: [Float], _ dz: [Float], weight: [Float], bias: [Float], epsilon: Double) {
            let n = weight.count
            z = .init(repeating: 0, count: y.count)
            dy = z
            weightGradient = .init(repeating: 0, count: n)
            biasGradient = weightGradient
            for c in 0..<n {
                let at = Array(stride(from: c, to: y.count, by: n))
                let count = Double(at.count)
                let mean = at.reduce(0) { $0 + Double(y[$1]) } / count
                let variance = at.reduce(0) { $0 + (Double(y[$1]) - mean) * (Double(y[$1]) - mean) } / count
                let inverse = 1 / (variance + epsilon).squareRoot()
                let hat = at.map { (Double(y[$0]) - mean) * inverse }
                var g = [Double]()
                for (i, pixel) in at.enumerated() {
                    let u = hat[i] * Double(weight[c]) + Double(bias[c])
                    z[pixel] = max(0, u)
                    g.append(u > 0 ? Double(dz[pixel]) : 0)
                }
                biasGradient[c] = g.reduce(0, +)
                weightGradient[c] = zip(g, hat).reduce(0) { $0 + $1.0 * $1.1 }
                for (i, pixel) in at.enumerated() {
                    let rest = (biasGradient[c] + hat[i] * weightGradient[c]) / count
                    dy[pixel] = Double(weight[c]) * inverse * (g[i] - rest)
                }
            }
        }
    }

    @Test("Forward and backward against the definition", arguments: [1, 3, 16, 24, 40], [1, 2, 1999])
    func definition(channels: Int, pixels: Int) {
        var noise = Noise(seed: channels + pixels)
        // A mean far from 0 beside the deviation: sums of squares alone would lose it.
        let y = noise.floats(pixels * channels).map { $0 + 100 }
        let dz = noise.floats(pixels * channels)
        let (weight, bias) = (noise.floats(channels), noise.floats(channels))
        let want = Reference(y, dz, weight: weight, bias: bias, epsilon: 1e-5)
        for isa in instructionSets {
            var results = [[Float]]()
            for threads in 1...3 {
                withTeam(isa, threads: threads) { team in
                    let count = Int32(channels)
                    var moments = [ck_moments](repeating: ck_moments(), count: channels)
                    let scratch = AlignedMemory(bytes: ck_moments_scratch_bytes(pixels, count, team))
                    defer { withExtendedLifetime(scratch) {} }
                    ck_moments_of(pixels, count, y, &moments, scratch.raw, team)
                    var (mean, inverse) = (Kernels.poison(channels), Kernels.poison(channels))
                    var (scale, shift) = (Kernels.poison(channels), Kernels.poison(channels))
                    ck_norm_coefficients(
                        count, moments, Double(pixels), weight, bias, 1e-5, &mean, &inverse, &scale, &shift)
                    var z = Kernels.poison(y.count)
                    ck_norm_relu(pixels, count, y, scale, shift, &z, team)

                    var sums = [ck_norm_sums](repeating: ck_norm_sums(), count: channels)
                    let more = AlignedMemory(bytes: ck_norm_relu_sums_scratch_bytes(pixels, count, team))
                    defer { withExtendedLifetime(more) {} }
                    ck_norm_relu_sums(pixels, count, dz, y, scale, shift, mean, &sums, more.raw, team)
                    var (dw, db) = (Kernels.poison(channels), Kernels.poison(channels))
                    var c = (Kernels.poison(channels), Kernels.poison(channels), Kernels.poison(channels))
                    ck_norm_backward_coefficients(
                        count, sums, Double(pixels), mean, inverse, weight, &dw, &db, &c.0, &c.1, &c.2)
                    var dy = Kernels.poison(y.count)
                    ck_norm_relu_backward(pixels, count, dz, y, scale, shift, c.0, c.1, c.2, &dy, team)
                    results.append(z + dy + dw + db)

                    // scale · y and shift are near 100 · scale, which a float holds to 1e-5.
                    let coarse = Double(scale.map(abs).max()!) * 100 * 2e-7
                    #expect(zip(z, want.z).allSatisfy { abs(Double($0) - $1) <= coarse + 1e-6 })
                    if pixels > 2 {
                        #expect(relativeError(dy, want.dy) <= 1e-3)
                        #expect(relativeError(dw, want.weightGradient) <= 1e-3)
                        #expect(relativeError(db, want.biasGradient) <= 1e-3)
                    }
                }
            }
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }

    @Test("NaN stays NaN through ReLU")
    func nan() {
        let y: [Float] = [.nan, -1, 2, -.infinity, .infinity]
        for isa in instructionSets {
            withTeam(isa) { team in
                var z = Kernels.poison(5)
                ck_norm_relu(5, 1, y, [2], [0], &z, team)
                #expect(z[0].isNaN)
                #expect(Array(z[1...]) == [0, 4, 0, .infinity])
            }
        }
    }
}
