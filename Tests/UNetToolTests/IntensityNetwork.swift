import Foundation

/// A network that knows labels by their intensity, so that tests say what is predicted: 0 is background, 100 the first
/// structure, 200 the second, 300 the third.
enum IntensityNetwork {
    /// Arguments of the training that makes the run whose weights are replaced.
    static let training = [
        "--filters", "2", "--depth", "1", "--norm", "none", "--patch", "32", "--epochs", "1", "--steps", "1",
        "--fold", "all", "--threads", "1", "--device", "cpu",
    ]

    /// Intensities that are predicted as `labels`.
    static func intensities(_ labels: [UInt8]) -> [Int16] { labels.map { 100 * Int16($0) } }

    /// Trains a run on `hearts` in `root` and replaces its weights by such as know `labels`, and label maps with about
    /// as many voxels of each.
    static func make(_ run: String, in root: URL, for labels: [UInt8]) throws {
        let result = try Program.run(["train", "hearts", "--output", run] + training, in: root)
        guard result.status == 0 else { throw Workplace.NotTrained(result: result) }
        // The network sees intensities with mean 0 and deviation 1, and its ReLU lets only positive ones through.
        let values = intensities(labels).map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
            .squareRoot()
        let shift = 10.0
        let limits = [50, 150, 250].map { ($0 - mean) / deviation + shift }
        // The logit of class k has the slope k, and passes that of class k − 1 at the limit between them.
        var offsets = [0.0]
        for limit in limits { offsets.append(offsets[offsets.count - 1] - limit) }
        let middle = 4
        try rewrite(root.appending(path: "\(run)/last.safetensors")) { name, values in
            for index in values.indices { values[index] = 0 }
            switch name {
            case "encoders.0.block.first.conv.weight", "encoders.0.block.second.conv.weight",
                "decoders.0.block.second.conv.weight":
                values[middle] = 1
            case "encoders.0.block.first.conv.bias": values[0] = Float(shift)
            case "decoders.0.block.first.conv.weight":
                // The up-convolution gives zeros, whether its channels come before those of the skip or after.
                values[middle] = 1
                values[2 * 9 + middle] = 1
            case "head.weight": for index in 0..<4 { values[2 * index] = Float(index) }
            case "head.bias": for index in 0..<4 { values[index] = Float(offsets[index]) }
            default: break
            }
        }
    }

    /// Changes the network's tensors in a safetensors file.
    private static func rewrite(_ file: URL, _ change: (String, inout [Float]) -> Void) throws {
        var data = try Data(contentsOf: file)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]]
        for (name, entry) in header ?? [:] where entry["dtype"] as? String == "F32" {
            guard !name.hasPrefix("optimizer."), let range = entry["data_offsets"] as? [Int] else { continue }
            let place = 8 + length + range[0]..<8 + length + range[1]
            var values = [Float](repeating: 0, count: place.count / 4)
            _ = values.withUnsafeMutableBytes { data.copyBytes(to: $0, from: place) }
            change(name, &values)
            data.replaceSubrange(place, with: values.withUnsafeBytes { Data($0) })
        }
        try data.write(to: file)
    }
}
