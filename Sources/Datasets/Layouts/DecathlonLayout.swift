import Foundation
import Imaging
import Scans

/// The layout of the Medical Segmentation Decathlon, with the cases that `dataset.json` lists. The frames of a 4D image
/// are its channels.
enum DecathlonLayout: DescribedLayout {
    static let title = "Decathlon"

    static func takes(_ description: DatasetDescription) -> Bool { description.listsCases }

    /// Returns the training cases in `root` that `description` lists, or the test images if `part` is `Ts`.
    ///
    /// - Throws: `DatasetError.contradiction` if listed files are missing or their number is not `numTraining`.
    static func find(in root: URL, part: String, _ description: DatasetDescription) throws(DatasetError)
        -> Found
    {
        let path = description.path
        var cases: [Case] = []
        var ids: Set<String> = []
        for entry in try description.listed(part: part) {
            let image = root.appending(path: entry.image).standardized
            let label = entry.label.map { root.appending(path: $0).standardized }
            for file in [image, label] {
                guard let file, !file.isThere || file.isFolder else { continue }
                throw .contradiction(
                    path: path,
                    reason: "lists \(file.relativePath), which is missing; add it, or correct the list")
            }
            let id = image.imageStem
            guard ids.insert(id).inserted else {
                throw .contradiction(path: path, reason: "lists \(id) twice; correct the list")
            }
            cases.append(
                description.makeCase(id: id, images: [image], reference: label, framesAreChannels: true))
        }
        guard !cases.isEmpty else {
            throw .contradiction(
                path: path, reason: "lists no \(part == "Tr" ? "training" : "test") images; correct the list")
        }
        if part == "Tr" { try description.requireTrainingCount(cases.count, in: "lists") }
        cases.sort { $0.id.naturallyPrecedes($1.id) }
        let patients = cases.byPatient.patients(in: root)
        return Found(
            layout: .decathlon, patients: patients, structures: description.structures,
            channelNames: description.channelNames, sequences: description.sequences(of: patients))
    }
}

extension URL {
    fileprivate var isThere: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }
}
