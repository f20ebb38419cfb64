import Foundation
import Networks
import TestSupport
import Testing
import Torch
import UNetDesign

/// Weights files of whole networks.
@TensorActor @Suite struct WeightsTests {
    private func network(filters: Int = 2, outputs: Int = 3, depth: Int = 2) throws -> SegmentationNetwork {
        try NetworkConfiguration(outputChannels: outputs, filters: filters, depth: depth).makeNetwork()
    }

    @Test func aNetworkReadFromAFilePredictsTheSameBitForBit() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "best.safetensors")
                let first = try network()
                let x = try scattered([2, 1, 16, 16])
                // Running statistics that are not those of a new network.
                _ = try withoutGradient { try first(x) }
                try Safetensors(first.state).write(to: url)
                let second = try network()
                try second.load(Safetensors(contentsOf: url).tensors, path: url.path())
                #expect(try weightBytes(second) == weightBytes(first))
                first.train(false)
                second.train(false)
                #expect(try first(x).bytes() == second(x).bytes())
            }
        }
    }

    @Test func weightsOfAnotherNetworkAreRefusedAndChangeNothing() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "best.safetensors")
                try Safetensors(network().state).write(to: url)
                @TensorActor func refusal(_ other: SegmentationNetwork) throws -> String? {
                    let before = try weightBytes(other)
                    let error = #expect(throws: TorchError.self) {
                        try other.load(Safetensors(contentsOf: url).tensors, path: url.path())
                    }
                    #expect(try weightBytes(other) == before)
                    return error?.description
                }
                let other = "; use weights and a plan from the same run"
                #expect(
                    try refusal(network(filters: 3))
                        == "\(url.path()): tensor “encoders.0.block.first.conv.weight” has shape [2, 1, 3, 3], but the plan's network needs [3, 1, 3, 3]\(other)"
                )
                #expect(
                    try refusal(network(outputs: 4))
                        == "\(url.path()): tensor “head.weight” has shape [3, 2, 1, 1], but the plan's network needs [4, 2, 1, 1]\(other)"
                )
                #expect(
                    try refusal(network(depth: 3))
                        == "\(url.path()): contains no tensor “encoders.2.block.first.conv.weight”, which the plan's network needs\(other)"
                )
                #expect(
                    try refusal(network(depth: 1))
                        == "\(url.path()): tensor “bridge.first.conv.weight” has shape [8, 4, 3, 3], but the plan's network needs [4, 2, 3, 3]\(other)"
                )
            }
        }
    }
}
