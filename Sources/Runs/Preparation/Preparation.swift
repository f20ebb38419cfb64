import Imaging

/// How a scan becomes input of the network: resampled in plane, clipped and scaled, by volume or by slice.
public struct Preparation: Codable, Sendable, Equatable {
    /// Distance of pixels in mm after resampling, along x and y alike; nil keeps the scan's own pixels, as images
    /// that have no millimeters need it.
    public var spacing: Double?
    /// Percentiles of the volume's intensities to which they are clipped; bright outliers reach 11 times the 99th.
    public var clip: ClipRange
    /// What a network sees beyond the scan's edge.
    public var border = Border.background
    /// What is clipped and scaled by itself.
    public var scaling = Scaling.volume

    /// What intensities are compared with.
    public enum Scaling: String, Codable, Sendable, CaseIterable {
        /// Those of the whole volume.
        case volume
        /// Those of the same slice, for pages of a file that are pictures of their own.
        case slice
    }

    /// What lies beyond the edge of a scan.
    public enum Border: String, Codable, Sendable, CaseIterable {
        /// The scan's darkest intensity.
        case background
        /// The scan mirrored at its edge (Ronneberger et al. 2015), the edge pixel itself not repeated.
        case mirror
    }

    /// Two percentiles, 0 to 100.
    public struct ClipRange: Codable, Sendable, Equatable {
        /// The lower one.
        public var low: Double
        /// The upper one.
        public var high: Double

        /// From `low` to `high`.
        public init(low: Double, high: Double) {
            precondition(0 <= low && low < high && high <= 100, "percentiles in order")
            self.low = low
            self.high = high
        }
    }

    /// 1.5 mm and the 0.5th to 99.5th percentile unless told otherwise.
    public init(
        spacing: Double? = 1.5, clip: ClipRange = ClipRange(low: 0.5, high: 99.5),
        border: Border = .background, scaling: Scaling = .volume
    ) {
        precondition(spacing.map { $0 > 0 } ?? true, "a spacing is positive")
        self.spacing = spacing
        self.clip = clip
        self.border = border
        self.scaling = scaling
    }

    /// Refuses a scan that would take more memory than any does, such as one whose header has wrong millimeters, which
    /// resampling would turn into far too many pixels.
    ///
    /// - Parameters:
    ///   - geometry: the scan's own grid.
    ///   - channels: of the network's input.
    ///   - classes: of its output.
    /// - Throws: `SegmentationError.tooLarge` beyond `Limits.bytes`.
    func check(
        _ geometry: Geometry, path: String, channels: Int, classes: Int
    ) throws(SegmentationError) {
        let demand = ScanDemand(geometry, spacing: spacing, channels: channels, classes: classes)
        guard demand.isAllowed else { throw .tooLarge(path: path, demand: demand) }
    }

    /// `volume` on the network's grid: in-plane spacing near `spacing` mm, mean 0 and standard deviation 1 after
    /// clipping, of the whole or of each slice. What has one value only becomes zeros.
    public func prepare(_ volume: Volume) -> Volume {
        var prepared = spacing.map { volume.resampledInPlane(toSpacing: $0, $0) } ?? volume
        let size = scaling == .volume ? prepared.geometry.count : prepared.geometry.sliceCount
        for first in stride(from: 0, to: prepared.geometry.count, by: size) {
            scale(&prepared.voxels, first..<first + size)
        }
        return prepared
    }

    private func scale(_ all: inout [Float], _ range: Range<Int>) {
        let limits = Percentiles.of(
            range.count == all.count ? all : Array(all[range]), [clip.low, clip.high])
        all.withUnsafeMutableBufferPointer {
            let voxels = UnsafeMutableBufferPointer(rebasing: $0[range])
            var sum = 0.0
            for index in voxels.indices {
                voxels[index] = min(max(voxels[index], limits[0]), limits[1])
                sum += Double(voxels[index])
            }
            let mean = sum / Double(voxels.count)
            var squares = 0.0
            for value in voxels { squares += (Double(value) - mean) * (Double(value) - mean) }
            let deviation = (squares / Double(voxels.count)).squareRoot()
            // Resampling leaves a constant volume constant only but for rounding, which must not be blown up.
            let rounding = Double(max(abs(limits[0]), abs(limits[1]))) * 1e-6
            let scale = deviation > rounding ? 1 / deviation : 0
            for index in voxels.indices { voxels[index] = Float((Double(voxels[index]) - mean) * scale) }
        }
    }
}

extension Preparation {
    /// Every input channel of a scan on the network's grid, each scaled by itself.
    ///
    /// - Precondition: `channels` have one geometry.
    public func prepare(_ channels: [Volume]) -> PreparedScan {
        let prepared = channels.map { prepare($0) }
        return PreparedScan(geometry: prepared[0].geometry, channels: prepared.map(\.voxels))
    }

    /// Reads a preparation; plans older than the border and the scaling have `background` and `volume`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        spacing = try container.decodeIfPresent(Double.self, forKey: .spacing)
        clip = try container.decode(ClipRange.self, forKey: .clip)
        border = try container.decodeIfPresent(Border.self, forKey: .border) ?? .background
        scaling = try container.decodeIfPresent(Scaling.self, forKey: .scaling) ?? .volume
    }
}

extension Plan {
    /// Refuses a scan that would take too much memory with this plan; see `Preparation.check`.
    package func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        try preparation.check(
            geometry, path: path, channels: network.inputChannels, classes: network.outputChannels)
    }
}
