import Files
import Foundation
import Imaging
import NIfTI
import Scans

/// A writer of a dataset's cases as files of another layout.
struct CaseWriter: Sendable {
    /// The numbers of files written.
    struct Counts {
        var copied = 0
        var rewritten = 0
    }

    let dataset: Dataset
    /// The cases to write, with the frames of a series one by one.
    let cases: [Case]
    let target: Conversion.Target
    let root: URL
    /// The ending of all written files.
    let ending: String
    /// The structures with the labels they will have, 1 and up.
    let structures: [Structure]

    init(
        _ dataset: Dataset, cases: [Case], target: Conversion.Target, root: URL
    ) throws(DatasetError) {
        self.dataset = dataset
        self.cases = cases
        self.target = target
        self.root = root
        structures = dataset.structures.enumerated().map { Structure(name: $1.name, label: UInt8($0 + 1)) }
        let files = cases.flatMap { $0.images + [$0.reference].compactMap { $0 } }
        if target == .nnunet, dataset.isImages, Self.areFlat(cases) {
            ending = ".png"
        } else if target == .nnunet, files.allSatisfy({ $0.pathExtension.lowercased() == "nii" }) {
            ending = ".nii"
        } else {
            ending = ".nii.gz"
        }
    }

    /// Returns whether every case is a single picture rather than a volume of pages.
    private static func areFlat(_ cases: [Case]) -> Bool {
        cases.allSatisfy { item in
            // Loading reports files that cannot be read.
            item.page != nil || (try? ScanHeader(contentsOf: item.image))?.pageCount ?? 1 == 1
        }
    }

    /// Loads, checks and writes one case.
    func write(_ item: Case) throws(DatasetError) -> Counts {
        var reader = ScanReader()
        let loaded = try item.load(structures: dataset.structures, with: &reader)
        var counts = Counts()
        let folder = root.appending(path: item.reference == nil ? "imagesTs" : "imagesTr")
        if target == .nnunet, !(ending == ".png" && item.images.count == 1) {
            for channel in loaded.channels.indices {
                let file = folder.appending(path: "\(item.id)_\(String(channel).padded(to: 4))\(ending)")
                let source = item.images.count == loaded.channels.count ? item.images[channel] : nil
                try write(
                    [loaded.channels[channel]], of: loaded, source: source, to: file, &counts, &reader)
            }
        } else {
            let name = target == .nnunet ? item.id + "_0000" : item.id
            let source = item.images.count == 1 ? item.image : nil
            try write(
                loaded.channels, of: loaded, source: source, to: folder.appending(path: name + ending),
                &counts, &reader)
        }
        if let labels = loaded.labels, let reference = item.reference {
            try write(
                labels, reference, to: root.appending(path: "labelsTr/\(item.id)\(ending)"), item, &counts,
                &reader)
        }
        return counts
    }

    /// Writes `channels`, which are all that the file `source`, if any, contains.
    private func write(
        _ channels: [Volume], of loaded: LoadedCase, source: URL?, to file: URL, _ counts: inout Counts,
        _ reader: inout ScanReader
    ) throws(DatasetError) {
        if let source, loaded.case.page == nil, loaded.case.frameIndex == nil,
            try canCopy(source, isLabels: false)
        {
            try copy(source, to: file)
            counts.copied += 1
            return
        }
        counts.rewritten += 1
        if ending == ".png" {
            try Self.write(picture(channels, loaded), to: file)
        } else if let source, !ScanFormat.isPicture(source) {
            try rewrite(source, frame: loaded.case.frameIndex, to: file, &reader)
        } else {
            try Self.write(image(channels, loaded), to: file)
        }
    }

    private func write(
        _ labels: LabelMap, _ reference: URL, to file: URL, _ item: Case, _ counts: inout Counts,
        _ reader: inout ScanReader
    ) throws(DatasetError) {
        let keepsValues = structures == dataset.structures && !item.hasInstances
        if keepsValues, item.page == nil, item.frameIndex == nil, try canCopy(reference, isLabels: true),
            try namesFit(reference, &reader)
        {
            try copy(reference, to: file)
            counts.copied += 1
            return
        }
        counts.rewritten += 1
        if keepsValues, !ScanFormat.isPicture(reference) {
            try rewrite(reference, frame: item.frameIndex, naming: structures, to: file, &reader)
            return
        }
        var labels = labels
        var table = [UInt8](repeating: 0, count: 256)
        for (old, new) in zip(dataset.structures, structures) { table[Int(old.label)] = new.label }
        for index in labels.labels.indices { labels.labels[index] = table[Int(labels.labels[index])] }
        if ending == ".png" {
            try Self.write(PNGImage(labels: labels), to: file)
        } else if ScanFormat.isPicture(reference) {
            try Self.write(Self.image(labels.labels, labels.geometry).naming(structures), to: file)
        } else {
            let header = try nifti(reference, &reader).header
            try Self.write(NIfTIImage(labels, like: header).naming(structures), to: file)
        }
    }

    /// Returns whether the other layout accepts the file as it is.
    private func canCopy(_ source: URL, isLabels: Bool) throws(DatasetError) -> Bool {
        guard ending == ".png" else {
            // The content decides whether a file is compressed, but readers go by the name.
            return !ScanFormat.isPicture(source) && source.lastPathComponent.hasSuffix(ending)
        }
        guard source.pathExtension.lowercased() == "png" else { return false }
        do throws(PNGError) {
            let picture = try PNGImage(contentsOf: source)
            // Other readers turn palettes into colors, and colors with opacity into four channels.
            return picture.bitDepth >= 8 && (picture.format == .gray || (picture.format == .rgb && !isLabels))
        } catch {
            throw .scan(.png(error))
        }
    }

    /// Returns whether the label file names its labels as `dataset.json` will, or not at all.
    private func namesFit(_ reference: URL, _ reader: inout ScanReader) throws(DatasetError) -> Bool {
        guard !ScanFormat.isPicture(reference) else { return true }
        let own = try nifti(reference, &reader).header.structures
        return own.map { Set($0) == Set(structures) } ?? true
    }

    private func copy(_ source: URL, to file: URL) throws(DatasetError) {
        do throws(FileError) { try AtomicFile.write(FileContents.bytes(source), to: file) } catch {
            throw .file(error)
        }
    }

    /// Writes a NIfTI file under a name with another ending, compressed or not, with the same header and voxels. Writes
    /// only `frame`, from 0, of a series, and labels with the names of `structures`.
    private func rewrite(
        _ source: URL, frame: Int?, naming structures: [Structure]? = nil, to file: URL,
        _ reader: inout ScanReader
    ) throws(DatasetError) {
        var image = try nifti(source, &reader)
        do throws(NIfTIError) {
            if let frame, image.frameCount > 1 { image = try image.extracting(frame: frame) }
            if let structures { image = image.naming(structures) }
            try image.write(to: file)
        } catch {
            throw .scan(.nifti(error))
        }
    }

    private func nifti(_ file: URL, _ reader: inout ScanReader) throws(DatasetError) -> NIfTIImage {
        do { return try reader.nifti(file) } catch { throw .scan(error) }
    }

    private func picture(_ channels: [Volume], _ loaded: LoadedCase) throws(DatasetError) -> PNGImage {
        let geometry = channels[0].geometry
        var samples = [UInt16](repeating: 0, count: geometry.count * channels.count)
        for (number, channel) in channels.enumerated() {
            for (pixel, stored) in channel.voxels.enumerated() {
                // The brightness of a palette's colors can be fractional.
                let value = loaded.storedAs.hasPrefix("uint") ? stored.rounded() : stored
                guard value >= 0, value <= 65535, value == value.rounded() else {
                    throw .cannotConvert(
                        path: loaded.case.image.relativePath,
                        reason:
                            "has the value \(value), but nnU-Net's PNG files can hold only whole numbers from 0 to 65535; "
                            + "save it as 8- or 16-bit, or convert to decathlon")
                }
                samples[pixel * channels.count + number] = UInt16(value)
            }
        }
        return PNGImage(
            width: geometry.width, height: geometry.height, format: channels.count == 3 ? .rgb : .gray,
            bitDepth: samples.contains { $0 > 255 } || loaded.storedAs == "uint16" ? 16 : 8, samples: samples)
    }

    /// Returns channels as one NIfTI image, 4D if there are several.
    private func image(_ channels: [Volume], _ loaded: LoadedCase) -> NIfTIImage {
        let geometry = channels[0].geometry
        let values = channels.flatMap(\.voxels)
        if let template = loaded.template {
            return NIfTIImage(floats: values, channels: channels.count, like: template)
        }
        return switch loaded.storedAs {
        case "uint1", "uint2", "uint4", "uint8":
            Self.image(values.map { UInt8($0.rounded()) }, geometry, channels.count)
        case "uint16": Self.image(values.map { UInt16($0.rounded()) }, geometry, channels.count)
        default: Self.image(values, geometry, channels.count)
        }
    }

    private static func image<Voxel: NIfTIScalar>(
        _ voxels: [Voxel], _ geometry: Geometry, _ channels: Int = 1
    ) -> NIfTIImage {
        let spacing = [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z]
        let dimensions = [geometry.width, geometry.height, geometry.depth]
        return channels == 1
            ? NIfTIImage(voxels: voxels, dimensions: dimensions, spacing: spacing)
            : NIfTIImage(voxels: voxels, dimensions: dimensions + [channels], spacing: spacing + [1])
    }

    private static func write(_ picture: PNGImage, to file: URL) throws(DatasetError) {
        do throws(PNGError) { try picture.write(to: file) } catch { throw .scan(.png(error)) }
    }

    private static func write(_ image: NIfTIImage, to file: URL) throws(DatasetError) {
        do throws(NIfTIError) { try image.write(to: file) } catch { throw .scan(.nifti(error)) }
    }
}
