import Foundation
import Imaging
import NIfTI

extension Case {
    /// Reads image and labels.
    ///
    /// - Parameter structures: the data set's classes: any other label but 0 is an error.
    /// - Throws: `DatasetError` if a file cannot be read or is damaged, a NIfTI image is a series (unless its frames are
    ///   channels) or has NaN or infinite voxels or no spacing, the channels' grids differ, the labels have another
    ///   shape or spacing, are no whole numbers, are not among `structures`, are called otherwise by their own file
    ///   (`otherNames`), or look like the image while the image looks like labels. Files that lie elsewhere by their headers are no error: see `LoadedCase.misplacements`.
    public func load(structures: [Structure]) throws(DatasetError) -> LoadedCase {
        let first = try read(image)
        var (channels, types) = (first.channels, [first.type])
        var misplacements: [Misplacement] = []
        for file in images.dropFirst() {
            let (more, other, stored) = try read(file)
            types.append(stored)
            try requireGrid(channels[0].geometry, of: file, more[0].geometry)
            misplacements +=
                Misplacement(
                    of: file, other?.header, from: image, first.image?.header, on: channels[0].geometry
                ).map { [$0] } ?? []
            // Spacings that differ by rounding are one spacing.
            channels += more.map { Volume(geometry: channels[0].geometry, voxels: $0.voxels) }
        }
        if let channelCount, channels.count != channelCount {
            throw .channelCount(path: image.relativePath, expected: channelCount, found: channels.count)
        }
        // Channels of pictures are written together, in a type that holds them all.
        let type = first.image == nil ? ImageFile.commonType(types) : first.type
        guard let reference else {
            return LoadedCase(
                case: self, image: first.image, channels: channels, storedAs: type, labels: nil,
                misplacements: misplacements)
        }
        try requireNotSwapped(channels[0], with: reference)
        let geometry = channels[0].geometry
        let file = try labels(in: reference)
        try requireGrid(geometry, of: reference, dimensions: file.dimensions, spacing: file.spacing)
        if let found = Misplacement(
            of: reference, file.header, from: image, first.image?.header, on: geometry, isReference: true)
        {
            misplacements.append(found)
        }
        let names =
            hasInstances ? nil : OtherNames(in: reference, own: file.header?.structures, known: structures)
        if let names, !overrulesNames { throw .otherNames(names) }
        let labels =
            hasInstances
            ? try Self.objects(file.values, structures: structures, path: reference.relativePath)
            : try Self.classes(file.values, structures: structures, path: reference.relativePath)
        return LoadedCase(
            case: self, image: first.image, channels: channels, storedAs: type,
            labels: LabelMap(geometry: geometry, labels: labels),
            instances: hasInstances ? file.values.map { UInt16($0) } : nil,
            misplacements: misplacements, overruledNames: names)
    }

    /// The channels of one file, its NIfTI image where it is one, and how it stores a sample.
    private func read(
        _ file: URL
    ) throws(DatasetError) -> (channels: [Volume], image: NIfTIImage?, type: String) {
        if ImageFile.isPicture(file) {
            do throws(ImagingError) {
                let content = try ImageFile.read(
                    file, page: page, at: file == image ? pageOffsets.image : nil)
                return (content.channels, nil, content.storedAs)
            } catch {
                throw .imaging(error)
            }
        }
        var image: NIfTIImage
        do throws(NIfTIError) {
            image = try NIfTIImage(contentsOf: file)
            if let frameIndex { image = try image.extracting(frame: frameIndex) }
        } catch {
            throw .nifti(error)
        }
        guard image.frameCount == 1 || framesAreChannels else { throw whyNoFrame(image.frameCount) }
        let spacing = image.header.spacing
        guard image.header.hasSpacing else { throw .noSpacing(path: file.relativePath, found: spacing) }
        let grid = image.header.grid
        let geometry = Geometry(
            width: grid.x, height: grid.y, depth: grid.z, spacing: Spacing(spacing[0], spacing[1], spacing[2])
        )
        var channels: [Volume] = []
        do throws(NIfTIError) {
            for frame in 0..<image.frameCount {
                channels.append(Volume(geometry: geometry, voxels: try image.floats(frame: frame)))
            }
        } catch {
            throw .nifti(error)
        }
        return (channels, image, image.header.datatype.description)
    }

    /// The values of a label file, with its dimensions (frames included), its spacing, and its header where it is NIfTI.
    private func labels(
        in file: URL
    ) throws(DatasetError) -> (values: [Int32], dimensions: [Int], spacing: Spacing, header: NIfTIHeader?) {
        if ImageFile.isPicture(file) {
            do throws(ImagingError) {
                let picture = try LabelPicture(contentsOf: file, page: page, at: pageOffsets.reference)
                let extent = picture.extent
                return (
                    picture.values.map { Int32($0) }, [extent.width, extent.height, extent.depth],
                    Spacing(1, 1, 1), nil
                )
            } catch {
                throw .imaging(error)
            }
        }
        do throws(NIfTIError) {
            var image = try NIfTIImage(contentsOf: file)
            if let frameIndex, image.frameCount > 1 { image = try image.extracting(frame: frameIndex) }
            let (grid, spacing) = (image.header.grid, image.header.spacing)
            return (
                try image.integers(frame: 0),
                image.frameCount == 1 ? [grid.x, grid.y, grid.z] : image.dimensions,
                Spacing(spacing[0], spacing[1], spacing[2]), image.header
            )
        } catch {
            throw .nifti(error)
        }
    }

    /// Throws `DatasetError.swapped` where the image looks like labels and `reference` like an image.
    private func requireNotSwapped(_ image: Volume, with reference: URL) throws(DatasetError) {
        guard !hasInstances, case .labels(let values) = Appearance(of: image),
            let other = try? read(reference).channels[0],
            case .intensities(let intensities) = Appearance(of: other)
        else { return }
        throw .swapped(
            image: self.image.relativePath, values: values, reference: reference.relativePath,
            intensities: intensities)
    }

    /// Throws `DatasetError.swapped` where image and reference are each other's; what cannot be read is no matter here.
    func requireNotSwapped() throws(DatasetError) {
        guard let reference, let first = try? read(image).channels[0] else { return }
        try requireNotSwapped(first, with: reference)
    }

    private func requireGrid(_ expected: Geometry, of file: URL, _ found: Geometry) throws(DatasetError) {
        try requireGrid(
            expected, of: file, dimensions: [found.width, found.height, found.depth], spacing: found.spacing)
    }

    /// Checks that `file` lies on the grid of the case's first image, spacings to a thousandth.
    private func requireGrid(
        _ expected: Geometry, of file: URL, dimensions: [Int], spacing: Spacing
    ) throws(DatasetError) {
        let isReference = file == reference
        let wanted = [expected.width, expected.height, expected.depth]
        guard dimensions == wanted else {
            throw isReference
                ? .shapeMismatch(
                    image: image.relativePath, reference: file.relativePath, expected: wanted,
                    found: dimensions)
                : .channelShape(
                    first: image.relativePath, other: file.relativePath, expected: wanted, found: dimensions)
        }
        guard spacing.isAlike(expected.spacing) else {
            let (wanted, found) = (expected.spacing.sides, spacing.sides)
            throw isReference
                ? .spacingMismatch(
                    image: image.relativePath, reference: file.relativePath, expected: wanted, found: found)
                : .channelSpacing(
                    first: image.relativePath, other: file.relativePath, expected: wanted, found: found)
        }
    }

    /// Values beyond which labels look like numbered objects rather than classes.
    static let classLimit = 64

    private static func classes(
        _ values: [Int32], structures: [Structure], path: String
    ) throws(DatasetError) -> [UInt8] {
        var isKnown = [Bool](repeating: false, count: 256)
        isKnown[0] = true
        for structure in structures { isKnown[Int(structure.label)] = true }
        var labels = [UInt8](repeating: 0, count: values.count)
        var unknown: Set<Int> = []
        for (index, value) in values.enumerated() {
            if 0...255 ~= value, isKnown[Int(value)] {
                labels[index] = UInt8(value)
            } else {
                unknown.insert(Int(value))
            }
        }
        guard unknown.isEmpty else {
            guard unknown.count <= classLimit else {
                throw .objectsNotClasses(path: path, count: unknown.count)
            }
            throw .unknownLabels(
                path: path, found: unknown.sorted(), known: structures.map { Int($0.label) })
        }
        return labels
    }

    /// The only structure's label wherever an object is.
    private static func objects(
        _ values: [Int32], structures: [Structure], path: String
    ) throws(DatasetError) -> [UInt8] {
        guard structures.count == 1 else {
            throw .objectsOfSeveralClasses(path: path, found: structures.map(\.name))
        }
        let label = structures[0].label
        return values.map { $0 == 0 ? 0 : label }
    }
}
