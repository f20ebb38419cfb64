import CKernels
import Foundation
import Testing

@Suite("Fused convolution")
struct FusionTests {
    let conv = ck_conv(batch: 2, height: 21, width: 18, in: 17, out: 24)

    @Test("Reading through norm and ReLU gives the bits of a pass of its own", arguments: [1, 17])
    func prologue(channels: Int) {
        let conv = ck_conv(batch: 2, height: 21, width: 18, in: channels, out: 24)
        var noise = Noise(seed: 1)
        let y = noise.floats(conv.inputPixels * channels)
        let (scale, shift) = (noise.floats(channels), noise.floats(channels))
        let (weights, bias) = (noise.floats(conv.weightCount), noise.floats(24))
        let gradient = noise.floats(conv.outputPixels * 24)
        for isa in instructionSets {
            withTeam(isa, threads: 2) { team in
                var z = Kernels.poison(y.count)
                ck_norm_relu(conv.inputPixels, Int32(channels), y, scale, shift, &z, team)
                let plain = Kernels.forward(conv, [z], weights: weights, bias: bias, team: team)
                let fused = Kernels.forward(
                    conv, [y], norm: (scale, shift), weights: weights, bias: bias, team: team)
                #expect(plain.output == fused.output)
                let change = Kernels.weightGradient(conv, [z], gradient: gradient, team: team)
                let fusedChange = Kernels.weightGradient(
                    conv, [y], norm: (scale, shift), gradient: gradient, team: team)
                #expect(change.weights == fusedChange.weights)
            }
        }
    }

    @Test("ReLU on the output")
    func relu() {
        var noise = Noise(seed: 2)
        let x = noise.floats(conv.inputPixels * 17)
        let (weights, bias) = (noise.floats(conv.weightCount), noise.floats(24))
        for isa in instructionSets {
            withTeam(isa) { team in
                let plain = Kernels.forward(conv, [x], weights: weights, bias: bias, team: team).output
                let fused = Kernels.forward(conv, [x], weights: weights, bias: bias, relu: true, team: team)
                    .output
                #expect(fused == plain.map { max(0, $0) })
                #expect(plain.contains { $0 < 0 })
            }
        }
    }

    @Test(
        "A scale folded into packed weights", arguments: [ck_pass_forward, ck_pass_backward_data], [18, 180])
    func foldedScale(pass: ck_pass, width: Int) {
        let conv = ck_conv(batch: 2, height: 21, width: width, in: 17, out: 24)
        var noise = Noise(seed: 3)
        let (weights, scale) = (noise.floats(conv.weightCount), noise.floats(24))
        let scaled = weights.indices.map { weights[$0] * scale[$0 / (17 * 9)] }
        for isa in instructionSets {
            withTeam(isa) { team in
                withUnsafePointer(to: conv) { conv in
                    let bytes = ck_conv_weights_bytes(conv, pass, isa)
                    let (folded, plain) = (AlignedMemory(bytes: bytes), AlignedMemory(bytes: bytes))
                    defer { withExtendedLifetime((folded, plain)) {} }
                    ck_conv_pack_weights(conv, pass, weights, scale, folded.floats, team)
                    ck_conv_pack_weights(conv, pass, scaled, nil, plain.floats, team)
                    #expect(memcmp(folded.raw, plain.raw, bytes) == 0)
                }
            }
        }
    }

    @Test("The layout number tells packings apart")
    func layouts() {
        let conv = ck_conv(batch: 2, height: 21, width: 180, in: 17, out: 24)
        let split = ck_conv(batch: 2, height: 21, width: 180, in: 8, and: 9, out: 24)
        let tiny = ck_conv(height: 1, width: 1, in: 17, out: 24)
        func layout(_ conv: ck_conv, _ pass: ck_pass) -> UInt64 {
            withUnsafePointer(to: conv) { ck_conv_weights_layout($0, pass, ck_isa_portable) }
        }
        #expect(layout(conv, ck_pass_forward) == layout(split, ck_pass_forward))
        #expect(layout(conv, ck_pass_backward_data) != layout(split, ck_pass_backward_data))
        #expect(layout(conv, ck_pass_forward) != layout(tiny, ck_pass_forward))
    }

    @Test("Backward through norm and ReLU on the way, and the sums of the norm before", arguments: [17, 2])
    func normBackward(channels: Int) {
        let conv = ck_conv(batch: 2, height: 13, width: 18, in: channels, out: 24)
        var noise = Noise(seed: 4)
        let x = noise.floats(conv.inputPixels * channels)
        let y = noise.floats(conv.outputPixels * 24)
        let dz = noise.floats(conv.outputPixels * 24)
        let weights = noise.floats(conv.weightCount)
        let norm = (0..<5).map { _ in noise.floats(24) }
        let (scale, shift, mean) = (noise.floats(channels), noise.floats(channels), noise.floats(channels))
        for isa in instructionSets {
            withTeam(isa, threads: 2) { team in
                var dy = Kernels.poison(y.count)
                ck_norm_relu_backward(
                    conv.outputPixels, 24, dz, y, norm[0], norm[1], norm[2], norm[3], norm[4], &dy, team)
                let plain = Kernels.weightGradient(conv, [x], gradient: dy, team: team)
                var dw = Kernels.poison(conv.weightCount)
                var stored = Kernels.poison(y.count)
                withUnsafePointer(to: conv) { conv in
                    let scratch = AlignedMemory(bytes: ck_conv_backward_weights_scratch_bytes(conv, team))
                    defer { withExtendedLifetime(scratch) {} }
                    Kernels.withSources([x], nil) { sources in
                        dz.withUnsafeBufferPointer { dz in
                            y.withUnsafeBufferPointer { y in
                                dw.withUnsafeMutableBufferPointer { dw in
                                    stored.withUnsafeMutableBufferPointer { stored in
                                        let copies = norm.map { values in
                                            let copy = AlignedMemory(bytes: 24 * 4)
                                            copy.floats.update(from: values, count: 24)
                                            return copy
                                        }
                                        var arguments = ck_conv_backward_weights_args(
                                            sources: sources, gradient: dz.baseAddress!, y: y.baseAddress,
                                            scale: copies[0].floats, shift: copies[1].floats,
                                            c1: copies[2].floats,
                                            c2: copies[3].floats, c3: copies[4].floats,
                                            output_gradient: stored.baseAddress, weights: dw.baseAddress!,
                                            bias: nil)
                                        ck_conv_backward_weights(conv, &arguments, scratch.raw, team)
                                        withExtendedLifetime(copies) {}
                                    }
                                }
                            }
                        }
                    }
                }
                #expect(stored == dy)
                #expect(dw == plain.weights)

                let dx = Kernels.inputGradients(conv, gradient: dy, weights: weights, team: team)[0]
                var sums = [ck_norm_sums](repeating: ck_norm_sums(g: .nan, gy: .nan), count: channels)
                let probed = Kernels.probedGradient(
                    conv, gradient: dy, weights: weights, y: x, scale: scale, shift: shift, mean: mean,
                    sums: &sums,
                    team: team)
                #expect(probed == dx)
                let scratch = AlignedMemory(
                    bytes: ck_norm_relu_sums_scratch_bytes(conv.inputPixels, Int32(channels), team))
                defer { withExtendedLifetime(scratch) {} }
                var separate = sums
                ck_norm_relu_sums(
                    conv.inputPixels, Int32(channels), dx, x, scale, shift, mean, &separate, scratch.raw, team
                )
                let size = dx.reduce(0) { $0 + Double(abs($1)) } / Double(channels)
                for (a, b) in zip(sums, separate) {
                    #expect(abs(a.g - b.g) <= 1e-6 * size && abs(a.gy - b.gy) <= 2e-6 * size)
                }
            }
        }
    }
}

extension Kernels {
    /// The first input's gradient, with the sums that the norm before it needs.
    static func probedGradient(
        _ conv: ck_conv, gradient: [Float], weights: [Float], y: [Float], scale: [Float], shift: [Float],
        mean: [Float],
        sums: inout [ck_norm_sums], team: UnsafePointer<ck_team>
    ) -> [Float] {
        let packed = pack(conv, ck_pass_backward_data, weights, team)
        defer { withExtendedLifetime(packed) {} }
        let memory = [y, scale, shift, mean, gradient].map { values in
            let copy = AlignedMemory(bytes: values.count * 4)
            copy.floats.update(from: values, count: values.count)
            return copy
        }
        var dx = poison(conv.inputPixels * conv.channels.0)
        withUnsafePointer(to: conv) { conv in
            let scratch = AlignedMemory(bytes: ck_conv_backward_data_scratch_bytes(conv, team))
            defer { withExtendedLifetime(scratch) {} }
            dx.withUnsafeMutableBufferPointer { dx in
                sums.withUnsafeMutableBufferPointer { sums in
                    let probe = ck_norm_probe(
                        y: memory[0].floats, scale: memory[1].floats, shift: memory[2].floats,
                        mean: memory[3].floats,
                        sums: sums.baseAddress)
                    var arguments = ck_conv_backward_data_args(
                        gradient: memory[4].floats, packed: packed.floats, outputs: (dx.baseAddress, nil),
                        output_strides: (0, 0), probes: (probe, ck_norm_probe()))
                    ck_conv_backward_data(conv, &arguments, scratch.raw, team)
                }
            }
        }
        withExtendedLifetime(memory) {}
        return dx
    }
}
