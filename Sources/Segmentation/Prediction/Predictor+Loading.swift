import Foundation
import Runs
import Torch

extension Predictor {
    /// How much time a prediction may take.
    public enum Effort: String, Sendable, CaseIterable {
        /// The first network alone, without mirroring.
        case fast
        /// As the model describes: a model folder's networks, mirrored if it says so.
        case usual
        /// All networks, mirrored.
        case thorough
    }

    /// Loads the models at `urls`: run folders, weights files, and model folders with a `model.json`.
    ///
    /// Each place counts alike in the mean; within a model folder, weights are as it describes. Scans are mirrored, and a
    /// component rule is recommended, if all places agree on it.
    ///
    /// - Parameters:
    ///   - urls: the places.
    ///   - choice: which weights of run folders to use.
    ///   - effort: the time that a prediction may take.
    ///   - device: where to compute.
    ///   - settings: how to compute.
    /// - Throws: Errors of `Model.init(contentsOf:choice:device:)` and `ModelDescription.init(in:)`, and of
    ///   `init(_:weights:isMirrored:componentRule:settings:)`.
    public static func load(
        _ urls: [URL], choice: Model.Choice = .last, effort: Effort = .usual, device: Device = .cpu,
        settings: ComputeSettings = ComputeSettings()
    ) async throws -> Predictor {
        var models: [Model] = []
        var weights: [Double] = []
        var descriptions: [ModelDescription?] = []
        for url in effort == .fast ? urls.prefix(1) : urls[...] {
            let description = try ModelDescription(in: url)
            descriptions.append(description)
            let members = (description?.members).map { effort == .fast ? $0.prefix(1) : $0[...] }
            let sum = members?.reduce(0) { $0 + $1.weight } ?? 1
            for member in members ?? [] {
                models.append(
                    try await Model(contentsOf: url.appending(path: member.file), device: device))
                weights.append(member.weight / sum)
            }
            if description == nil {
                models.append(try await Model(contentsOf: url, choice: choice, device: device))
                weights.append(1)
            }
        }
        let first = descriptions.first ?? nil
        let isMirrored: Bool
        switch effort {
        case .fast: isMirrored = false
        case .usual: isMirrored = !descriptions.isEmpty && descriptions.allSatisfy { $0?.isMirrored ?? false }
        case .thorough: isMirrored = true
        }
        let agree = descriptions.allSatisfy { $0?.components == first?.components }
        return try Predictor(
            models, weights: weights, isMirrored: isMirrored,
            componentRule: agree ? first?.components ?? .all : .all, settings: settings)
    }
}
