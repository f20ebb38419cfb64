import Datasets
import Foundation
import Runs

/// A user-specified file with settings of a training.
struct GivenFile {
    private let url: URL

    init(_ url: URL) { self.url = url }
    init(_ argument: PathArgument) { url = argument.url }

    /// Reads the plan in the file.
    ///
    /// - Throws: `Unusable` if it cannot be read or is not valid.
    func plan() throws -> Plan { try read { try Plan(contentsOf: url) } }

    /// Reads the splits in the file.
    ///
    /// - Throws: `Unusable` if they cannot be read, `SegmentationError.badSplits` if they do not fit `dataset`.
    func splits(of dataset: Dataset) throws -> Splits {
        let splits = try read { try Splits(contentsOf: url) }
        try splits.check(fits: dataset, path: url.relativePath)
        return splits
    }

    private func read<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch SegmentationError.unreadable(_, let reason) {
            throw Unusable(path: url.relativePath, reason: reason)
        }
    }

    /// A file that cannot be read or understood.
    struct Unusable: Error, CustomStringConvertible {
        let path: String
        let reason: UnderlyingError

        var description: String { "\(path): cannot be used (\(reason)); correct it, or specify another file" }
    }
}
