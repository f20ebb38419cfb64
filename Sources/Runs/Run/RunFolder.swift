import Datasets
import Files
import Foundation

/// The folder of a training run and the names of what lies in it.
public struct RunFolder: Sendable {
    /// The folder.
    public let url: URL

    /// The run folder at `url`, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// Everything needed to prepare a scan and to build the network.
    public var plan: URL { url.appending(path: "plan.json") }
    /// Which patients were trained on and which held out.
    public var splits: URL { url.appending(path: "splits.json") }
    /// One row an epoch.
    public var log: URL { url.appending(path: "log.csv") }
    /// Weights of the epoch with the best validation Dice.
    public var best: URL { url.appending(path: "best.safetensors") }
    /// Weights of the latest epoch, with all that is needed to go on.
    public var last: URL { url.appending(path: "last.safetensors") }
    /// How the run ended.
    public var summary: URL { url.appending(path: "summary.json") }
    /// The curves of the log as a picture.
    public var curves: URL { url.appending(path: "curves.svg") }

    /// Whether a run has begun here.
    public var holdsRun: Bool { plan.isThere }

    /// Epochs that are finished and kept.
    public var epochsDone: Int { (try? TrainingLog(contentsOf: log).rows.count) ?? 0 }

    /// Throws where a run has been trained here.
    ///
    /// A folder with a plan and nothing else is a run that was killed while its first epoch was written; it may be
    /// started anew.
    /// - Throws: `SegmentationError.runExists`, or `.resultsInPlace` where the plan is gone.
    package func checkIsFree() throws(SegmentationError) {
        guard let found = [last, best, log, summary].first(where: \.isThere) else { return }
        throw holdsRun
            ? .runExists(path: url.path(percentEncoded: false))
            : .resultsInPlace(path: found.path(percentEncoded: false))
    }

    /// Keeps other trainings out of the folder, which is created if needed.
    ///
    /// - Throws: `SegmentationError.runLocked` where one is running, `.outputFolder` where the folder cannot be made.
    package func lock() throws -> FolderLock {
        let path = url.path(percentEncoded: false)
        do throws(FolderLock.Failure) { return try FolderLock(url) } catch {
            switch error {
            case .held: throw SegmentationError.runLocked(path: path)
            case .file(let error): throw SegmentationError.outputFolder(path: path, error)
            }
        }
    }

    /// Removes what the first epoch of a new run has put into the folder, which held no results before.
    package func removeFirstEpoch() {
        for file in [log, last, best, plan, splits] { unlink(file.path(percentEncoded: false)) }
    }

    /// Writes `value` as JSON with sorted keys.
    package func write(_ value: some Encodable, to url: URL) throws { try staged(value, for: url).commit() }

    /// The same, beside `url`, whose name it takes when it is committed.
    package func staged(_ value: some Encodable, for url: URL) throws -> StagedFile {
        let data = try value.jsonText() + Data("\n".utf8)
        return try StagedFile(url) { sink throws(FileError) in try sink.append(data) }
    }
}

extension RunFolder {
    /// The run's plan.
    ///
    /// - Throws: `SegmentationError.unreadable` where it is missing, damaged, or has settings that are not valid.
    public func readPlan() throws -> Plan { try Plan(contentsOf: plan) }

    /// Which patients the run trained on and held out.
    ///
    /// - Throws: `SegmentationError.unreadable` where the file is missing or damaged.
    public func readSplits() throws -> Splits { try Splits(contentsOf: splits) }
}

extension Plan {
    /// Reads the plan in a file.
    ///
    /// - Throws: `SegmentationError.unreadable` where it is missing, damaged, or has settings that make no sense.
    public init(contentsOf url: URL) throws(SegmentationError) {
        self = try url.readJSON(Plan.self)
        do throws(SegmentationError) { try validate() } catch {
            throw .unreadable(path: url.path(percentEncoded: false), UnderlyingError(error))
        }
    }
}

extension URL {
    /// Reads the JSON in the file.
    ///
    /// - Throws: `SegmentationError.unreadable` that names the file and what is wrong in it.
    func readJSON<Value: Decodable>(_ type: Value.Type) throws(SegmentationError) -> Value {
        do { return try JSONDecoder().decode(type, from: FileContents.description(self)) } catch {
            throw .unreadable(path: path(percentEncoded: false), UnderlyingError(error))
        }
    }
}

extension URL {
    fileprivate var isThere: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }
}

/// All that a finished epoch leaves in a run folder, each file beside its name until all are on the disk: where one
/// cannot be written, none of them changes.
package struct StagedEpoch: ~Copyable {
    /// Splits and plan: of a run's first epoch only.
    package var splits: StagedFile?
    package var plan: StagedFile?
    /// Weights of the best epoch, where this is it.
    package var best: StagedFile?
    /// The checkpoint.
    package var last: StagedFile
    /// The table of all epochs.
    package var log: StagedFile

    /// The files of an epoch.
    package init(
        splits: consuming StagedFile?, plan: consuming StagedFile?, best: consuming StagedFile?,
        last: consuming StagedFile, log: consuming StagedFile
    ) {
        self.splits = splits
        self.plan = plan
        self.best = best
        self.last = last
        self.log = log
    }

    /// Gives the files their names.
    ///
    /// The plan comes first, so that whatever a kill leaves can be resumed; the best weights come before the checkpoint, which
    /// knows how good they are: a run that is resumed from the checkpoint before makes the same ones again.
    /// - Throws: `FileError`.
    package consuming func commit() throws(FileError) {
        try splits.commit()
        try plan.commit()
        try best.commit()
        try last.commit()
        try log.commit()
    }
}

extension Optional where Wrapped == StagedFile {
    fileprivate consuming func commit() throws(FileError) {
        switch consume self {
        case .some(let file): try file.commit()
        case .none: break
        }
    }
}

extension URL {
    /// Makes the folder and those above it, where they are missing.
    ///
    /// - Throws: `SegmentationError.outputFolder` that names the folder.
    package func makeFolder() throws(SegmentationError) {
        do { try Folder.make(self) } catch {
            throw .outputFolder(path: path(percentEncoded: false), error)
        }
    }
}
