import Testing
import UNetDesign

@Suite struct NetworkGraphTests {
    static let networks = Architecture.allCases.flatMap { architecture in
        [false, true].map {
            NetworkConfiguration(
                architecture: architecture, outputChannels: 3, filters: 2, depth: 4, deepSupervision: $0,
                dropout: 0.5)
        }
    }

    @Test(arguments: networks) func nodesReadOnlyThoseBeforeThem(_ network: NetworkConfiguration) {
        let graph = NetworkGraph(network)
        #expect(graph.nodes[0].operation == .input && graph.nodes[0].inputs.isEmpty)
        for (index, node) in graph.nodes.enumerated().dropFirst() {
            #expect(!node.inputs.isEmpty && node.inputs.allSatisfy { $0 < index }, "\(node.name)")
        }
        #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
        #expect(graph.outputs.map { graph.nodes[$0].name }.first == "head")
        #expect(graph.outputs.count == (network.deepSupervision ? 3 : 1))
    }

    /// Every result is kept until the last node that reads it, and nothing is computed for heads that are not asked for.
    @Test(arguments: networks) func resultsAreKeptUntilTheirLastUse(_ network: NetworkConfiguration) throws {
        let graph = NetworkGraph(network)
        let all = graph.lastUses(for: graph.outputs)
        for (index, last) in all.enumerated() {
            let readers = graph.nodes.indices.filter { graph.nodes[$0].inputs.contains(index) }
            let wanted = graph.outputs.contains(index) ? graph.nodes.count : readers.max()
            #expect(last == wanted, "\(graph.nodes[index].name)")
        }
        let logits = graph.lastUses(for: [graph.outputs[0]])
        for head in graph.outputs.dropFirst() { #expect(logits[head] == nil) }
        #expect(logits.count { $0 == nil } == graph.outputs.count - 1)
    }
}
