import Files
import Foundation

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
