extension Evaluation {
    /// The clinical numbers of every patient, and how well predicted and reference ones agree.
    public struct Clinical: Sendable, Equatable {
        /// One patient, from the cases of both phases.
        public struct Patient: Sendable, Equatable {
            /// Name of the patient.
            public var name: String
            /// The numbers from the predictions.
            public var predicted: [ClinicalIndex: Double]
            /// The numbers from the ground truth; empty where there is none.
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

        /// The first case of each patient and phase counts; nil where no patient has any number.
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
