import CKernels

/// Array-valued calls of the C functions. Every output starts as NaN, so that a number left out shows.
enum Kernels {
    static func poison(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }

    static func pack(_ conv: ck_conv, _ pass: ck_pass, _ weights: [Float], _ team: UnsafePointer<ck_team>)
        -> AlignedMemory
    {
        withUnsafePointer(to: conv) {
            let packed = AlignedMemory(bytes: ck_conv_weights_bytes($0, pass, team.pointee.isa))
            ck_conv_pack_weights($0, pass, weights, nil, packed.floats, team)
            return packed
        }
    }

    /// Runs `body` with sources for the one or two inputs; `norm` is the scale and shift of the first.
    static func withSources<T>(
        _ inputs: [[Float]], _ norm: (scale: [Float], shift: [Float])?, _ body: ((ck_source, ck_source)) -> T
    ) -> T {
        inputs[0].withUnsafeBufferPointer { first in
            (inputs.count > 1 ? inputs[1] : []).withUnsafeBufferPointer { second in
                (norm?.scale ?? []).withUnsafeBufferPointer { scale in
                    (norm?.shift ?? []).withUnsafeBufferPointer { shift in
                        body(
                            (
                                ck_source(
                                    data: first.baseAddress, scale: norm == nil ? nil : scale.baseAddress,
                                    shift: norm == nil ? nil : shift.baseAddress, stride: 0),
                                ck_source(
                                    data: inputs.count > 1 ? second.baseAddress : nil, scale: nil, shift: nil,
                                    stride: 0)
                            ))
                    }
                }
            }
        }
    }

    static func forward(
        _ conv: ck_conv, _ inputs: [[Float]], norm: (scale: [Float], shift: [Float])? = nil, weights: [Float],
        bias: [Float], relu: Bool = false, team: UnsafePointer<ck_team>
    ) -> (output: [Float], moments: [ck_moments]) {
        let packed = pack(conv, ck_pass_forward, weights, team)
        defer { withExtendedLifetime(packed) {} }
        var output = poison(conv.outputPixels * Int(conv.out_channels))
        var moments = [ck_moments](repeating: ck_moments(mean: .nan, m2: .nan), count: Int(conv.out_channels))
        withUnsafePointer(to: conv) { conv in
            let scratch = AlignedMemory(bytes: ck_conv_forward_scratch_bytes(conv, team))
            defer { withExtendedLifetime(scratch) {} }
            withSources(inputs, norm) { sources in
                bias.withUnsafeBufferPointer { bias in
                    output.withUnsafeMutableBufferPointer { output in
                        moments.withUnsafeMutableBufferPointer { moments in
                            var arguments = ck_conv_forward_args(
                                sources: sources, packed: packed.floats, bias: bias.baseAddress, relu: relu,
                                output: output.baseAddress!, output_stride: 0, moments: moments.baseAddress)
                            ck_conv_forward(conv, &arguments, scratch.raw, team)
                        }
                    }
                }
            }
        }
        return (output, moments)
    }

    static func inputGradients(
        _ conv: ck_conv, gradient: [Float], weights: [Float], team: UnsafePointer<ck_team>
    ) -> [[Float]] {
        let packed = pack(conv, ck_pass_backward_data, weights, team)
        defer { withExtendedLifetime(packed) {} }
        var first = poison(conv.inputPixels * conv.channels.0)
        var second = poison(conv.inputPixels * conv.channels.1)
        withUnsafePointer(to: conv) { conv in
            let scratch = AlignedMemory(bytes: ck_conv_backward_data_scratch_bytes(conv, team))
            defer { withExtendedLifetime(scratch) {} }
            gradient.withUnsafeBufferPointer { gradient in
                first.withUnsafeMutableBufferPointer { first in
                    second.withUnsafeMutableBufferPointer { second in
                        var arguments = ck_conv_backward_data_args(
                            gradient: gradient.baseAddress!, packed: packed.floats,
                            outputs: (first.baseAddress, second.isEmpty ? nil : second.baseAddress),
                            output_strides: (0, 0), probes: (ck_norm_probe(), ck_norm_probe()))
                        ck_conv_backward_data(conv, &arguments, scratch.raw, team)
                    }
                }
            }
        }
        return conv.channels.1 > 0 ? [first, second] : [first]
    }

    static func weightGradient(
        _ conv: ck_conv, _ inputs: [[Float]], norm: (scale: [Float], shift: [Float])? = nil,
        gradient: [Float],
        team: UnsafePointer<ck_team>
    ) -> (weights: [Float], bias: [Float]) {
        var weights = poison(conv.weightCount)
        var bias = poison(Int(conv.out_channels))
        withUnsafePointer(to: conv) { conv in
            let scratch = AlignedMemory(bytes: ck_conv_backward_weights_scratch_bytes(conv, team))
            defer { withExtendedLifetime(scratch) {} }
            withSources(inputs, norm) { sources in
                gradient.withUnsafeBufferPointer { gradient in
                    weights.withUnsafeMutableBufferPointer { weights in
                        bias.withUnsafeMutableBufferPointer { bias in
                            var arguments = ck_conv_backward_weights_args(
                                sources: sources, gradient: gradient.baseAddress!, y: nil, scale: nil,
                                shift: nil, c1: nil,
                                c2: nil, c3: nil, output_gradient: nil, weights: weights.baseAddress!,
                                bias: bias.baseAddress)
                            ck_conv_backward_weights(conv, &arguments, scratch.raw, team)
                        }
                    }
                }
            }
        }
        return (weights, bias)
    }
}
