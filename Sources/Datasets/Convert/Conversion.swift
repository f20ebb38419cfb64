import Files
import Foundation
import Imaging
import Scans

/// A conversion of a dataset to another layout.
///
/// Cases keep their ids; `dataset.json` also notes their patient, phase and group if the ids do not tell them. NIfTI
/// files are copied byte for byte if the other layout accepts them as they are; otherwise voxels and headers stay the
/// same as far as the layout allows. Labeled cases become the training cases, others the test images, with each frame
/// of a series without labels. Labels keep their values if these are 1, 2, 3 …, and are renumbered that way otherwise:
/// nnU-Net requires them without gaps.
///
/// Every case is loaded and checked first. The folder appears under its name only once all of it is written.
public struct Conversion: Sendable {
    /// A layout that can be written.
    public enum Target: String, Sendable, Codable, CaseIterable {
        /// nnU-Net's raw folders (version 2).
        case nnunet
        /// The Medical Segmentation Decathlon's folders.
        case decathlon
    }

    /// The result of a conversion.
    public struct Result: Sendable, Codable, Equatable {
        /// The layout.
        public let layout: Target
        /// Cases with labels.
        public let training: Int
        /// Cases without labels.
        public let test: Int
        /// Files copied byte for byte.
        public let copied: Int
        /// Files that had to be rewritten.
        public let rewritten: Int
        /// The structures, with their new labels.
        public let structures: [Structure]
    }

    /// The dataset to convert.
    public let dataset: Dataset
    /// The layout to write.
    public let target: Target

    /// Creates a conversion of `dataset`.
    public init(_ dataset: Dataset, to target: Target) {
        self.dataset = dataset
        self.target = target
    }

    /// The number of cases to write, with frames of a series without labels one by one: the count that `progress`
    /// reaches.
    public var caseCount: Int { cases.count }

    private var cases: [Case] { dataset.cases.flatMap(\.frames) }

    /// Writes the dataset into `folder`, which is created.
    ///
    /// - Parameters:
    ///   - folder: a new or an empty folder.
    ///   - progress: called after every case with the number done so far; from several threads, one at a time.
    /// - Throws: `DatasetError.notEmpty` and `fileInPlace` if `folder` is in use, `outputInDataset` if one of the two
    ///   folders would be inside the other, `contradiction` if frames of two series would have one name,
    ///   `cannotConvert` if the layout cannot represent the dataset, the errors of `Case.load(structures:)`, and
    ///   `file`. Nothing is then left behind.
    public func write(
        to folder: URL, progress: (@Sendable (Int) -> Void)? = nil
    ) throws(DatasetError) -> Result {
        try folder.checkIsFree()
        for (outer, inner) in [(dataset.root, folder), (folder, dataset.root)]
        where Folder.contains(outer, inner) {
            throw .outputInDataset(path: folder.relativePath, dataset: dataset.root.relativePath)
        }
        let cases = self.cases
        var ids: Set<String> = []
        if let item = cases.first(where: { !ids.insert($0.id).inserted }) {
            throw .contradiction(
                path: dataset.root.relativePath,
                reason: "contains two scans or frames named \(item.id); rename one of them")
        }
        guard cases.contains(where: { $0.reference != nil }), !dataset.structures.isEmpty else {
            throw .cannotConvert(
                path: dataset.root.relativePath,
                reason: "has no case with labels, so there is nothing to train on; add labels")
        }
        let staged: StagedFolder
        do { staged = try StagedFolder(folder) } catch { throw .file(error) }
        let writer = try CaseWriter(dataset, cases: cases, target: target, root: staged.url)
        let counts: CaseWriter.Counts
        do {
            counts = try fill(staged.url, cases, with: writer, progress: progress)
        } catch {
            throw error.naming(staged.url, as: folder)
        }
        do { try staged.commit(last: DatasetDescription.fileName) } catch { throw .file(error) }
        let training = cases.count { $0.reference != nil }
        return Result(
            layout: target, training: training, test: cases.count - training, copied: counts.copied,
            rewritten: counts.rewritten, structures: writer.structures)
    }

    /// Writes everything in the layout into the folder `root`, and counts the files of cases.
    private func fill(
        _ root: URL, _ cases: [Case], with writer: CaseWriter, progress: (@Sendable (Int) -> Void)?
    ) throws(DatasetError) -> CaseWriter.Counts {
        let hasTest = cases.contains { $0.reference == nil }
        do {
            for part in ["imagesTr", "labelsTr"] + (hasTest ? ["imagesTs"] : []) {
                try Folder.make(root.appending(path: part))
            }
        } catch {
            throw .file(error)
        }
        let counts = try write(cases, with: writer, progress: progress)
        do throws(FileError) {
            try AtomicFile.write(writer.description(), to: root.appending(path: DatasetDescription.fileName))
        } catch {
            throw .file(error)
        }
        return counts
    }

    /// Writes the cases, on all processors, and counts their files.
    private func write(
        _ cases: [Case], with writer: CaseWriter, progress: (@Sendable (Int) -> Void)?
    ) throws(DatasetError) -> CaseWriter.Counts {
        let counts = try cases.parallelMap(progress: progress) { item throws(DatasetError) in
            try writer.write(item)
        }
        return CaseWriter.Counts(
            copied: counts.reduce(0) { $0 + $1.copied }, rewritten: counts.reduce(0) { $0 + $1.rewritten })
    }
}

extension DatasetError {
    /// Returns the same error with the path that users know: a file that could not be written into the hidden folder
    /// `staged` gets the name that it would have had in `target`.
    package func naming(_ staged: URL, as target: URL) -> DatasetError {
        func known(_ path: String) -> String {
            let prefix = staged.path
            guard path.hasPrefix(prefix) else { return path }
            return target.relativePath + path.dropFirst(prefix.count)
        }
        func known(_ error: FileError) -> FileError {
            switch error {
            case .cannotWrite(let path, let code): .cannotWrite(path: known(path), code: code)
            default: error
            }
        }
        switch self {
        case .file(let error): return .file(known(error))
        case .scan(.nifti(.cannotWrite(let path, let code))):
            return .scan(.nifti(.cannotWrite(path: known(path), code: code)))
        case .scan(.png(.file(let error))): return .scan(.png(.file(known(error))))
        default: return self
        }
    }
}
