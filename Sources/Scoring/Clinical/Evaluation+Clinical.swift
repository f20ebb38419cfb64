import Imaging

extension Evaluation {
    /// The clinical numbers of every patient, and the agreement of predicted and reference ones.
    public struct Clinical: Sendable, Equatable {
        /// One patient, from the cases of both phases.
        public struct Patient: Sendable, Equatable {
            /// Name of the patient.
            public var name: String
            /// The numbers from the predictions.
            public var predicted: [ClinicalIndex: Double]
            /// The numbers from the ground truth; empty if there is none.
            public var reference: [ClinicalIndex: Double]
        }

        /// The patients in the order of their first case.
        public let patients: [Patient]
        /// Agreement over the patients that have both numbers.
        public let agreement: [ClinicalIndex: Agreement]

        init(patients: [Patient], agreement: [ClinicalIndex: Agreement]) {
            self.patients = patients
            self.agreement = agreement
        }

        /// Uses the first case of each patient and phase; nil if no patient has any number.
        init?(of cases: [Case], roles: CardiacRoles) {
            var names: [String] = []
            for name in cases.compactMap(\.patient) where !names.contains(name) { names.append(name) }
            patients = names.compactMap { name in
                let own = cases.filter { $0.patient == name }
                let diastole = own.first { $0.phase == .endDiastole }
                let systole = own.first { $0.phase == .endSystole }
                func values(_ volume: (StructureScore) -> Double?) -> [ClinicalIndex: Double] {
                    func read(_ source: Case?, _ role: String) -> Double? {
                        source?.scores[role].flatMap(volume)
                    }
                    return ClinicalIndex.values(
                        leftED: read(diastole, roles.leftVentricle),
                        leftES: read(systole, roles.leftVentricle),
                        rightED: read(diastole, roles.rightVentricle),
                        rightES: read(systole, roles.rightVentricle),
                        myocardiumED: read(diastole, roles.myocardium))
                }
                let predicted = values { $0.volume }
                guard !predicted.isEmpty else { return nil }
                return Patient(name: name, predicted: predicted, reference: values(\.referenceVolume))
            }
            guard !patients.isEmpty else { return nil }
            var agreement: [ClinicalIndex: Agreement] = [:]
            for index in ClinicalIndex.allCases {
                let pairs = patients.compactMap { patient in
                    patient.predicted[index].flatMap { one in patient.reference[index].map { (one, $0) } }
                }
                agreement[index] = Agreement(predicted: pairs.map(\.0), reference: pairs.map(\.1))
            }
            self.agreement = agreement
        }
    }
}

extension Evaluation {
    /// The reason why an evaluation of scans has no clinical numbers: `clinical_note` in `evaluation.json`.
    public enum MissingClinical: Sendable, Hashable {
        /// No structure has the name of a ventricle or the myocardium.
        case noHeart(structures: [String], roles: CardiacRoles)
        /// No case is known to show a patient's heart at end-diastole or end-systole.
        case noPhase
        /// The only structure is the myocardium, with its mass measured at end-diastole, and no case is of that phase.
        case noDiastole
    }

    /// The reason why there are no clinical numbers; nil if there are some, and for pictures, which have none.
    public var missingClinical: MissingClinical? {
        guard clinical == nil, distanceUnit == .millimeter, !cases.isEmpty else { return nil }
        let names = structures.map(\.name)
        guard roles.named(in: structures).names.contains(where: names.contains) else {
            return .noHeart(structures: names, roles: roles)
        }
        return cases.contains { $0.patient != nil && $0.phase != nil } ? .noDiastole : .noPhase
    }
}

extension Evaluation.MissingClinical: CustomStringConvertible {
    /// One sentence that says why and what to do.
    public var description: String {
        switch self {
        case .noHeart(let structures, let roles):
            "no clinical numbers, because no structure is called \(roles.rightVentricle), \(roles.myocardium) or \(roles.leftVentricle) "
                + "(there are \(structures.joined(separator: ", "))); give the labels those names"
        case .noPhase:
            "no clinical numbers, because no scan is known to be at end-diastole or end-systole; "
                + "name scans X_ED and X_ES, or give each patient an Info.cfg as in ACDC"
        case .noDiastole:
            "no clinical numbers, because the mass of the myocardium is measured at end-diastole, and no scan is known to "
                + "be of that phase; add those scans"
        }
    }
}

extension CardiacRoles {
    /// The three names, in the order of ACDC's labels.
    var names: [String] { [rightVentricle, myocardium, leftVentricle] }

    /// Returns the roles with the names that `structures` use for them, which can differ in letter case, or have `_`
    /// for a space.
    func named(in structures: [Structure]) -> CardiacRoles {
        func name(_ role: String) -> String {
            let alike = structures.map(\.name).filter { $0.comparableName == role.comparableName }
            return alike.contains(role) || alike.count != 1 ? role : alike[0]
        }
        return CardiacRoles(
            leftVentricle: name(leftVentricle), rightVentricle: name(rightVentricle),
            myocardium: name(myocardium))
    }
}
