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
            case .file(let error): throw SegmentationError.outputFolder(path: path, reason: error.system)
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(value) + Data("\n".utf8)
        return try StagedFile(url) { sink throws(FileError) in try sink.append(data) }
    }

    /// Reads the JSON at `url`.
    ///
    /// - Throws: `SegmentationError.unreadable` that names the file and what is wrong in it.
    package func read<Value: Decodable>(_ type: Value.Type, from url: URL) throws -> Value {
        let path = url.path(percentEncoded: false)
        do { return try JSONDecoder().decode(type, from: FileContents.description(url)) } catch {
            switch error {
            case let error as DecodingError:
                throw SegmentationError.unreadable(path: path, reason: error.reason)
            case let error as FileError:
                throw SegmentationError.unreadable(path: path, reason: error.system)
            default: throw error
            }
        }
    }
}

/// Patients of a run: `splits.json`.
public struct Splits: Codable, Sendable, Equatable {
    /// The fold held out, or nil for none.
    public var fold: Int?
    /// Patients trained on.
    public var training: [String]
    /// Patients held out.
    public var validation: [String]
    /// The held-out cases that validation scores: those of the plan's phases with labels that can be read. Nil in runs of
    /// an older program.
    public var validationCases: [String]?
}

extension RunFolder {
    /// The run's plan.
    ///
    /// - Throws: `SegmentationError.unreadable` where it is missing, damaged, or has settings that are not valid.
    public func readPlan() throws -> Plan {
        let found = try read(Plan.self, from: plan)
        do { try found.validate() } catch {
            throw SegmentationError.unreadable(
                path: plan.path(percentEncoded: false), reason: error.description)
        }
        return found
    }
}

extension RunFolder {
    /// Which patients the run trained on and held out.
    ///
    /// - Throws: `SegmentationError.unreadable` where the file is missing or damaged.
    public func readSplits() throws -> Splits { try read(Splits.self, from: splits) }
}

extension URL {
    fileprivate var isThere: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }
}
