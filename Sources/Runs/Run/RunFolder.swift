import Datasets
import Files
import Foundation

/// The folder of a training run and the names of its files.
public struct RunFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Creates a run folder at `url`, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The plan: everything needed to prepare a scan and to build the network.
    public var plan: URL { url.appending(path: "plan.json") }
    /// The patients trained on and those held out.
    public var splits: URL { url.appending(path: "splits.json") }
    /// The log, with one row per epoch.
    public var log: URL { url.appending(path: "log.csv") }
    /// The weights of the epoch with the best validation Dice.
    public var best: URL { url.appending(path: "best.safetensors") }
    /// The weights of the latest epoch, with everything needed to resume.
    public var last: URL { url.appending(path: "last.safetensors") }
    /// The summary of the finished run.
    public var summary: URL { url.appending(path: "summary.json") }
    /// The learning curves.
    public var curves: URL { url.appending(path: "curves.svg") }

    /// Whether a run has been started here.
    public var holdsRun: Bool { plan.isThere }

    /// The number of epochs that are finished and saved.
    public var epochsDone: Int { (try? TrainingLog(contentsOf: log).rows.count) ?? 0 }

    /// Checks that no run has been trained here.
    ///
    /// A folder with only a plan holds a run that was killed while its first epoch was being written; it can be started
    /// anew.
    /// - Throws: `SegmentationError.runExists`, or `.resultsInPlace` if the plan is missing.
    package func checkIsFree() throws(SegmentationError) {
        guard let found = [last, best, log, summary].first(where: \.isThere) else { return }
        throw holdsRun
            ? .runExists(path: url.path(percentEncoded: false))
            : .resultsInPlace(path: found.path(percentEncoded: false))
    }

    /// Locks the folder against other training runs, creating it if needed.
    ///
    /// - Throws: `SegmentationError.runLocked` if another run holds the lock, `.outputFolder` if the folder cannot be
    ///   created.
    package func lock() throws -> FolderLock {
        let path = url.path(percentEncoded: false)
        do throws(FolderLock.Failure) { return try FolderLock(url) } catch {
            switch error {
            case .held: throw SegmentationError.runLocked(path: path)
            case .file(let error): throw SegmentationError.outputFolder(path: path, error)
            }
        }
    }

    /// Removes the files of a new run's first epoch from the folder, which held no results before.
    package func removeFirstEpoch() {
        for file in [log, last, best, plan, splits] { unlink(file.path(percentEncoded: false)) }
    }

    /// Writes `value` as JSON with sorted keys.
    package func write(_ value: some Encodable, to url: URL) throws { try staged(value, for: url).commit() }

    /// Writes `value` as JSON beside `url`, whose name the file takes when it is committed.
    package func staged(_ value: some Encodable, for url: URL) throws -> StagedFile {
        let data = try value.jsonText() + Data("\n".utf8)
        return try StagedFile(url) { sink throws(FileError) in try sink.append(data) }
    }
}

extension RunFolder {
    /// Reads the run's plan.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing, damaged, or has invalid settings.
    public func readPlan() throws -> Plan { try Plan(contentsOf: plan) }

    /// Reads which patients the run trained on and held out.
    ///
    /// - Throws: `SegmentationError.unreadable` if the file is missing or damaged.
    public func readSplits() throws -> Splits { try Splits(contentsOf: splits) }
}

/// All files that a finished epoch writes into a run folder. Each is written beside its final name until all are on
/// disk, so that if one cannot be written, none changes.
package struct StagedEpoch: ~Copyable {
    /// The splits and the plan; only for a run's first epoch.
    package var splits: StagedFile?
    package var plan: StagedFile?
    /// The best weights, if this is the best epoch.
    package var best: StagedFile?
    /// The checkpoint.
    package var last: StagedFile
    /// The table of all epochs.
    package var log: StagedFile

    /// Creates an epoch from its files.
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

    /// Gives the files their final names.
    ///
    /// The plan precedes the weights and the checkpoint, so that the run can be resumed from whatever a kill leaves.
    /// The best weights precede the checkpoint, which records how good they are: a run resumed from the previous
    /// checkpoint produces them again.
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

extension Plan {
    /// Reads the plan in a file.
    ///
    /// - Throws: `SegmentationError.unreadable` if it is missing, damaged, or has invalid settings.
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
    /// - Throws: `SegmentationError.unreadable` with the file and what is wrong in it.
    func readJSON<Value: Decodable>(_ type: Value.Type) throws(SegmentationError) -> Value {
        do { return try JSONDecoder().decode(type, from: FileContents.description(self)) } catch {
            throw .unreadable(path: path(percentEncoded: false), UnderlyingError(error))
        }
    }
}

extension URL {
    fileprivate var isThere: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }
}

extension URL {
    /// Creates the folder and its parents if they are missing.
    ///
    /// - Throws: `SegmentationError.outputFolder` with the folder.
    package func makeFolder() throws(SegmentationError) {
        do { try Folder.make(self) } catch {
            throw .outputFolder(path: path(percentEncoded: false), error)
        }
    }
}
