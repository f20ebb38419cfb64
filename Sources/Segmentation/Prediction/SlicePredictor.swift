import Imaging
import Networks
import Torch

/// Class probabilities of a prepared volume, slice by slice.
///
/// Slices are padded with the scan's darkest intensity to the multiple of pixels that the network needs, predicted
/// whole, and cut back.
struct SlicePredictor {
    let network: SegmentationNetwork
    let device: Device
    /// Slices in a batch; small, so that memory stays flat.
    var batchSize = 4

    /// Probabilities on the grid of `volume`.
    func probabilities(_ volume: Volume) throws -> ProbabilityMap {
        let grid = volume.geometry
        let multiple = network.configuration.sizeMultiple
        let slice = Extent(width: grid.width, height: grid.height)
        let padded = Extent(width: roundedUp(grid.width, multiple), height: roundedUp(grid.height, multiple))
        let placement = CropPad(centredFrom: slice, to: padded)
        let background = volume.voxels.min() ?? 0
        let channels = network.configuration.outputChannels
        var values = [Float](repeating: 0, count: channels * grid.count)
        network.train(false)
        try withoutGradient {
            for start in stride(from: 0, to: grid.depth, by: batchSize) {
                let range = start..<min(start + batchSize, grid.depth)
                let input = range.flatMap { z in
                    placement.apply(
                        Array(volume.voxels[z * slice.count..<(z + 1) * slice.count]), padding: background)
                }
                let batch = try Tensor(input, shape: [range.count, 1, padded.height, padded.width]).to(device)
                let output: [Float] = try network.probabilities(network(batch)).array()
                for (place, z) in range.enumerated() {
                    for channel in 0..<channels {
                        let from = (place * channels + channel) * padded.count
                        let map = placement.inverse.apply(
                            Array(output[from..<from + padded.count]), padding: 0)
                        let to = channel * grid.count + z * slice.count
                        values.replaceSubrange(to..<to + slice.count, with: map)
                    }
                }
            }
        }
        return ProbabilityMap(geometry: grid, channels: channels, values: values)
    }

    private func roundedUp(_ size: Int, _ multiple: Int) -> Int {
        (size + multiple - 1) / multiple * multiple
    }
}
