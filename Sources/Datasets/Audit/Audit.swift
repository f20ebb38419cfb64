import Foundation
import Imaging
import Scans

/// The contents of a dataset and its problems, found by reading every file.
public struct Audit: Codable, Sendable, Equatable {
    /// The folder.
    public var root: String
    /// The layout of its files.
    public var layout: Dataset.Layout
    /// The classes of its labels.
    public var structures: [Structure]
    /// The names of the channels.
    public var channelNames: [String]
    /// Whether the cases are pictures: pixels have no size, and volumes in ml are meaningless.
    public var isImages: Bool
    /// Number of patients.
    public var patients: Int
    /// The patients' names, in the dataset's order, for holding them out; each picture is its own patient.
    public var patientNames: [String]
    /// Number of stacks or recordings that the cases are slices or frames of; 0 if there are none.
    public var sequences: Int
    /// Patients of each group; those without a group are not counted.
    public var groups: [String: Int]
    /// Every case, in the dataset's order.
    public var cases: [CaseAudit]
    /// All problems of all kinds; empty if there are none.
    public var problems: [AuditProblem]
    /// Facts that are not problems but good to know, one sentence each.
    public var notes: [String]
    /// Sets of cases with identical images.
    public var duplicates: [[String]]
    /// Whether the labels' names agree with the anatomy.
    public var anatomy: Anatomy
    /// Sums over all cases.
    public var totals: Totals

    /// Sums over all cases that can be read.
    public struct Totals: Codable, Sendable, Equatable {
        /// Cases at end-diastole.
        public var endDiastole = 0
        /// Cases at end-systole.
        public var endSystole = 0
        /// Cases of unknown phase.
        public var unknownPhase = 0
        /// Cases with labels.
        public var labeled = 0
        /// Cases that cannot be used.
        public var failed = 0
        /// Slices of all cases.
        public var slices = 0
        /// Slices without labels in cases with labels.
        public var emptySlices = 0
        /// For each structure: slices in which it is the only label.
        public var soleSlices: [Int]
        /// For each structure: voxels.
        public var voxels: [Int]
    }

    /// Reads every file of `dataset`, on all processors.
    ///
    /// Files that cannot be used do not stop the audit: their errors are in `cases`.
    ///
    /// - Parameters:
    ///   - dataset: the dataset to audit.
    ///   - progress: called after every case with the number done so far; from several threads, one at a time.
    public init(of dataset: Dataset, progress: (@Sendable (Int) -> Void)? = nil) {
        let cases = dataset.cases
        let results = cases.parallelRead(progress: progress) { item, reader in
            Self.examine(item, structures: dataset.structures, with: &reader)
        }

        root = dataset.root.relativePath
        layout = dataset.layout
        structures = dataset.structures
        channelNames = dataset.channelNames
        isImages = dataset.isImages
        patients = dataset.patients.count
        patientNames = dataset.patients.map(\.id)
        sequences = dataset.sequences.count
        groups = Dictionary(grouping: dataset.patients.compactMap(\.group), by: { $0 }).mapValues(\.count)
        self.cases = results.map(\.0)
        notes = dataset.issues.filter(\.isNote).map(\.description)
        let prints = cases.indices.filter { results[$0].1 != nil }
        duplicates = Dictionary(grouping: prints) { results[$0].1! }.values
            .filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { $0.map { cases[$0].id } }
        totals = Totals(results.map(\.0), structures: structures.count)
        var contacts = LabelContacts(structures: structures.count)
        for labels in results.compactMap(\.0.labels) { contacts += LabelContacts(counts: labels.contacts) }
        anatomy = Anatomy(structures: structures, contacts: contacts)
        problems =
            self.cases.flatMap(AuditProblem.all(of:))
            + dataset.issues.filter { !$0.isNote }.map { AuditProblem(.files, $0.description) }
        if anatomy.likelyNames != nil { problems.append(AuditProblem(.names, "\(root): \(anatomy).")) }
    }

    private static func examine(
        _ item: Case, structures: [Structure], with reader: inout ScanReader
    ) -> (CaseAudit, Fingerprint?) {
        var audit = CaseAudit(id: item.id, patient: item.patient, phase: item.phase)
        do throws(DatasetError) {
            var loaded = try item.withFramesAsChannels.loadImage(with: &reader)
            // An image with a bad label file is still described.
            do throws(DatasetError) {
                if item.isSeries, item.reference != nil { _ = try item.loadImage(with: &reader) }
                loaded = try item.loadLabels(of: loaded, structures: structures, with: &reader)
            } catch {
                audit.error = error.description
            }
            audit.image = CaseAudit.Image(loaded)
            audit.misplacements = loaded.misplacements
            audit.overruledNames = loaded.overruledNames
            audit.labels = loaded.labels.map { CaseAudit.Labels($0, structures: structures) }
            do { try loaded.checkSize(classes: structures.count + 1) } catch {
                audit.error = audit.error ?? error.description
            }
            return (audit, Fingerprint(loaded.channels))
        } catch {
            audit.error = error.description
            return (audit, nil)
        }
    }
}

extension Audit.Totals {
    init(_ cases: [CaseAudit], structures: Int) {
        self.init(
            soleSlices: [Int](repeating: 0, count: structures), voxels: [Int](repeating: 0, count: structures)
        )
        for item in cases {
            switch item.phase {
            case .ed: endDiastole += 1
            case .es: endSystole += 1
            case nil: unknownPhase += 1
            }
            if item.error != nil { failed += 1 }
            slices += item.image?.slices ?? 0
            guard let labels = item.labels else { continue }
            labeled += 1
            emptySlices += labels.emptySlices
            for index in 0..<structures {
                soleSlices[index] += labels.soleSlices[index]
                voxels[index] += labels.voxels[index]
            }
        }
    }
}

/// A problem of a dataset.
public struct AuditProblem: Codable, Sendable, Equatable {
    /// The kind of problem.
    public enum Kind: String, Codable, Sendable {
        /// A case that cannot be used.
        case unusable
        /// A file of a case that its header places elsewhere than the case's image.
        case misplaced
        /// Files that are missing, left out or contradict each other.
        case files
        /// Names of labels that the anatomy contradicts, or that contradict the label file's own.
        case names
    }

    /// The kind of problem.
    public var kind: Kind
    /// The case's name; nil if the problem is not about one case.
    public var `case`: String?
    /// One sentence that names the file and says what to do.
    public var message: String

    init(_ kind: Kind, _ message: String, case: String? = nil) {
        self.kind = kind
        self.case = `case`
        self.message = message
    }

    /// Returns all problems of one case.
    static func all(of item: CaseAudit) -> [AuditProblem] {
        [item.error].compactMap { $0 }.map { AuditProblem(.unusable, $0, case: item.id) }
            + item.misplacements.map { AuditProblem(.misplaced, $0.description, case: item.id) }
            + [item.overruledNames].compactMap { $0 }.map {
                AuditProblem(.names, "\($0).", case: item.id)
            }
    }
}
