import Datasets
import Foundation
import Imaging

extension PredictionInput {
    /// The cases of data sets, chosen by patient and phase.
    ///
    /// - Parameters:
    ///   - patients: the patients who are wanted, as those of a run's split; nil is all. Those whom no data set holds are
    ///     among the issues.
    ///   - phases: the phases that are wanted.
    /// - Throws: `SegmentationError.nothingChosen` where that leaves nothing, `.sameOutput` and `.sameFrame`; what
    ///   `DataSet(contentsOf:)` throws.
    public static func search(
        dataSets urls: [URL], patients: Set<String>?, phases: PhaseSelection = .both
    ) throws -> Search {
        // What labels mean is of no interest here, and finding it out may read all of them.
        let dataSets = try urls.map {
            try DataSet(contentsOf: $0, structures: [Structure(name: "any", label: 1)])
        }
        let cases = dataSets.flatMap { $0.cases(phases: phases) }
        let inputs = cases.filter { patients?.contains($0.patient) ?? true }.map { PredictionInput($0) }
        guard let first = urls.first, !inputs.isEmpty else {
            throw SegmentationError.nothingChosen(path: urls.first?.relativePath ?? "")
        }
        try checkNames(inputs)
        let absent = (patients ?? []).subtracting(dataSets.flatMap(\.patients).map(\.id))
        let folder = urls.count == 1 ? first.relativePath : "the data sets"
        return Search(
            inputs: inputs,
            issues: absent.isEmpty ? [] : [.absentPatients(folder: folder, patients: absent.sorted())])
    }
}
