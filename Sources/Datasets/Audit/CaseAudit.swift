import Imaging
import Scans

/// What one case of a dataset holds.
public struct CaseAudit: Codable, Sendable, Equatable {
    /// Names as in `Case`.
    public var id: String
    /// The patient's name.
    public var patient: String
    /// The phase, where it is known.
    public var phase: Phase?
    /// Why the case cannot be used, in one sentence; nil where it can.
    public var error: String?
    /// Files of the case that by their headers lie elsewhere than its image.
    public var misplacements: [Misplacement] = []
    /// What the labels are called in their own file, where stated names overrule it.
    public var overruledNames: OtherNames?
    /// The image; nil where it cannot be read.
    public var image: Image?
    /// The labels; nil where there are none, or where they cannot be read.
    public var labels: Labels?

    /// Grid and intensities of an image.
    public struct Image: Codable, Sendable, Equatable {
        /// Pixels along x and y.
        public var width: Int
        /// See `width`.
        public var height: Int
        /// Slices.
        public var slices: Int
        /// Distance between voxel centers, mm; 1 of pictures, a pixel.
        public var spacing: Spacing
        /// Channels.
        public var channels: Int
        /// Frames of a series that is one case; nil of others.
        public var frames: Int?
        /// How the file stores a voxel, such as `int16`.
        public var type: String
        /// Of the first channel: smallest intensity, 99th percentile (of at most 65,536 voxels, evenly taken) and largest intensity.
        public var minimum: Float
        /// See `minimum`.
        public var percentile99: Float
        /// See `minimum`.
        public var maximum: Float
    }

    /// Counts of labels.
    public struct Labels: Codable, Sendable, Equatable {
        /// For each structure of the dataset, in its order: voxels.
        public var voxels: [Int]
        /// For each structure: volume in ml; means nothing for pictures. Nil where the header's spacing makes it larger
        /// than numbers go, which JSON cannot say.
        public var milliliters: [Double?]
        /// Slices that have no label at all.
        public var emptySlices: Int
        /// For each structure: slices in which it is the only label.
        public var soleSlices: [Int]
        /// Where labels touch each other: see `LabelContacts.counts`.
        public var contacts: [[Int]]
    }
}

extension CaseAudit.Image {
    init(_ loaded: LoadedCase) {
        let volume = loaded.volume
        let geometry = volume.geometry
        self.init(
            width: geometry.width, height: geometry.height, slices: geometry.depth, spacing: geometry.spacing,
            channels: loaded.case.isSeries ? 1 : loaded.channels.count,
            frames: loaded.case.isSeries ? loaded.channels.count : nil, type: loaded.storedAs,
            minimum: volume.voxels.min() ?? 0,
            percentile99: Percentiles.of(volume.voxels, [99])[0], maximum: volume.voxels.max() ?? 0)
    }
}

extension CaseAudit.Labels {
    init(_ map: LabelMap, structures: [Structure]) {
        var place = [Int](repeating: 0, count: 256)
        for (index, structure) in structures.enumerated() { place[Int(structure.label)] = index + 1 }
        let classes = structures.count + 1
        var voxels = [Int](repeating: 0, count: classes)
        var (empty, sole) = (0, [Int](repeating: 0, count: structures.count))
        for slice in 0..<map.geometry.depth {
            let first = slice * map.geometry.sliceCount
            var counts = [Int](repeating: 0, count: classes)
            for label in map.labels[first..<first + map.geometry.sliceCount] {
                counts[place[Int(label)]] += 1
            }
            let present = (1..<classes).filter { counts[$0] > 0 }
            if present.isEmpty { empty += 1 }
            if present.count == 1 { sole[present[0] - 1] += 1 }
            for index in 0..<classes { voxels[index] += counts[index] }
        }
        let milliliters = voxels.dropFirst().map { Double($0) * map.geometry.voxelVolume / 1000 }
        self.init(
            voxels: Array(voxels.dropFirst()), milliliters: milliliters.map { $0.isFinite ? $0 : nil },
            emptySlices: empty, soleSlices: sole,
            contacts: LabelContacts(of: map, structures: structures).counts)
    }
}
