import Foundation
import Testing
import UNetDesign

@Suite struct NetworkDescriptionTests {
    @Test func theClassicNetworkIsFigureOneOfThePaper() throws {
        let found = try NetworkDescription(
            NetworkConfiguration(architecture: .classic, outputChannels: 2), input: [572, 572])
        let figure = found.layers.filter { $0.kind != .dropout }.map { ($0.channels, $0.size[0]) }
        let wanted = [
            (1, 572), (64, 570), (64, 568), (64, 284), (128, 282), (128, 280), (128, 140), (256, 138),
            (256, 136),
            (256, 68), (512, 66), (512, 64), (512, 32), (1024, 30), (1024, 28), (512, 56), (1024, 56),
            (512, 54),
            (512, 52), (256, 104), (512, 104), (256, 102), (256, 100), (128, 200), (256, 200), (128, 198),
            (128, 196), (64, 392), (128, 392), (64, 390), (64, 388), (2, 388),
        ]
        #expect(figure.map(\.0) == wanted.map(\.0))
        #expect(figure.map(\.1) == wanted.map(\.1))
        #expect(found.layers.allSatisfy { $0.size[0] == $0.size[1] })
        #expect(found.parameters == 31_030_658 && found.output == [388, 388])
    }

    @Test(arguments: [(filters: 65_536, depth: 4), (4, 12), (.max, 1), (1, 60)])
    func networksThatFillTheMemoryAreRefused(filters: Int, depth: Int) {
        for architecture in Architecture.allCases {
            let network = NetworkConfiguration(
                architecture: architecture, dimensions: .three, outputChannels: 4, filters: filters,
                depth: depth)
            let error = #expect(throws: NetworkError.self) {
                try NetworkDescription(network, input: [1, 1, 1])
            }
            guard case .tooLarge(network, let weights) = error else {
                Issue.record("\(String(describing: error)) is not about the size")
                continue
            }
            #expect(weights > Double(NetworkConfiguration.weightLimit))
        }
    }

    @Test func theLargestUNetsInUseAreNot() throws {
        try NetworkConfiguration(outputChannels: 4, filters: 256, depth: 4).checkWeightCount()
        try NetworkConfiguration(dimensions: .three, outputChannels: 4, filters: 64, depth: 5)
            .checkWeightCount()
    }

    @Test func operationsAreTwoForEachMultiplyAdd() throws {
        let found = try NetworkDescription(
            NetworkConfiguration(outputChannels: 3, filters: 2, depth: 1), input: [4, 6])
        // 24 pixels at the top, 6 below.
        let wanted: [String: Double] = [
            "encoders.0.block.first": 2 * 9 * 1 * 2 * 24, "encoders.0.block.second": 2 * 9 * 2 * 2 * 24,
            "bridge.first": 2 * 9 * 2 * 4 * 6, "bridge.second": 2 * 9 * 4 * 4 * 6,
            "decoders.0.up": 2 * 4 * 2 * 24, "decoders.0.block.first": 2 * 9 * 4 * 2 * 24,
            "decoders.0.block.second": 2 * 9 * 2 * 2 * 24, "head": 2 * 2 * 3 * 24,
        ]
        let counted = found.layers.filter { $0.flops > 0 }.map { ($0.name, $0.flops) }
        #expect(Dictionary(uniqueKeysWithValues: counted) == wanted)
        #expect(found.flops == wanted.values.reduce(0, +))
    }

    @Test func auxiliaryHeadsAreNotPartOfAPrediction() throws {
        var configuration = NetworkConfiguration(outputChannels: 3, filters: 2, depth: 3)
        let without = try NetworkDescription(configuration, input: [16, 16])
        configuration.deepSupervision = true
        let with = try NetworkDescription(configuration, input: [16, 16])
        let head = try #require(with.layers.last)
        #expect(head.name == "auxiliary_heads.0" && head.size == [8, 8] && head.channels == 3)
        #expect(with.flops == without.flops && with.parameters == without.parameters + 4 * 3 + 3)
    }

    @Test func theTableShowsEveryLayer() throws {
        let found = try NetworkDescription(
            NetworkConfiguration(
                architecture: .residual, dimensions: .three, outputChannels: 2, filters: 64, depth: 1,
                dropout: 0.5, poolings: [[1, 2, 2]]), input: [6, 64, 32])
        #expect(
            found.table() == """
                layer                      operation                            channels     size  parameters  GFLOP
                input                                                                  1  6x64x32
                encoders.0.block.first     convolution 3x3x3, batch norm, ReLU        64  6x64x32       1,920   0.04
                encoders.0.block.second    convolution 3x3x3, batch norm              64  6x64x32     110,784   2.72
                encoders.0.block.shortcut  convolution 1x1x1, batch norm              64  6x64x32         256   0.00
                encoders.0.block.sum       sum with the shortcut, ReLU                64  6x64x32
                encoders.0.dropout         drop-out 0.5                               64  6x64x32
                encoders.0.pool            max-pool 1x2x2                             64  6x32x16
                bridge.first               convolution 3x3x3, batch norm, ReLU       128  6x32x16     221,568   1.36
                bridge.second              convolution 3x3x3, batch norm             128  6x32x16     442,752   2.72
                bridge.shortcut            convolution 1x1x1, batch norm             128  6x32x16       8,576   0.05
                bridge.sum                 sum with the shortcut, ReLU               128  6x32x16
                dropout                    drop-out 0.5                              128  6x32x16
                decoders.0.up              up-convolution 1x2x2                       64  6x64x32      32,832   0.20
                decoders.0.skip            concatenation                             128  6x64x32
                decoders.0.block.first     convolution 3x3x3, batch norm, ReLU        64  6x64x32     221,376   5.44
                decoders.0.block.second    convolution 3x3x3, batch norm, ReLU        64  6x64x32     110,784   2.72
                head                       convolution 1x1x1                           2  6x64x32         130   0.00

                1 x 6x64x32 in, 2 x 6x64x32 out
                1,150,978 parameters and 1,408 running statistics
                15.25 GFLOP per prediction, counting 2 for each multiply-add of the convolutions
                """)
    }

    @Test func jsonHoldsLayersAndTotals() throws {
        let found = try NetworkDescription(
            NetworkConfiguration(outputChannels: 2, filters: 2, depth: 1), input: [4, 6])
        let object = try JSONSerialization.jsonObject(with: Data(found.json().utf8))
        let fields = try #require(object as? [String: Any])
        #expect(
            Set(fields.keys) == ["network", "input", "output", "layers", "parameters", "buffers", "flops"])
        #expect(fields["parameters"] as? Int == found.parameters)
        #expect((fields["layers"] as? [[String: Any]])?.count == found.layers.count)
        #expect((fields["layers"] as? [[String: Any]])?[3]["kind"] as? String == "max-pool")
    }

    @Test(arguments: [
        (
            [500, 572],
            "an input of 500x572 does not fit the classic network with 4 poolings; the nearest that fits has height 492 or 508"
        ),
        (
            [90, 600],
            "an input of 90x600 does not fit the classic network with 4 poolings; the nearest that fits has height 188, width 588 or 604"
        ),
    ])
    func sizesThatDoNotFitAreRefusedWithThoseThatDo(input: [Int], text: String) {
        let error = #expect(throws: NetworkError.self) {
            try NetworkDescription(
                NetworkConfiguration(architecture: .classic, outputChannels: 2), input: input)
        }
        #expect(error?.description == text && error?.errorDescription == text)
    }

    @Test func slicesAreNamedToo() {
        let error = #expect(throws: NetworkError.self) {
            try NetworkDescription(
                NetworkConfiguration(dimensions: .three, outputChannels: 2, depth: 1), input: [5, 8, 8])
        }
        #expect(
            error?.description
                == "an input of 5x8x8 does not fit the padded network with 1 pooling; the nearest that fits has slices 4 or 6"
        )
    }
}
