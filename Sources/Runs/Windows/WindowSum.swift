/// The weighted mean of the windows' outputs for each voxel of a scan.
package struct WindowSum: Sendable {
    private let windows: WindowPlan
    private let channels: Int
    private var values: [Float]

    /// Creates an empty sum over `windows` for `channels` classes.
    package init(_ windows: WindowPlan, channels: Int) {
        self.windows = windows
        self.channels = channels
        values = [Float](repeating: 0, count: channels * windows.x.size * windows.y.size * windows.z.size)
    }

    /// Adds the output (N, C, (D,) H, W) of the windows at `places`.
    package mutating func add(_ output: [Float], at places: [WindowPlan.Place]) {
        let (x, y, z) = (windows.x, windows.y, windows.z)
        let (width, height, depth) = (x.output, y.output, z.output)
        precondition(
            output.count == places.count * channels * width * height * depth, "an output for each window")
        output.withUnsafeBufferPointer { output in
            values.withUnsafeMutableBufferPointer { values in
                for (number, place) in places.enumerated() {
                    let columns = x.kept(place.x)
                    let column = x.starts[place.x] + x.margin + columns.lowerBound
                    for channel in 0..<channels {
                        for slice in z.kept(place.z) {
                            for row in y.kept(place.y) {
                                let from =
                                    ((number * channels + channel) * depth + slice) * height * width
                                    + row * width + columns.lowerBound
                                let to =
                                    ((channel * z.size + z.starts[place.z] + z.margin + slice) * y.size
                                        + y.starts[place.y] + y.margin + row) * x.size + column
                                let weight = z.weights[slice] * y.weights[row]
                                for offset in 0..<columns.count {
                                    values[to + offset] +=
                                        weight * x.weights[columns.lowerBound + offset]
                                        * output[from + offset]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Returns the sum divided by the total weight of each voxel.
    package consuming func mean() -> [Float] {
        let (x, y, z) = (windows.x.total, windows.y.total, windows.z.total)
        if (x + y + z).allSatisfy({ $0 == 1 }) { return values }
        var values = values
        values.withUnsafeMutableBufferPointer { values in
            var index = 0
            for _ in 0..<channels {
                for slice in z {
                    for row in y {
                        let weight = slice * row
                        for column in x {
                            values[index] /= weight * column
                            index += 1
                        }
                    }
                }
            }
        }
        return values
    }
}
