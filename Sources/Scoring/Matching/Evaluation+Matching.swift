import Imaging

extension Evaluation {
    /// How the labels of some predictions were matched to the structures scored: `label_matching` of
    /// `evaluation.json`.
    public struct Matching: Sendable, Hashable, Codable {
        /// Where the names of the predictions' labels come from. Names decide in every case.
        public enum Basis: String, Sendable, Codable {
            /// The predictions carry them.
            case names
            /// Whoever asked for the scores said them.
            case stated
            /// Nobody said them: the labels were taken to be those of the reference.
            case assumed
        }

        /// Where the names come from.
        public var basis: Basis
        /// How many predictions it is about.
        public var predictions: Int
        /// What their labels mean, with the predictions' own numbers.
        public var structures: [Structure]

        /// A matching as it is.
        public init(basis: Basis, predictions: Int, structures: [Structure]) {
            self.basis = basis
            self.predictions = predictions
            self.structures = structures
        }
    }
}
