import Datasets
import Foundation
import Scans

extension PredictionInput {
    /// The cases of datasets, chosen by patient and phase.
    ///
    /// - Parameters:
    ///   - patients: the patients who are wanted, as those of a run's split; nil is all. Those whom no dataset holds are
    ///     among the issues.
    ///   - phases: the phases that are wanted.
    /// - Throws: `SegmentationError.nothingChosen` where that leaves nothing, `.sameOutput` and `.sameFrame`; what
    ///   `DataSet(contentsOf:)` throws.
    public static func search(
        dataSets urls: [URL], patients: Set<String>?, phases: PhaseSelection = .both
    ) throws -> Search {
        let dataSets = try urls.map { try DataSet(imagesIn: $0) }
        let cases = dataSets.flatMap { $0.cases(phases: phases) }
        let inputs = cases.filter { patients?.contains($0.patient) ?? true }.map { PredictionInput($0) }
        guard let first = urls.first, !inputs.isEmpty else {
            throw SegmentationError.nothingChosen(path: urls.first?.relativePath ?? "")
        }
        try checkNames(inputs)
        let absent = (patients ?? []).subtracting(dataSets.flatMap(\.patients).map(\.id))
        let folder = urls.count == 1 ? first.relativePath : "the datasets"
        return Search(
            inputs: inputs,
            issues: absent.isEmpty ? [] : [.absentPatients(folder: folder, patients: absent.sorted())])
    }
}
