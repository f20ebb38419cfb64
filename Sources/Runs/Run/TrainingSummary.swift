import Foundation

/// How a run ended: `summary.json`.
public struct TrainingSummary: Codable, Sendable, Equatable {
    /// Epochs trained.
    public var epochs: Int
    /// Slices seen in all epochs.
    public var slices: Int
    /// Seconds of training steps over all epochs, validation and loading left out.
    public var trainingSeconds: Double
    /// Seconds from start, or from the resumption, to the end, with everything.
    public var seconds: Double
    /// Validation Dice of each structure after the last epoch; empty where none was held out.
    public var finalDice: [String: Double]
    /// Mean of those.
    public var finalMeanDice: Double?
    /// The best mean over all epochs.
    public var bestMeanDice: Double?
    /// The device.
    public var device: String
    /// Threads of the CPU.
    public var threads: Int
    /// libtorch's version.
    public var libtorch: String

    package init(_ log: TrainingLog, plan: Plan, device: String, libtorch: String, seconds: Double) {
        epochs = log.rows.count
        slices = log.rows.reduce(0) { $0 + $1.slices }
        trainingSeconds = log.rows.reduce(0) { $0 + $1.seconds }
        self.seconds = seconds
        let last = log.rows.last
        finalDice = Dictionary(
            uniqueKeysWithValues: zip(plan.structures, last?.validationDice ?? []).compactMap {
                structure, dice in
                dice.map { (structure.name, $0) }
            })
        finalMeanDice = last?.meanDice
        bestMeanDice = log.rows.compactMap(\.meanDice).max()
        self.device = device
        threads = plan.training.threads
        self.libtorch = libtorch
    }
}
