import CKernels
import Testing

@Suite("Convolution gradients")
struct GradientTests {
    /// Σ gradient · convolution, in double precision.
    func loss(
        _ conv: ck_conv, _ x: [Float], _ weights: [Float], _ gradient: [Float], _ team: UnsafePointer<ck_team>
    ) -> Double {
        let bias = [Float](repeating: 0, count: Int(conv.out_channels))
        let output = Kernels.forward(conv, [x], weights: weights, bias: bias, team: team).output
        return zip(output, gradient).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test(
        "Finite differences in a random direction", arguments: [(1, 1, 1), (5, 1, 1), (24, 1, 0), (8, 3, 1)])
    func finiteDifferences(channels: Int, kernelDepth: Int, padding: Int) {
        let conv = ck_conv(
            depth: kernelDepth, height: 11, width: 9, in: channels, out: 7, kernelDepth: kernelDepth,
            padding: padding)
        var noise = Noise(seed: channels)
        let x = noise.floats(conv.inputPixels * channels)
        let weights = noise.floats(conv.weightCount)
        let gradient = noise.floats(conv.outputPixels * 7)
        let (dx, dw) = (noise.floats(x.count), noise.floats(weights.count))
        for isa in instructionSets {
            withTeam(isa) { team in
                let data = Kernels.inputGradients(conv, gradient: gradient, weights: weights, team: team)[0]
                let change = Kernels.weightGradient(conv, [x], gradient: gradient, team: team).weights
                // The loss is linear in either, so a whole step loses nothing.
                let up = loss(conv, zip(x, dx).map { $0 + $1 }, weights, gradient, team)
                let down = loss(conv, zip(x, dx).map { $0 - $1 }, weights, gradient, team)
                let along = zip(data, dx).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                let size = zip(data, dx).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
                #expect(abs((up - down) / 2 - along) <= 1e-5 * size)
                let more = loss(conv, x, zip(weights, dw).map { $0 + $1 }, gradient, team)
                let less = loss(conv, x, zip(weights, dw).map { $0 - $1 }, gradient, team)
                let alongWeights = zip(change, dw).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                let weightSize = zip(change, dw).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
                #expect(abs((more - less) / 2 - alongWeights) <= 1e-5 * weightSize)
            }
        }
    }
}

@Suite("Non-finite numbers")
struct NonFiniteTests {
    @Test(
        "One bad pixel spoils every output that depends on it, and nothing far away",
        arguments: [Float.nan, .infinity, -.infinity], [2, 24])
    func spread(bad: Float, channels: Int) {
        let conv = ck_conv(height: 24, width: 24, in: channels, out: 16)
        var noise = Noise(seed: 9)
        var x = noise.floats(conv.inputPixels * channels)
        let weights = noise.floats(conv.weightCount)
        let (row, column) = (11, 14)
        x[(row * 24 + column) * channels + channels - 1] = bad
        for isa in instructionSets {
            withTeam(isa) { team in
                let bias = [Float](repeating: 0, count: 16)
                let output = Kernels.forward(
                    conv, [x], weights: weights, bias: bias, relu: bad.isNaN, team: team
                ).output
                for y in 0..<24 {
                    for x in 0..<24 {
                        let finite = (0..<16).filter { output[(y * 24 + x) * 16 + $0].isFinite }.count
                        if abs(y - row) <= 1 && abs(x - column) <= 1 {
                            #expect(finite == 0, "(\(x), \(y))")
                        } else if abs(y - row) > 5 || abs(x - column) > 5 {
                            #expect(finite == 16, "(\(x), \(y))")
                        }
                    }
                }
            }
        }
    }
}
