import Imaging
import Scans

/// The preparation of a scan as network input: resampled in plane, clipped, and scaled, per volume or per slice.
public struct Preparation: Encodable, Sendable, Equatable {
    /// The pixel spacing in mm after resampling, along both x and y; nil to keep the scan's own pixels, as images
    /// without millimeters require.
    public var spacing: Double?
    /// The percentiles to which the volume's intensities are clipped; bright outliers can reach 11 times the 99th.
    public var clip: ClipRange
    /// What the network sees beyond the scan's edge.
    public var border = Border.background
    /// The unit that is clipped and scaled on its own.
    public var scaling = Scaling.volume

    /// The intensities by which a voxel is scaled.
    public enum Scaling: String, Codable, Sendable, CaseIterable {
        /// Those of the whole volume.
        case volume
        /// Those of the same slice, for pages of a file that are independent pictures.
        case slice
    }

    /// The values beyond the edge of a scan.
    public enum Border: String, Codable, Sendable, CaseIterable {
        /// The scan's darkest intensity.
        case background
        /// The scan mirrored at its edge (Ronneberger et al. 2015), without repeating the edge pixel.
        case mirror
    }

    /// Two percentiles, 0 to 100.
    public struct ClipRange: Codable, Sendable, Equatable {
        /// The lower percentile.
        public var low: Double
        /// The upper percentile.
        public var high: Double

        /// Creates a range from `low` to `high`.
        public init(low: Double, high: Double) {
            self.low = low
            self.high = high
        }
    }

    /// Creates a preparation; by default with 1.5 mm and the 0.5th to 99.5th percentile.
    public init(
        spacing: Double? = 1.5, clip: ClipRange = ClipRange(low: 0.5, high: 99.5),
        border: Border = .background, scaling: Scaling = .volume
    ) {
        self.spacing = spacing
        self.clip = clip
        self.border = border
        self.scaling = scaling
    }

    /// Refuses a scan that would take an implausible amount of memory, such as one with wrong millimeters in its
    /// header, which resampling would turn into far too many pixels.
    ///
    /// - Parameters:
    ///   - geometry: the scan's own grid.
    ///   - channels: the number of the network's input channels.
    ///   - classes: the number of its output classes.
    /// - Throws: `SegmentationError.tooLarge` beyond `Limits.bytes`.
    func check(
        _ geometry: Geometry, path: String, channels: Int, classes: Int
    ) throws(SegmentationError) {
        let demand = ScanDemand(geometry, spacing: spacing, channels: channels, classes: classes)
        guard demand.isAllowed else { throw .tooLarge(path: path, demand: demand) }
    }

    /// Returns `volume` on the network's grid: with an in-plane spacing near `spacing` mm and, after clipping, mean 0
    /// and standard deviation 1, of the whole or of each slice. Constant intensities become zeros.
    ///
    /// - Throws: `SegmentationError.badSetting` if the spacing or the percentiles are not valid.
    public func prepare(_ volume: Volume) throws(SegmentationError) -> Volume {
        try validate()
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
            // Resampling leaves a constant volume constant only up to rounding errors, which must not be amplified.
            let rounding = Double(max(abs(limits[0]), abs(limits[1]))) * 1e-6
            let scale = deviation > rounding ? 1 / deviation : 0
            for index in voxels.indices { voxels[index] = Float((Double(voxels[index]) - mean) * scale) }
        }
    }
}

extension Preparation {
    /// Returns every input channel of a scan on the network's grid, each scaled on its own.
    ///
    /// - Throws: `SegmentationError.channels` if there is none, `ScanError` if they have different grids, and
    ///   `.badSetting` as for one volume.
    public func prepare(_ channels: [Volume]) throws -> PreparedScan {
        guard let first = channels.first?.geometry else {
            throw SegmentationError.channels(path: "the scan", expected: 1, found: 0)
        }
        if let other = channels.firstIndex(where: { $0.geometry != first }) {
            let (extent, spacing) = (channels[other].geometry.extent, channels[other].geometry.spacing)
            let names = (first: "channel 1", other: "channel \(other + 1)")
            throw extent == first.extent
                ? ScanError.channelSpacing(
                    first: names.first, other: names.other, expected: first.spacing.sides,
                    found: spacing.sides)
                : ScanError.channelShape(
                    first: names.first, other: names.other, expected: first.extent.sides,
                    found: extent.sides)
        }
        var prepared: [Volume] = []
        for channel in channels { prepared.append(try prepare(channel)) }
        return PreparedScan(geometry: prepared[0].geometry, channels: prepared.map(\.voxels))
    }

    /// Checks that the spacing and the percentiles are valid.
    ///
    /// - Throws: `SegmentationError.badSetting`.
    public func validate() throws(SegmentationError) {
        let setting = PlanSetting.of(\.preparation.spacing)
        if let spacing, let limits = setting.limits, !limits.contains(spacing) {
            throw .badSetting(setting, value: "\(spacing)", rule: .limits(limits))
        }
        guard 0 <= clip.low, clip.low < clip.high, clip.high <= 100 else {
            throw .badSetting(
                .of(\.preparation.clip), value: "\(clip.low) to \(clip.high)", rule: .percentiles)
        }
    }
}

extension Plan {
    /// Refuses a scan that would take too much memory with this plan; see `Preparation.check`.
    package func check(_ geometry: Geometry, path: String) throws(SegmentationError) {
        try preparation.check(
            geometry, path: path, channels: network.inputChannels, classes: network.outputChannels)
    }
}
