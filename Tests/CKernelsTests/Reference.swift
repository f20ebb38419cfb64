import CKernels
import TestSupport

/// A repeatable source of numbers in −1 … 1.
struct Noise {
    private var source: SplitMix

    init(seed: Int) { source = SplitMix(seed: UInt64(bitPattern: Int64(seed))) }

    mutating func next() -> UInt64 { source.next() }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
    mutating func pick<T>(_ values: [T]) -> T { values[integer(0...values.count - 1)] }
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(Int64(bitPattern: next()) >> 40) / Float(1 << 23) }
    }
}

/// max |got − want| / max |want|; infinite where `got` has a NaN.
func relativeError(_ got: [Float], _ want: [Double]) -> Double {
    precondition(got.count == want.count)
    let scale = want.reduce(0) { max($0, abs($1)) }
    var worst = 0.0
    for (a, b) in zip(got, want) {
        let difference = abs(Double(a) - b)
        if difference.isNaN { return .infinity }
        worst = max(worst, difference)
    }
    return scale > 0 ? worst / scale : worst
}

extension ck_conv {
    init(
        batch: Int = 1, depth: Int = 1, height: Int, width: Int, in first: Int, and second: Int = 0, out: Int,
        kernelDepth: Int = 1, padding: Int = 1, depthPadding: Int? = nil
    ) {
        self.init(
            batch: Int32(batch), depth: Int32(depth), height: Int32(height), width: Int32(width),
            in_channels: (Int32(first), Int32(second)), out_channels: Int32(out),
            kernel_depth: Int32(kernelDepth),
            padding: Int32(padding), padding_depth: Int32(depthPadding ?? padding))
    }

    var channels: (Int, Int) { (Int(in_channels.0), Int(in_channels.1)) }
    var inputPixels: Int { Int(batch) * Int(depth) * Int(height) * Int(width) }
    var weightCount: Int { (channels.0 + channels.1) * Int(out_channels) * 9 * Int(kernel_depth) }
    var outputPixels: Int {
        withUnsafePointer(to: self) {
            Int(batch) * Int(ck_conv_out_depth($0)) * Int(ck_conv_out_height($0)) * Int(ck_conv_out_width($0))
        }
    }
}

/// Direct convolution and its gradients, in double precision. Channels of two inputs stand side by side.
struct ReferenceConvolution {
    let conv: ck_conv

    /// Calls `visit(output pixel, input pixel, tap)` for all pairs of pixels that a tap joins.
    func forEachPair(_ visit: (Int, Int, Int) -> Void) {
        let c = conv
        let (outDepth, outHeight, outWidth) = withUnsafePointer(to: c) {
            (Int(ck_conv_out_depth($0)), Int(ck_conv_out_height($0)), Int(ck_conv_out_width($0)))
        }
        let (depth, height, width) = (Int(c.depth), Int(c.height), Int(c.width))
        let padding = Int(c.padding)
        let paddingDepth = c.kernel_depth > 1 ? Int(c.padding_depth) : 0
        for b in 0..<Int(c.batch) {
            for z in 0..<outDepth {
                for y in 0..<outHeight {
                    for x in 0..<outWidth {
                        for tap in 0..<9 * Int(c.kernel_depth) {
                            let zi = z + tap / 9 - paddingDepth
                            let yi = y + tap / 3 % 3 - padding
                            let xi = x + tap % 3 - padding
                            guard (0..<depth).contains(zi), (0..<height).contains(yi),
                                (0..<width).contains(xi)
                            else {
                                continue
                            }
                            visit(
                                ((b * outDepth + z) * outHeight + y) * outWidth + x,
                                ((b * depth + zi) * height + yi) * width + xi, tap)
                        }
                    }
                }
            }
        }
    }

    func forward(_ x: [Double], _ weights: [Float], bias: [Float]) -> [Double] {
        let (k, n, taps) = (
            conv.channels.0 + conv.channels.1, Int(conv.out_channels), 9 * Int(conv.kernel_depth)
        )
        var out = (0..<conv.outputPixels * n).map { Double(bias[$0 % n]) }
        forEachPair { o, i, tap in
            for j in 0..<n {
                var sum = 0.0
                for c in 0..<k { sum += x[i * k + c] * Double(weights[(j * k + c) * taps + tap]) }
                out[o * n + j] += sum
            }
        }
        return out
    }

    func inputGradient(_ gradient: [Double], _ weights: [Float]) -> [Double] {
        let (k, n, taps) = (
            conv.channels.0 + conv.channels.1, Int(conv.out_channels), 9 * Int(conv.kernel_depth)
        )
        var dx = [Double](repeating: 0, count: conv.inputPixels * k)
        forEachPair { o, i, tap in
            for j in 0..<n {
                for c in 0..<k {
                    dx[i * k + c] += gradient[o * n + j] * Double(weights[(j * k + c) * taps + tap])
                }
            }
        }
        return dx
    }

    func weightGradient(_ x: [Double], _ gradient: [Double]) -> [Double] {
        let (k, n, taps) = (
            conv.channels.0 + conv.channels.1, Int(conv.out_channels), 9 * Int(conv.kernel_depth)
        )
        var dw = [Double](repeating: 0, count: conv.weightCount)
        forEachPair { o, i, tap in
            for j in 0..<n {
                for c in 0..<k { dw[(j * k + c) * taps + tap] += gradient[o * n + j] * x[i * k + c] }
            }
        }
        return dw
    }
}
