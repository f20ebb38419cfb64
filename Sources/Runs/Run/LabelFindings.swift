import Datasets
import Imaging

/// What the labels of a training look like beside their images, found while they are loaded.
struct LabelFindings: Sendable {
    private let structures: [Structure]
    private var misplacements: [Int: [Misplacement]] = [:]
    private var overruled: [Int: OtherNames] = [:]
    private var contacts: LabelContacts

    init(structures: [Structure]) {
        self.structures = structures
        contacts = LabelContacts(structures: structures.count)
    }

    /// Adds what case number `index` was found to have.
    mutating func add(_ loaded: LoadedCase, _ contacts: LabelContacts?, ofCase index: Int) {
        if !loaded.misplacements.isEmpty { misplacements[index] = loaded.misplacements }
        overruled[index] = loaded.overruledNames
        if let contacts { self.contacts += contacts }
    }

    /// Reports what is odd, and refuses what surely is wrong.
    ///
    /// - Throws: `SegmentationError.misplaced` where labels or channels surely lie elsewhere, unless `plan` allows that.
    func check(_ plan: Plan, report: (TrainingEvent) -> Void) throws(SegmentationError) {
        let found = misplacements.sorted { $0.key < $1.key }.flatMap(\.value)
        let certain = found.filter(\.offset.isCertain)
        if let first = certain.first, !plan.training.allowsMisplaced {
            throw .misplaced(first: first, others: certain.count - 1)
        }
        if !found.isEmpty { report(.misplaced(found)) }
        let names = overruled.sorted { $0.key < $1.key }.map(\.value)
        if !names.isEmpty { report(.namesOverruled(names)) }
        let anatomy = Anatomy(structures: structures, contacts: contacts)
        if anatomy.likelyNames != nil { report(.namesLookSwapped(anatomy)) }
    }
}
