import Foundation
import Imaging
import Networks
import Runs
import Torch
import UNetDesign

/// A trained network with its plan.
@TensorActor
public final class Model {
    /// Its name in errors: the file or folder from which it was loaded.
    public nonisolated let name: String
    /// The plan, with the preparation of scans and the meaning of the channels.
    public nonisolated let plan: Plan
    /// The network, in prediction mode, on its device.
    let network: SegmentationNetwork
    /// The device of the network.
    let device: Device

    /// A choice of weights in a run folder.
    public enum Choice: String, Sendable, CaseIterable {
        /// Those of the last epoch, which published figures use.
        case last
        /// Those with the best Dice on the held-out patients, which overstates the scores on these.
        case best
    }

    /// Loads a run folder, or a weights file that contains its plan or lies beside it.
    ///
    /// - Throws: `SegmentationError.noModel`, `.noWeights`, `.noPlan`, or `.unreadable`; `TorchError.weights` if the
    ///   weights do not fit the plan; `TorchError.noDevice`.
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

    /// Creates a model from a network in memory and its plan.
    ///
    /// - Throws: `SegmentationError.planMisfits` if the network's channels are not those that the plan and its
    ///   structures require, `.badSetting` and `.network` if the plan's settings for prediction are not valid, and
    ///   `TorchError` if the network cannot be moved to `device`.
    public init(
        _ network: SegmentationNetwork, plan: Plan, device: Device = .cpu, name: String = "the network"
    ) throws {
        for (setting, planned, found) in [
            (
                \Plan.network.inputChannels, plan.network.inputChannels, network.configuration.inputChannels
            ),
            (
                \Plan.network.outputChannels, Plan.outputChannels(for: plan.structures),
                network.configuration.outputChannels
            ),
        ] where planned != found {
            throw SegmentationError.planMisfits(
                model: name, setting: .of(setting), planned: planned, found: found)
        }
        try plan.validateForPrediction()
        self.name = name
        self.plan = plan
        self.network = network
        self.device = device
        try network.move(to: device)
        network.train(false)
    }

    /// Returns the class probabilities of a prepared scan, on its grid.
    func probabilities(
        _ scan: PreparedScan, settings: ComputeSettings, isMirrored: Bool = false,
        progress: Predictor.Progress? = nil
    ) async throws -> ProbabilityMap {
        try await WindowPredictor(
            network, plan: plan, device: device, settings: settings, isMirrored: isMirrored
        ).probabilities(scan, progress: progress)
    }

    /// Decodes the plan in a weights file.
    private static func plan(_ text: String, path: String) throws -> Plan {
        let plan: Plan
        do { plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) } catch {
            throw SegmentationError.badPlan(path: path, UnderlyingError(error))
        }
        do { try plan.validate() } catch {
            throw SegmentationError.badPlan(path: path, UnderlyingError(error))
        }
        return plan
    }
}

extension Model {
    /// Writes the final weights of `run`, with its plan, into a file that predicts alone.
    ///
    /// Kernels of convolutions are stored as float16, which halves the file and changes probabilities by less than 0.001;
    /// everything else stays float32, since a running variance can be smaller than float16 resolves.
    ///
    /// - Throws: `TorchError` if a file cannot be read or written.
    static func export(_ run: RunFolder, to url: URL) throws {
        let file = try Safetensors(contentsOf: run.last)
        var tensors: [(name: String, tensor: Tensor)] = []
        for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key })
        where !Checkpoint.extraPrefixes.contains(where: name.hasPrefix) {
            tensors.append((name, tensor.shape.count > 1 ? try tensor.to(.float16) : tensor))
        }
        try Safetensors(tensors, metadata: ["plan": file.metadata["plan"] ?? ""]).write(to: url)
    }
}
