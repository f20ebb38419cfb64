import Datasets
import Imaging

extension Plan {
    /// Refuses to go on with a dataset that describes its labels otherwise than the plan: they would be taken by their
    /// numbers. Where the structures were stated, or nobody has described them, there is nothing to compare.
    ///
    /// - Parameter run: the run's folder, for errors.
    /// - Throws: `SegmentationError.planDiffers`.
    package func checkStructures(of dataSet: DataSet, run: String) throws(SegmentationError) {
        guard dataSet.naming == .described, Set(dataSet.structures) != Set(structures) else { return }
        throw .planDiffers(
            path: run, setting: .of(\.structures), planned: structures.text, given: dataSet.structures.text)
    }
}
