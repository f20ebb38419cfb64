import Foundation
import Imaging

/// What a layout finds in a folder.
struct Found {
    var layout: DataSet.Layout
    var patients: [Patient]
    /// The classes where the layout tells them; nil where label files have to.
    var structures: [Structure]?
    var channelNames = ["image"]
    var isImages = false
    /// The folder inside the one given that holds the files, such as `train`; nil where it is the one given.
    var part: URL?
    /// See `DataSet.sequences`.
    var sequences: [[String]] = []
}

extension [[Case]] {
    /// A patient for each list of cases, in the order of the lists; all cases of a list have one patient.
    func patients(in folder: URL) -> [Patient] {
        map { Patient(id: $0[0].patient, folder: folder, group: $0[0].group, cases: $0) }
    }
}

extension [Case] {
    /// The cases of each patient together, patients in the order in which they first occur.
    var byPatient: [[Case]] {
        var places: [String: Int] = [:]
        var lists: [[Case]] = []
        for item in self {
            if let place = places[item.patient] {
                lists[place].append(item)
            } else {
                places[item.patient] = lists.count
                lists.append([item])
            }
        }
        return lists
    }
}
