import Testing
import Torch

private final class Leaf: Module {
    let weight: Parameter
    let runningMean: Buffer

    init(_ size: Int) throws {
        weight = try Parameter(.ones([size]))
        runningMean = try Buffer(.zeros([size]))
    }
}

private class Branch: Module {
    let secondConv: Leaf
    private let hidden: Leaf?
    let absent: Leaf?
    let label = "no tensor"
    let sizes = [1, 2]

    init(hidden: Bool) throws {
        secondConv = try Leaf(2)
        self.hidden = try hidden ? Leaf(3) : nil
        absent = nil
    }
}

private final class Tree: Branch {
    let leaves: [Leaf]
    let maybeLeaves: [Leaf]?
    let bias: Parameter?
    let dropout = Dropout(0.5)

    init() throws {
        leaves = try [Leaf(4), Leaf(5)]
        maybeLeaves = try [Leaf(6)]
        bias = try Parameter(.zeros([1]))
        try super.init(hidden: true)
    }
}

@TensorActor @Suite struct ModuleTests {
    @Test func namesAreDottedSnakeCaseInOrderOfDeclaration() throws {
        try withTensors {
            let tree = try Tree()
            #expect(
                tree.parameters.map(\.name) == [
                    "second_conv.weight", "hidden.weight", "leaves.0.weight", "leaves.1.weight",
                    "maybe_leaves.0.weight", "bias",
                ])
            #expect(
                tree.buffers.map(\.name) == [
                    "second_conv.running_mean", "hidden.running_mean", "leaves.0.running_mean",
                    "leaves.1.running_mean", "maybe_leaves.0.running_mean",
                ])
            #expect(
                tree.state.map(\.name).prefix(3) == [
                    "second_conv.weight", "second_conv.running_mean", "hidden.weight",
                ])
            #expect(tree.state.count == tree.parameters.count + tree.buffers.count)
            #expect(tree.parameters.map(\.tensor.count) == [2, 3, 4, 5, 6, 1])
            #expect(
                tree.children.map(\.name)
                    == ["second_conv", "hidden", "leaves.0", "leaves.1", "maybe_leaves.0", "dropout"])
            #expect(try Branch(hidden: false).parameters.map(\.name) == ["second_conv.weight"])
        }
    }

    @Test func onlyParametersWantGradients() throws {
        try withTensors {
            let tree = try Tree()
            #expect(tree.parameters.allSatisfy { $0.tensor.requiresGradient })
            #expect(tree.buffers.allSatisfy { !$0.tensor.requiresGradient })
        }
    }

    @Test func trainReachesEveryChild() throws {
        try withTensors {
            let tree = try Tree()
            @TensorActor func modes(_ module: Module) -> [Bool] {
                [module.isTraining] + module.children.flatMap { modes($0.module) }
            }
            #expect(modes(tree) == Array(repeating: true, count: 7))
            tree.train(false)
            #expect(modes(tree) == Array(repeating: false, count: 7))
            tree.leaves[1].train()
            #expect(modes(tree).count { $0 } == 1)
            tree.train()
            #expect(modes(tree) == Array(repeating: true, count: 7))
        }
    }

    @Test func movingKeepsValuesAndTraining() throws {
        try withTensors {
            let tree = try Tree()
            try tree.secondConv.weight.tensor.fill(3)
            try tree.move(to: .cpu)
            #expect(try values(tree.secondConv.weight.tensor) == [3, 3])
            #expect(tree.parameters.allSatisfy { $0.tensor.requiresGradient })
            try (tree.secondConv.weight.tensor * 2).sum().backward()
            #expect(try tree.secondConv.weight.tensor.gradient().map(values) == [2, 2])
        }
    }

    @Test func convNormReLUNamesItsParts() throws {
        try withTensors {
            let unit = try ConvNormReLU(inputChannels: 2, outputChannels: 3, kernelSize: [3, 3])
            #expect(
                unit.state.map(\.name) == [
                    "conv.weight", "conv.bias", "norm.weight", "norm.bias", "norm.running_mean",
                    "norm.running_var",
                ])
            let (a, b) = try (scattered([2, 1, 4, 4]), scattered([2, 1, 4, 4], salt: 1))
            unit.train(false)
            let both = try Tensor.concatenated([a, b], axis: 1)
            #expect(try values(unit(a, b)) == values(unit.norm(unit.conv(both)).relu()))
        }
    }
}
