import Imaging
import Scans

/// The contents of one case of a dataset.
public struct CaseAudit: Codable, Sendable, Equatable {
    /// The name, as in `Case`.
    public var id: String
    /// The patient's name.
    public var patient: String
    /// The phase, if it is known.
    public var phase: Phase?
    /// The reason why the case cannot be used, in one sentence; nil if it can.
    public var error: String?
    /// Files of the case that their headers place elsewhere than its image.
    public var misplacements: [Misplacement] = []
    /// The names of the labels in their own file, if stated names overrule them.
    public var overruledNames: OtherNames?
    /// The image; nil if it cannot be read.
    public var image: Image?
    /// The labels; nil if there are none, or they cannot be read.
    public var labels: Labels?

    /// Grid and intensities of an image.
    public struct Image: Codable, Sendable, Equatable {
        /// Pixels along x.
        public var width: Int
        /// Pixels along y.
        public var height: Int
        /// Slices.
        public var slices: Int
        /// Distance between voxel centers, mm; 1 (a pixel) for pictures.
        public var spacing: Spacing
        /// Channels.
        public var channels: Int
        /// Frames of a series that is one case; nil for others.
        public var frames: Int?
        /// The stored type of a voxel, such as `int16`.
        public var type: String
        /// Smallest intensity of the first channel.
        public var minimum: Float
        /// 99th percentile of the intensities of the first channel.
        public var percentile99: Float
        /// Largest intensity of the first channel.
        public var maximum: Float
    }

    /// Counts of labels.
    public struct Labels: Codable, Sendable, Equatable {
        /// For each structure of the dataset, in its order: voxels.
        public var voxels: [Int]
        /// For each structure: volume in ml, meaningless for pictures; nil if the header's spacing makes it infinite,
        /// which JSON cannot represent.
        public var milliliters: [Double?]
        /// Slices without any label.
        public var emptySlices: Int
        /// For each structure: slices in which it is the only label.
        public var soleSlices: [Int]
        /// The contacts between labels: see `LabelContacts.counts`.
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
