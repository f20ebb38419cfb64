import Imaging

/// The scores of many cases and what they mean together: `evaluation.json`.
///
/// Everything is computed when it is made, from the cases alone and in their order, so the same cases give the
/// same evaluation bit for bit.
public struct Evaluation: Sendable, Equatable {
    /// Which moment of the heartbeat a case shows.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// End-diastole: the ventricles are filled.
        case endDiastole = "ED"
        /// End-systole: the ventricles have contracted.
        case endSystole = "ES"
    }

    /// What distances are measured in.
    public enum DistanceUnit: String, Sendable, Codable {
        /// Scans, whose headers give the spacing.
        case millimetre = "mm"
        /// Pictures, whose pixels have no size; what would be ml is then thousands of pixels, in CSV pixels.
        case pixel = "px"
    }

    /// The structures scored, in the order of tables.
    public let structures: [Structure]
    /// The cases, in the order given.
    public let cases: [Case]
    /// What distances are measured in.
    public let distanceUnit: DistanceUnit
    /// Means over all cases with a reference.
    public let mean: Mean
    /// Means over the cases of each phase that occurs.
    public let meanByPhase: [Phase: Mean]
    /// Volumes, ejection fractions and mass of every patient; nil where no case has a patient and a phase.
    public let clinical: Clinical?
    /// Mean loss over the cases that have one; nil where none has.
    public let loss: Loss?
    /// Which structures are the ventricles and the myocardium.
    let roles: CardiacRoles
    /// How the labels of the predictions were matched to the structures; empty where that is not known.
    public let matchings: [Matching]

    /// Sums up `cases`.
    ///
    /// `roles`: which structures are the ventricles and the myocardium, for the clinical numbers.
    public init(
        structures: [Structure], cases: [Case], roles: CardiacRoles = CardiacRoles(),
        distanceUnit: DistanceUnit = .millimetre, matchings: [Matching] = []
    ) {
        self.roles = roles
        self.matchings = matchings
        self.distanceUnit = distanceUnit
        self.structures = structures
        self.cases = cases
        mean = Mean(of: cases, structures: structures)
        var byPhase: [Phase: Mean] = [:]
        for phase in Phase.allCases {
            let some = cases.filter { $0.phase == phase }
            if some.contains(where: \.hasReference) {
                byPhase[phase] = Mean(of: some, structures: structures)
            }
        }
        meanByPhase = byPhase
        clinical = Clinical(of: cases, roles: roles.named(in: structures))
        let losses = cases.compactMap(\.loss)
        if let crossEntropy = Statistic(of: losses.map(\.crossEntropy)),
            let diceLoss = Statistic(of: losses.map(\.diceLoss))
        {
            loss = Loss(crossEntropy: crossEntropy.mean, diceLoss: diceLoss.mean)
        } else {
            loss = nil
        }
    }
}
