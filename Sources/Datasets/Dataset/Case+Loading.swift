import Files
import Foundation
import Imaging
import Scans

extension Case {
    /// The files of the image, and the part of them that is the case.
    public var source: ScanSource {
        ScanSource(
            images, frames: framesAreChannels ? .channels : frameIndex.map { .one($0) } ?? .all, page: page,
            pageOffset: pageOffsets.image)
    }

    /// Reads the image and its labels.
    ///
    /// - Parameter structures: the dataset's classes; any other label except 0 is an error.
    /// - Throws: `DatasetError` if a file cannot be read or is damaged, a NIfTI image is a series (unless its frames
    ///   are channels) or has NaN or infinite voxels or no spacing, the channels' grids differ, the labels have another
    ///   shape or spacing, are not whole numbers, are not among `structures`, have other names in their own file
    ///   (`otherNames`), or look like the image while the image looks like labels. Files that their headers place
    ///   elsewhere are not an error: see `LoadedCase.misplacements`.
    public func load(structures: [Structure]) throws(DatasetError) -> LoadedCase {
        var reader = ScanReader()
        return try load(structures: structures, with: &reader)
    }

    /// Does the same with a reader that may already have read the files for another case.
    package func load(
        structures: [Structure], with reader: inout ScanReader
    ) throws(DatasetError) -> LoadedCase {
        try loadLabels(of: loadImage(with: &reader), structures: structures, with: &reader)
    }

    /// Reads only the image.
    func loadImage(with reader: inout ScanReader) throws(DatasetError) -> LoadedCase {
        let scan: Scan
        let channels: [Volume]
        do throws(ScanError) {
            scan = try reader.scan(source)
            guard scan.frameCount == 1 else {
                throw .series(path: image.relativePath, frames: scan.frameCount)
            }
            channels = try scan.channels()
        } catch {
            guard case .series(_, let frames) = error else { throw .scan(error) }
            throw whyNoFrame(frames, with: &reader)
        }
        if let channelCount, channels.count != channelCount {
            throw .channelCount(path: image.relativePath, expected: channelCount, found: channels.count)
        }
        return LoadedCase(
            case: self, template: scan.template, channels: channels, storedAs: scan.storedAs, labels: nil,
            misplacements: scan.misplacements)
    }

    /// Returns the reason why no single frame of the image, which has `frames`, is the case.
    private func whyNoFrame(_ frames: Int, with reader: inout ScanReader) -> DatasetError {
        let path = image.relativePath
        guard let reference else { return .scan(.series(path: path, frames: frames)) }
        let found: Int
        do throws(ScanError) {
            found = try ScanHeader(contentsOf: reference).frameCount
            // Labels of as many frames are split into frames unless they are damaged.
            if found == frames { _ = try reader.nifti(reference) }
        } catch {
            return .scan(error)
        }
        return found == 1
            ? .labelsOfOneFrame(image: path, reference: reference.relativePath, frames: frames)
            : .frameCount(image: path, reference: reference.relativePath, expected: frames, found: found)
    }

    /// Adds the labels to the `loaded` image, and checks that they belong to it.
    func loadLabels(
        of loaded: LoadedCase, structures: [Structure], with reader: inout ScanReader
    ) throws(DatasetError) -> LoadedCase {
        guard let reference else { return loaded }
        try requireNotSwapped(loaded.volume, with: &reader)
        let file = try labelFile(reference, with: &reader)
        let geometry = loaded.volume.geometry
        let dimensions = file.extent.sides + (file.frameCount > 1 ? [file.frameCount] : [])
        guard dimensions == geometry.extent.sides else {
            throw .shapeMismatch(
                image: image.relativePath, reference: reference.relativePath,
                expected: geometry.extent.sides, found: dimensions)
        }
        guard file.spacing.isAlike(geometry.spacing) else {
            throw .spacingMismatch(
                image: image.relativePath, reference: reference.relativePath,
                expected: geometry.spacing.sides, found: file.spacing.sides)
        }
        let labels = try labels(of: file, structures: structures)
        let misplacement = Misplacement(
            of: reference, file.template, from: image, loaded.template, on: geometry, isReference: true)
        return LoadedCase(
            case: self, template: loaded.template, channels: loaded.channels, storedAs: loaded.storedAs,
            labels: LabelMap(geometry: geometry, labels: labels),
            instances: hasInstances ? file.values.map { UInt16($0) } : nil,
            misplacements: loaded.misplacements + [misplacement].compactMap(\.self),
            overruledNames: otherNames(in: file, than: structures))
    }

    /// Reads only the labels, without the image and the checks that need it; nil if there are none.
    ///
    /// - Throws: `DatasetError` if the file cannot be read or its labels are not among `structures`.
    package func loadLabels(
        structures: [Structure]
    ) throws(DatasetError) -> (labels: LabelMap, instances: [UInt16]?)? {
        guard let reference else { return nil }
        var reader = ScanReader()
        let file = try labelFile(reference, with: &reader)
        return (
            LabelMap(
                geometry: Geometry(extent: file.extent, spacing: file.spacing),
                labels: try labels(of: file, structures: structures)),
            hasInstances ? file.values.map { UInt16($0) } : nil
        )
    }

    private func labelFile(
        _ reference: URL, with reader: inout ScanReader
    ) throws(DatasetError) -> LabelScan {
        do throws(ScanError) {
            return try reader.labels(in: reference, frame: frameIndex, page: page, at: pageOffsets.reference)
        } catch {
            throw .scan(error)
        }
    }

    /// Returns the file's own names if they contradict `structures`. Objects are all of one structure, whatever its
    /// name.
    private func otherNames(in file: LabelScan, than structures: [Structure]) -> OtherNames? {
        hasInstances ? nil : OtherNames(in: file.url, own: file.template?.structures, known: structures)
    }

    /// The number of values above which labels look like numbered objects rather than classes.
    static let classLimit = 64

    /// Returns the values as labels of `structures`; numbered objects all get the label of the only structure.
    private func labels(of file: LabelScan, structures: [Structure]) throws(DatasetError) -> [UInt8] {
        let path = file.url.relativePath
        if let names = otherNames(in: file, than: structures), !overrulesNames { throw .otherNames(names) }
        if hasInstances {
            guard structures.count == 1 else {
                throw .objectsOfSeveralClasses(path: path, found: structures.map(\.name))
            }
            let label = structures[0].label
            return file.values.map { $0 == 0 ? 0 : label }
        }
        var isKnown = [Bool](repeating: false, count: 256)
        isKnown[0] = true
        for structure in structures { isKnown[Int(structure.label)] = true }
        var labels = [UInt8](repeating: 0, count: file.values.count)
        var unknown: Set<Int> = []
        for (index, value) in file.values.enumerated() {
            if 0...255 ~= value, isKnown[Int(value)] {
                labels[index] = UInt8(value)
            } else {
                unknown.insert(Int(value))
            }
        }
        guard unknown.isEmpty else {
            guard unknown.count <= Self.classLimit else {
                throw .objectsNotClasses(path: path, count: unknown.count)
            }
            throw .unknownLabels(
                path: path, found: unknown.sorted(), known: structures.map { Int($0.label) })
        }
        return labels
    }
}

extension Case {
    /// Throws `DatasetError.swapped` if `image` looks like labels and the reference like an image.
    private func requireNotSwapped(_ image: Volume, with reader: inout ScanReader) throws(DatasetError) {
        guard let reference, !hasInstances, case .labels(let values) = Appearance(of: image) else { return }
        var source = source
        (source.files, source.pageOffset) = ([reference], pageOffsets.reference)
        guard let other = try? reader.scan(source).channels()[0],
            case .intensities(let intensities) = Appearance(of: other)
        else { return }
        throw .swapped(
            image: self.image.relativePath, values: values, reference: reference.relativePath,
            intensities: intensities)
    }

    /// Throws `DatasetError.swapped` if image and reference are swapped; unreadable files are ignored here.
    func requireNotSwapped() throws(DatasetError) {
        var reader = ScanReader()
        guard let first = try? loadImage(with: &reader) else { return }
        try requireNotSwapped(first.volume, with: &reader)
    }
}

extension [Case] {
    /// Returns the results of `body` for all cases, in their order, computed on all processors.
    ///
    /// Frames of one series are read one after the other by one reader, so that their files are inflated once.
    /// - Parameter progress: called with the number of cases done; from several threads, one at a time.
    package func parallelRead<Result: Sendable>(
        progress: (@Sendable (Int) -> Void)? = nil, _ body: @Sendable (Case, inout ScanReader) -> Result
    ) -> [Result] {
        var groups: [[Int]] = []
        var places: [URL: Int] = [:]
        for (index, item) in enumerated() {
            if item.frameIndex != nil, let place = places[item.image] {
                groups[place].append(index)
            } else {
                if item.frameIndex != nil { places[item.image] = groups.count }
                groups.append([index])
            }
        }
        let meter = ProgressCount(progress)
        let read = groups.parallelMap { group in
            var reader = ScanReader()
            return group.map { index in
                defer { meter.countOne() }
                return body(self[index], &reader)
            }
        }
        var results = [Result?](repeating: nil, count: count)
        for (group, found) in zip(groups, read) {
            for (index, result) in zip(group, found) { results[index] = result }
        }
        return results.map { $0! }
    }
}
