import Datasets
import Imaging
import Scans

/// What the labels of a training look like beside their images, found while they are loaded.
struct LabelFindings: Sendable {
    private let structures: [Structure]
    private var misplacements: [Misplacement] = []
    private var overruled: [OtherNames] = []
    private var contacts: LabelContacts

    init(structures: [Structure]) {
        self.structures = structures
        contacts = LabelContacts(structures: structures.count)
    }

    /// What one case was found to have.
    struct Entry: Sendable {
        fileprivate var misplacements: [Misplacement]
        fileprivate var overruledNames: OtherNames?
        fileprivate var contacts: LabelContacts?

        init(_ loaded: LoadedCase, structures: [Structure]) {
            misplacements = loaded.misplacements
            overruledNames = loaded.overruledNames
            contacts = loaded.labels.map { LabelContacts(of: $0, structures: structures) }
        }
    }

    /// Adds what the next case was found to have.
    mutating func add(_ found: Entry) {
        misplacements += found.misplacements
        overruled += [found.overruledNames].compactMap(\.self)
        if let contacts = found.contacts { self.contacts += contacts }
    }

    /// Reports what is odd, and refuses what is definitely wrong.
    ///
    /// - Throws: `SegmentationError.misplaced` where labels or channels definitely lie elsewhere, unless `plan` allows that.
    func check(_ plan: Plan, report: (TrainingEvent) -> Void) throws(SegmentationError) {
        let certain = misplacements.filter(\.offset.isCertain)
        if let first = certain.first, !plan.training.allowsMisplaced {
            throw .misplaced(first: first, others: certain.count - 1)
        }
        if !misplacements.isEmpty { report(.misplaced(misplacements)) }
        if !overruled.isEmpty { report(.namesOverruled(overruled)) }
        let anatomy = Anatomy(structures: structures, contacts: contacts)
        if anatomy.likelyNames != nil { report(.namesLookSwapped(anatomy)) }
    }
}
