import Imaging

/// The scores of many cases and their summary: `evaluation.json`.
///
/// Everything is computed at initialization, from the cases alone and in their order, so the same cases give the same
/// evaluation bit for bit.
public struct Evaluation: Sendable, Equatable {
    /// The moment of the heartbeat that a case shows.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// End-diastole: the ventricles are filled.
        case endDiastole = "ED"
        /// End-systole: the ventricles have contracted.
        case endSystole = "ES"
    }

    /// The unit of distances.
    public enum DistanceUnit: String, Sendable, Codable {
        /// Scans, whose headers give the spacing.
        case millimeter = "mm"
        /// Pictures, which have pixels without a size; volumes are then thousands of pixels instead of ml, and in CSV
        /// pixels.
        case pixel = "px"
    }

    /// The structures scored, in the order of tables.
    public let structures: [Structure]
    /// The cases, in the order given.
    public let cases: [Case]
    /// The unit of distances.
    public let distanceUnit: DistanceUnit
    /// Means over all cases with a reference.
    public let mean: Mean
    /// Means over the cases of each phase that occurs.
    public let meanByPhase: [Phase: Mean]
    /// Volumes, ejection fractions and mass of every patient; nil if no case has a patient and a phase.
    public let clinical: Clinical?
    /// Mean loss over the cases that have one; nil if none has.
    public let loss: Loss?
    /// The structures that are the ventricles and the myocardium.
    let roles: CardiacRoles
    /// How the labels of the predictions were matched to the structures; empty if unknown.
    public let matchings: [Matching]

    /// Summarizes `cases`.
    ///
    /// - Parameters:
    ///   - structures: the structures scored, in the order of tables.
    ///   - cases: the cases, in order.
    ///   - roles: the structures that are the ventricles and the myocardium, for the clinical numbers.
    ///   - distanceUnit: the unit of distances.
    ///   - matchings: how the labels of the predictions were matched to the structures; empty if unknown.
    public init(
        structures: [Structure], cases: [Case], roles: CardiacRoles = CardiacRoles(),
        distanceUnit: DistanceUnit = .millimeter, matchings: [Matching] = []
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

extension Evaluation {
    /// The scores of one case: one 3D volume or one picture.
    public struct Case: Sendable, Equatable {
        /// Name of the case, such as `patient101_frame01`.
        public var name: String
        /// The patient the case belongs to, such as `patient101`; nil if unknown.
        public var patient: String?
        /// The moment of the heartbeat; nil if unknown.
        public var phase: Phase?
        /// Whether there was ground truth.
        public var hasReference: Bool
        /// The score of every structure, by its name.
        public var scores: [String: StructureScore]
        /// The loss of the probabilities; nil without probabilities or reference.
        public var loss: Loss?

        /// Scores `prediction` against `reference` per volume, on their common grid.
        ///
        /// - Parameters:
        ///   - name: the case's name.
        ///   - patient: the patient; nil if unknown.
        ///   - phase: the moment of the heartbeat; nil if unknown.
        ///   - prediction: the predicted labels.
        ///   - reference: the ground truth; nil for a case without one, which has only volumes.
        ///   - probabilities: channel 0 background and channel i + 1 `structures[i]`, or one channel for one structure;
        ///     nil if there are none.
        ///   - structures: the structures to score.
        /// - Throws: `ScoringError` if sizes or spacings (beyond a thousandth) differ, or a map contains labels that
        ///   `structures` does not have.
        public init(
            name: String, patient: String? = nil, phase: Phase? = nil, prediction: LabelMap,
            reference: LabelMap?,
            probabilities: ProbabilityMap? = nil, structures: [Structure]
        ) throws(ScoringError) {
            self.name = name
            self.patient = patient
            self.phase = phase
            hasReference = reference != nil
            scores = [:]
            try Self.checkLabels(of: prediction, .prediction, name: name, structures: structures)
            guard let reference else {
                for structure in structures {
                    let voxels = prediction.labels.count { $0 == structure.label }
                    scores[structure.name] = StructureScore(
                        volume: Double(voxels) * prediction.geometry.voxelVolume / 1000)
                }
                return
            }
            try Self.checkLabels(of: reference, .reference, name: name, structures: structures)
            try Self.checkGrid(of: prediction.geometry, .prediction, name: name, expected: reference.geometry)
            let counts = ConfusionCounts.ofEveryLabel(
                prediction: prediction.labels, reference: reference.labels)
            for structure in structures {
                scores[structure.name] = StructureScore(
                    label: structure.label, counts: counts[Int(structure.label)], prediction: prediction,
                    reference: reference)
            }
            if let probabilities {
                try Self.checkGrid(
                    of: probabilities.geometry, .probabilities, name: name, expected: reference.geometry)
                let isSigmoid = structures.count == 1 && probabilities.channels == 1
                guard isSigmoid || probabilities.channels == structures.count + 1 else {
                    throw .differentChannels(
                        name: name, expected: structures.count + 1, found: probabilities.channels)
                }
                loss = Loss(probabilities: probabilities, reference: reference, structures: structures)
            }
        }

        /// Mean Dice and IoU over the structures that have them; nil if none has.
        public var foreground: Overlap {
            // Sums depend on their order, and a dictionary has none.
            let ordered = scores.sorted { $0.key < $1.key }.map(\.value)
            return Overlap(
                dice: Statistic(of: ordered.compactMap(\.dice))?.mean,
                iou: Statistic(of: ordered.compactMap(\.iou))?.mean)
        }

        private static func checkLabels(
            of map: LabelMap, _ part: ScoringError.Part, name: String, structures: [Structure]
        ) throws(ScoringError) {
            let unknown = map.presentLabels.filter { label in !structures.contains { $0.label == label } }
            guard unknown.isEmpty else {
                throw .unknownLabels(name: name, part: part, labels: unknown, known: structures)
            }
        }

        private static func checkGrid(
            of grid: Geometry, _ part: ScoringError.Part, name: String, expected: Geometry
        ) throws(ScoringError) {
            guard grid.extent == expected.extent else {
                throw .differentShape(name: name, part: part, expected: expected.extent, found: grid.extent)
            }
            guard grid.spacing.isAlike(expected.spacing) else {
                throw .differentSpacing(
                    name: name, part: part, expected: expected.spacing, found: grid.spacing)
            }
        }
    }
}
