/// Something that is wrong with a dataset.
public struct AuditProblem: Codable, Sendable, Equatable {
    /// What kind of thing is wrong.
    public enum Kind: String, Codable, Sendable {
        /// A case that cannot be used.
        case unusable
        /// A file of a case that by its header lies elsewhere than the case's image.
        case misplaced
        /// Files that are missing, left out or contradict each other.
        case files
        /// Names of labels that the anatomy contradicts, or that contradict the label file's own.
        case names
    }

    /// What kind of thing is wrong.
    public var kind: Kind
    /// The case's name; nil where it is nothing of one case.
    public var `case`: String?
    /// One sentence that names the file and says what to do.
    public var message: String

    init(_ kind: Kind, _ message: String, case: String? = nil) {
        self.kind = kind
        self.case = `case`
        self.message = message
    }

    /// All that is wrong with one case.
    static func all(of item: CaseAudit) -> [AuditProblem] {
        [item.error].compactMap { $0 }.map { AuditProblem(.unusable, $0, case: item.id) }
            + item.misplacements.map { AuditProblem(.misplaced, $0.description, case: item.id) }
            + [item.overruledNames].compactMap { $0 }.map {
                AuditProblem(.names, "\($0).", case: item.id)
            }
    }
}
