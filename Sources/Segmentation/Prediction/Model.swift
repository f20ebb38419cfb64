import Foundation
import Networks
import Torch

/// A trained network with the plan it was trained by.
///
/// Belongs to the tensor thread.
public final class Model {
    /// How scans are prepared and what the channels mean.
    public let plan: Plan
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
    /// - Throws: `SegmentationError.noRun`, `.noPlan` or `.unreadable`, `TorchError.weights` where the weights do not
    ///   fit the plan, `TorchError.noDevice`.
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
        let file = try Safetensors(contentsOf: weights)
        let plan: Plan
        if isFolder.boolValue {
            plan = try run.readPlan()
        } else if let text = file.metadata["plan"] {
            do { plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) } catch {
                throw SegmentationError.unreadable(path: path, reason: "its plan: \(error)")
            }
        } else if run.holdsRun {
            plan = try run.readPlan()
        } else {
            throw SegmentationError.noPlan(path: path)
        }
        let network = try plan.network.makeNetwork()
        try network.load(
            file.tensors, path: weights.path(percentEncoded: false), ignoring: Checkpoint.extraPrefixes)
        try self.init(network, plan: plan, device: device)
    }

    /// A network at hand, with its plan.
    public init(_ network: SegmentationNetwork, plan: Plan, device: Device = .cpu) throws {
        self.plan = plan
        self.network = network
        self.device = device
        try network.move(to: device)
        network.train(false)
    }
}
