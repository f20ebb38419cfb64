import CKernels
import Testing

@Suite("Convolution")
struct ConvolutionTests {
    /// Checks all three passes of one shape on every instruction set, with one, two and three threads.
    func check(_ conv: ck_conv, seed: Int, bound: Double = 1e-5) {
        var noise = Noise(seed: seed)
        let (first, second) = conv.channels
        let n = Int(conv.out_channels)
        var inputs = [noise.floats(conv.inputPixels * first)]
        if second > 0 { inputs.append(noise.floats(conv.inputPixels * second)) }
        let weights = noise.floats(conv.weightCount)
        let bias = noise.floats(n)
        let gradient = noise.floats(conv.outputPixels * n)

        var x = [Double]()
        for pixel in 0..<conv.inputPixels {
            x += inputs[0][pixel * first..<(pixel + 1) * first].map(Double.init)
            if second > 0 { x += inputs[1][pixel * second..<(pixel + 1) * second].map(Double.init) }
        }
        let reference = ReferenceConvolution(conv: conv)
        let output = reference.forward(x, weights, bias: bias)
        let dx = reference.inputGradient(gradient.map(Double.init), weights)
        let dw = reference.weightGradient(x, gradient.map(Double.init))
        let db = (0..<n).map { j in
            stride(from: j, to: gradient.count, by: n).reduce(0) { $0 + Double(gradient[$1]) }
        }
        let k = first + second
        let dxs = [(0, first), (first, second)].map { start, count in
            (0..<conv.inputPixels).flatMap { dx[$0 * k + start..<$0 * k + start + count] }
        }

        for isa in instructionSets {
            let name = "\(String(cString: ck_isa_name(isa))), seed \(seed), \(conv)"
            var earlier:
                (forward: [Float], data: [[Float]], weights: [Float], bias: [Float], moments: [Double])?
            for threads in 1...3 {
                withTeam(isa, threads: threads) { team in
                    let got = Kernels.forward(conv, inputs, weights: weights, bias: bias, team: team)
                    let data = Kernels.inputGradients(conv, gradient: gradient, weights: weights, team: team)
                    let change = Kernels.weightGradient(conv, inputs, gradient: gradient, team: team)
                    let moments = got.moments.flatMap { [$0.mean, $0.m2] }
                    if let earlier {
                        #expect(earlier.forward == got.output, "\(name), \(threads) threads")
                        #expect(earlier.data == data, "\(name), \(threads) threads")
                        #expect(earlier.weights == change.weights, "\(name), \(threads) threads")
                        #expect(earlier.bias == change.bias, "\(name), \(threads) threads")
                        #expect(earlier.moments == moments, "\(name), \(threads) threads")
                        return
                    }
                    earlier = (got.output, data, change.weights, change.bias, moments)
                    #expect(relativeError(got.output, output) <= bound, "forward, \(name)")
                    for (got, want) in zip(data, dxs) {
                        #expect(relativeError(got, want) <= 1e-4, "backward data, \(name)")
                    }
                    #expect(relativeError(change.weights, dw) <= 1e-4, "backward weights, \(name)")
                    #expect(relativeError(change.bias, db) <= 1e-4, "bias, \(name)")
                    for j in 0..<n {
                        let values = stride(from: j, to: output.count, by: n).map { output[$0] }
                        let mean = values.reduce(0, +) / Double(values.count)
                        let m2 = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                        let deviation = (m2 / Double(values.count)).squareRoot()
                        #expect(
                            abs(got.moments[j].mean - mean) <= 1e-5 * (abs(mean) + deviation), "mean, \(name)"
                        )
                        #expect(abs(got.moments[j].m2 - m2) <= 1e-4 * m2 + 1e-8, "m2, \(name)")
                    }
                }
            }
        }
    }

    @Test("Random shapes: 2D and 3D, same and valid, one and two inputs", arguments: 0..<60)
    func randomShapes(seed: Int) {
        var noise = Noise(seed: seed)
        let channels = [1, 2, 3, 7, 8, 16, 17, 24, 33]
        let padding = noise.integer(0...2) > 0 ? 1 : 0
        let kernelDepth = noise.integer(0...2) == 0 ? 3 : 1
        let smallest = padding == 1 ? 1 : 3
        let depthPadding = noise.integer(0...2) > 0 ? 1 : 0
        check(
            ck_conv(
                batch: noise.integer(1...2),
                depth: kernelDepth == 3
                    ? noise.integer((depthPadding == 1 ? 1 : 3)...4) : noise.integer(1...2),
                height: noise.integer(smallest...13), width: noise.integer(smallest...13),
                in: noise.pick(channels),
                and: noise.integer(0...2) == 0 ? noise.pick(channels) : 0, out: noise.pick(channels),
                kernelDepth: kernelDepth, padding: padding, depthPadding: depthPadding), seed: seed)
    }

    @Test("Maps of one pixel and maps smaller than a tile", arguments: 1...3, 1...3)
    func small(height: Int, width: Int) {
        check(ck_conv(batch: 3, height: height, width: width, in: 24, out: 17), seed: height * 10 + width)
        check(ck_conv(batch: 30, height: height, width: width, in: 8, out: 32), seed: height * 10 + width)
    }

    @Test("Many blocks of tiles", arguments: [(1, 16), (16, 16), (7, 24)])
    func large(input: Int, output: Int) {
        check(ck_conv(batch: 2, height: 61, width: 50, in: input, out: output), seed: 5)
    }

    @Test("Many channels", arguments: [(512, 0, 16, 1e-5), (256, 256, 24, 1e-5), (1024, 0, 16, 2e-5)])
    func channels(first: Int, second: Int, output: Int, bound: Double) {
        check(ck_conv(height: 8, width: 9, in: first, and: second, out: output), seed: 6, bound: bound)
    }

    @Test("Shapes that cannot be run are told apart")
    func validity() {
        func valid(_ conv: ck_conv) -> Bool { withUnsafePointer(to: conv) { ck_conv_valid($0) } }
        #expect(valid(ck_conv(height: 1, width: 1, in: 1, out: 1)))
        #expect(!valid(ck_conv(height: 2, width: 9, in: 1, out: 1, padding: 0)))
        #expect(!valid(ck_conv(depth: 2, height: 9, width: 9, in: 1, out: 1, kernelDepth: 3, padding: 0)))
        #expect(!valid(ck_conv(height: 9, width: 9, in: 0, out: 1)))
        #expect(!valid(ck_conv(height: 9, width: 9, in: 1, out: 1, kernelDepth: 2)))
        #expect(!valid(ck_conv(height: 60000, width: 60000, in: 1, out: 1)))
    }
}
