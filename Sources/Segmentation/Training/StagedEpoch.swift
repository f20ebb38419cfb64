import Files
import Foundation

/// All that a finished epoch leaves in a run folder, each file beside its name until all are on the disk: where one
/// cannot be written, none of them changes.
struct StagedEpoch: ~Copyable {
    /// Splits and plan: of a run's first epoch only.
    var splits: StagedFile?
    var plan: StagedFile?
    /// Weights of the best epoch, where this is it.
    var best: StagedFile?
    /// The checkpoint.
    var last: StagedFile
    /// The table of all epochs.
    var log: StagedFile

    /// Gives the files their names.
    ///
    /// The plan comes first, so that whatever a kill leaves can be resumed; the best weights come before the checkpoint, which
    /// knows how good they are: a run that is resumed from the checkpoint before makes the same ones again.
    /// - Throws: `FileError`.
    consuming func commit() throws(FileError) {
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
