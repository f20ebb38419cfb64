/// Convolution by its definition, in double precision, to hold libtorch's against.
///
/// Volumes are (N, C, D, H, W); a slice is a volume of depth 1, so 2D is the case of depth-1 kernels.
struct ReferenceConvolution {
    /// (N, C, D, H, W) of the input.
    let input: [Int]
    /// (outputs, inputs, kernel…) of the weights; (inputs, outputs, kernel…) for `transposed`.
    let weights: [Int]

    /// Every value of (N, outputs, D′, H′, W′) with `stride` and zero `padding`.
    func forward(_ x: [Float], _ w: [Float], _ bias: [Float], stride: [Int], padding: [Int]) -> [Double] {
        let size = (0..<3).map { axis -> Int in
            let room = input[2 + axis] + 2 * padding[axis] - weights[2 + axis]
            return room / stride[axis] + 1
        }
        var out: [Double] = []
        for image in 0..<input[0] {
            for output in 0..<weights[0] {
                for place in positions(size) {
                    var value = Double(bias[output])
                    for tap in positions(Array(weights[1...])) {
                        var source = [image, tap[0]]
                        for axis in 0..<3 {
                            source.append(place[axis] * stride[axis] - padding[axis] + tap[1 + axis])
                        }
                        guard let at = index(source, input) else { continue }
                        let weight = w[index([output] + tap, weights)!]
                        value += Double(x[at]) * Double(weight)
                    }
                    out.append(value)
                }
            }
        }
        return out
    }

    /// Every value of the up-convolution whose stride is its kernel.
    func transposed(_ x: [Float], _ w: [Float], _ bias: [Float]) -> [Double] {
        let kernel = Array(weights[2...])
        var out: [Double] = []
        for image in 0..<input[0] {
            for output in 0..<weights[1] {
                for place in positions((0..<3).map { input[2 + $0] * kernel[$0] }) {
                    let block = zip(place, kernel).map { $0 / $1 }
                    let inside = zip(place, kernel).map { $0 % $1 }
                    var value = Double(bias[output])
                    for channel in 0..<input[1] {
                        let source = x[index([image, channel] + block, input)!]
                        let weight = w[index([channel, output] + inside, weights)!]
                        value += Double(source) * Double(weight)
                    }
                    out.append(value)
                }
            }
        }
        return out
    }

    /// All positions within `shape`, the last axis fastest.
    private func positions(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { found, side in
            found.flatMap { start in (0..<side).map { start + [$0] } }
        }
    }

    /// Where `position` lies in memory; nil outside `shape`.
    private func index(_ position: [Int], _ shape: [Int]) -> Int? {
        var at = 0
        for (place, side) in zip(position, shape) {
            guard place >= 0, place < side else { return nil }
            at = at * side + place
        }
        return at
    }
}
