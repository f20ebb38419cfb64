import Imaging

extension Plan {
    /// Refuses a scan that would take too much memory with this plan; see `Preparation.check`.
    func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        try preparation.check(
            geometry, path: path, channels: network.inputChannels, classes: network.outputChannels)
    }
}
