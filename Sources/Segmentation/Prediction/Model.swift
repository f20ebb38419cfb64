import Foundation
import Imaging
import Networks
import Runs
import Torch
import UNetDesign

/// A trained network with the plan it was trained by.
@TensorActor
public final class Model {
    /// What to call it in errors: the file or folder it came from.
    public nonisolated let name: String
    /// How scans are prepared and what the channels mean.
    public nonisolated let plan: Plan
    /// The network, in prediction mode, on its device.
    let network: SegmentationNetwork
    /// Where it computes.
    let device: Device

    /// Which weights of a run folder are meant.
    public enum Choice: String, Sendable, CaseIterable {
        /// Those of the last epoch: what published figures use.
        case last
        /// Those with the best Dice on the held-out patients, which flatters them there.
        case best
    }

    /// Loads a run folder, or a weights file that carries its plan or lies beside one.
    ///
    /// - Throws: `SegmentationError.noModel`, `.noWeights`, `.noPlan` or `.unreadable`, `TorchError.weights` where the
    ///   weights do not fit the plan, `TorchError.noDevice`.
    public convenience init(contentsOf url: URL, choice: Choice = .last, device: Device = .cpu) throws {
        guard device.isAvailable else { throw TorchError.noDevice(device) }
        var isFolder: ObjCBool = false
        let path = url.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw SegmentationError.noModel(path: path)
        }
        let run = RunFolder(isFolder.boolValue ? url : url.deletingLastPathComponent())
        if isFolder.boolValue, !run.holdsRun { throw SegmentationError.noModel(path: path) }
        let weights = isFolder.boolValue ? (choice == .last ? run.last : run.best) : url
        guard FileManager.default.fileExists(atPath: weights.path(percentEncoded: false)) else {
            throw SegmentationError.noWeights(
                path: weights.path(percentEncoded: false), isBest: choice == .best)
        }
        let file = try Safetensors(contentsOf: weights)
        let plan: Plan
        if !isFolder.boolValue, let text = file.metadata["plan"] {
            plan = try Model.plan(text, path: path)
        } else if run.holdsRun {
            plan = try run.readPlan()
        } else {
            throw SegmentationError.noPlan(path: path)
        }
        try Checkpoint.check(file, fits: plan, path: weights.path(percentEncoded: false))
        let network = try plan.network.makeNetwork()
        try network.load(
            file.tensors, path: weights.path(percentEncoded: false), ignoring: Checkpoint.extraPrefixes)
        try self.init(network, plan: plan, device: device, name: path)
    }

    /// A network in memory, with its plan.
    ///
    /// - Throws: `SegmentationError.planMisfits` where the network has other channels than the plan and its structures ask for, `TorchError` where it
    ///   cannot be moved to `device`.
    public init(
        _ network: SegmentationNetwork, plan: Plan, device: Device = .cpu, name: String = "the network"
    ) throws {
        for (setting, planned, found) in [
            ("input channels", plan.network.inputChannels, network.configuration.inputChannels),
            (
                "output channels", Plan.outputChannels(for: plan.structures),
                network.configuration.outputChannels
            ),
        ] where planned != found {
            throw SegmentationError.planMisfits(
                model: name, setting: setting, planned: planned, found: found)
        }
        self.name = name
        self.plan = plan
        self.network = network
        self.device = device
        try network.move(to: device)
        network.train(false)
    }

    /// Class probabilities of a prepared scan, on its grid.
    func probabilities(
        _ scan: PreparedScan, settings: ComputeSettings, progress: Predictor.Progress? = nil
    ) async throws -> ProbabilityMap {
        try await WindowPredictor(network, plan: plan, device: device, settings: settings)
            .probabilities(scan, progress: progress)
    }

    /// The plan that a weights file carries.
    private static func plan(_ text: String, path: String) throws -> Plan {
        let plan: Plan
        do { plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) } catch {
            let reason = (error as? DecodingError)?.reason ?? error.localizedDescription
            throw SegmentationError.unreadable(path: path, reason: "its plan: \(reason)")
        }
        do { try plan.validate() } catch {
            throw SegmentationError.unreadable(path: path, reason: "its plan: \(error)")
        }
        return plan
    }
}
