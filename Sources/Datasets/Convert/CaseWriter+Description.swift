import Files
import Foundation

extension CaseWriter {
    /// The contents of `dataset.json`.
    private struct Content: Encodable {
        var name: String
        var description = "written by swift-unet"
        var channelNames: [String: String]?
        var modality: [String: String]?
        var labels: Labels
        var numTraining: Int
        var numTest: Int?
        var fileEnding: String?
        var tensorImageSize: String?
        var training: [Pair]?
        var test: [String]?
        /// Other programs ignore keys that they do not know.
        var cases: [String: DatasetDescription.CaseNote]?
        /// Patients that follow each other in a stack or recording, so that splits keep neighbors together.
        var sequences: [[String]]?

        enum CodingKeys: String, CodingKey {
            case name, description, modality, labels, numTraining, numTest, tensorImageSize, training, test,
                cases, sequences
            case channelNames = "channel_names"
            case fileEnding = "file_ending"
        }
    }

    private enum Labels: Encodable {
        /// nnU-Net: values by names.
        case values([String: Int])
        /// The Decathlon: names by values.
        case names([String: String])

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .values(let values): try values.encode(to: encoder)
            case .names(let names): try names.encode(to: encoder)
            }
        }
    }

    private struct Pair: Encodable {
        var image: String
        var label: String
    }

    /// Returns the text of `dataset.json`.
    func description() -> String {
        let (training, test) = (cases.filter { $0.reference != nil }, cases.filter { $0.reference == nil })
        let names = dataset.layout.type.modalities ?? dataset.channelNames
        let channels = Dictionary(uniqueKeysWithValues: names.enumerated().map { (String($0), $1) })
        let named = structures.map { ($0.name, Int($0.label)) }
        let values = Dictionary([("background", 0)] + named) { first, _ in first }
        var content = Content(
            name: dataset.root.standardizedFileURL.lastPathComponent, labels: .values(values),
            numTraining: training.count)
        let notes = cases.filter(\.needsNote).map {
            ($0.id, DatasetDescription.CaseNote(patient: $0.patient, phase: $0.phase, group: $0.group))
        }
        content.cases = notes.isEmpty ? nil : Dictionary(uniqueKeysWithValues: notes)
        content.sequences = dataset.sequences.isEmpty ? nil : dataset.sequences
        switch target {
        case .nnunet:
            content.channelNames = channels
            content.fileEnding = ending
        case .decathlon:
            content.modality = channels
            content.labels = .names(
                Dictionary([("0", "background")] + structures.map { (String($0.label), $0.name) }) { $1 })
            content.tensorImageSize = names.count == 1 ? "3D" : "4D"
            content.numTest = test.count
            content.training = training.map {
                Pair(image: "./imagesTr/\($0.id)\(ending)", label: "./labelsTr/\($0.id)\(ending)")
            }
            content.test = test.map { "./imagesTs/\($0.id)\(ending)" }
        }
        guard let data = try? content.jsonText() else {
            preconditionFailure("names and numbers are what JSON can hold")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension Case {
    /// Whether its patient and phase do not follow from its name, or it has a group.
    fileprivate var needsNote: Bool {
        group != nil || patient != DatasetDescription.patient(of: id) || phase != id.phase?.phase
    }
}
