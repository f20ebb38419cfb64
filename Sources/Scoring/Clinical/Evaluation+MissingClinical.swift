import Imaging

extension Evaluation {
    /// Why an evaluation of scans has no clinical numbers: `clinical_note` of `evaluation.json`.
    public enum MissingClinical: Sendable, Hashable {
        /// No structure has the name of a ventricle or the myocardium.
        case noHeart(structures: [String], roles: CardiacRoles)
        /// No case is known to show a patient's heart at end-diastole or end-systole.
        case noPhase
        /// There is only myocardium, whose mass is measured at end-diastole, and no case of that phase.
        case noDiastole
    }

    /// Why there are no clinical numbers; nil where there are some, and for pictures, which have none.
    public var missingClinical: MissingClinical? {
        guard clinical == nil, distanceUnit == .millimetre, !cases.isEmpty else { return nil }
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

    /// The roles with the names that `structures` have for them, which may differ in letter case, or have `_` for a
    /// space.
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
