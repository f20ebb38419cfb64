import Datasets
import Imaging
import Scans

/// Findings about the labels of a training set, collected while the cases are loaded.
struct LabelFindings: Sendable {
    private let structures: [Structure]
    private var misplacements: [Misplacement] = []
    private var overruled: [OtherNames] = []
    private var contacts: LabelContacts

    init(structures: [Structure]) {
        self.structures = structures
        contacts = LabelContacts(structures: structures.count)
    }

    /// The findings of one case.
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

    /// Adds the findings of the next case.
    mutating func add(_ found: Entry) {
        misplacements += found.misplacements
        overruled += [found.overruledNames].compactMap(\.self)
        if let contacts = found.contacts { self.contacts += contacts }
    }

    /// Reports oddities and refuses definite errors.
    ///
    /// - Throws: `SegmentationError.misplaced` if labels or channels definitely lie elsewhere, unless `plan` allows
    ///   that.
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

extension [String] {
    /// Returns the `count` names closest to `name`: those that take the fewest insertions, deletions and changes of
    /// characters (Levenshtein 1966).
    func nearest(to name: String, count: Int) -> [String] {
        let distances = map { edits(Array<Character>($0), Array<Character>(name)) }
        return indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(count).map { self[$0] }
    }
}

private func edits(_ one: [Character], _ other: [Character]) -> Int {
    var row = Array(0...other.count)
    for (number, character) in one.enumerated() {
        var diagonal = row[0]
        row[0] = number + 1
        for column in other.indices {
            let changed = diagonal + (character == other[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
        }
    }
    return row[other.count]
}
