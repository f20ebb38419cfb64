import Foundation

import Testing
import UNetDesign

@Suite struct NetworkConfigurationTests {
    @Test func jsonKeepsEverySetting() throws {
        let configuration = NetworkConfiguration(
            architecture: .residual, dimensions: .three, inputChannels: 2, outputChannels: 3, filters: 24,
            depth: 1, norm: .instance, normEpsilon: 1e-3, normMomentum: 0.01, deepSupervision: true,
            dropout: 0.25, poolings: [[1, 2, 2]], kernels: [[1, 3, 3], [3, 3, 3]])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(configuration)
        #expect(
            String(decoding: data, as: UTF8.self)
                == #"{"architecture":"residual","deepSupervision":true,"depth":1,"dimensions":"3d","dropout":0.25,"#
                + #""filters":24,"inputChannels":2,"kernels":[[1,3,3],[3,3,3]],"norm":"instance","#
                + #""normEpsilon":0.001,"normMomentum":0.01,"outputChannels":3,"poolings":[[1,2,2]]}"#)
        #expect(try JSONDecoder().decode(NetworkConfiguration.self, from: data) == configuration)
    }

    @Test func filesOfTheFirstVersionMeanTheNetworkTheyMeantThen() throws {
        let text =
            #"{"architecture":"padded","depth":3,"dimensions":"2d","filters":24,"inputChannels":2,"#
            + #""normEpsilon":0.001,"normMomentum":0.01,"outputChannels":3}"#
        let read = try JSONDecoder().decode(NetworkConfiguration.self, from: Data(text.utf8))
        #expect(
            read
                == NetworkConfiguration(
                    inputChannels: 2, outputChannels: 3, filters: 24, depth: 3, normEpsilon: 1e-3,
                    normMomentum: 0.01))
        #expect(read.norm == .batch && !read.deepSupervision && read.dropout == 0)
        #expect(read.poolings == [[2, 2], [2, 2], [2, 2]] && read.kernels.count == 4)
    }

    @Test func architecturesBringTheirOwnNormAndDropout() {
        let all = Architecture.allCases.map { NetworkConfiguration(architecture: $0, outputChannels: 2) }
        #expect(all.map(\.norm) == [.batch, .none, .batch])
        #expect(all.map(\.dropout) == [0, 0.5, 0])
        #expect(
            NetworkConfiguration(architecture: .classic, outputChannels: 2, norm: .batch, dropout: 0).norm
                == .batch)
    }

    @Test func anotherDepthOrRankMakesTheLevelsIsotropic() {
        var configuration = NetworkConfiguration(
            dimensions: .three, outputChannels: 2, depth: 1, poolings: [[1, 2, 2]],
            kernels: [[1, 3, 3], [3, 3, 3]])
        configuration.depth = 1
        #expect(configuration.poolings == [[1, 2, 2]])
        configuration.depth = 2
        #expect(configuration.poolings == [[2, 2, 2], [2, 2, 2]])
        #expect(configuration.kernels == [[3, 3, 3], [3, 3, 3], [3, 3, 3]])
        configuration.dimensions = .two
        #expect(configuration.poolings == [[2, 2], [2, 2]] && configuration.kernels.last == [3, 3])
    }

    @Test(arguments: [
        ("poolings", "[[2,2]]"), ("poolings", "[[2,2],[2]]"), ("poolings", "[[2,2],[3,2]]"),
        ("poolings", "[[2,2],[0,2]]"), ("kernels", "[[3,3],[3,3]]"), ("kernels", "[[3,3],[3,3],[2,3]]"),
        ("dropout", "1"), ("dropout", "-0.5"),
    ])
    func levelsAndDropoutThatMakeNoNetworkAreRefused(key: String, value: String) throws {
        let text =
            #"{"architecture":"padded","depth":2,"dimensions":"2d","filters":2,"inputChannels":1,"#
            + #""normEpsilon":0.001,"normMomentum":0.01,"outputChannels":3,"\#(key)":\#(value)}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(NetworkConfiguration.self, from: Data(text.utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            context.debugDescription.hasPrefix("\(key) ")
                && context.debugDescription.contains(" cannot be "))
    }

    @Test func defaultsAreTheLectureNotesWithPyTorchsNorm() {
        let configuration = NetworkConfiguration(outputChannels: 4)
        #expect(configuration.filters == 64 && configuration.depth == 4 && configuration.inputChannels == 1)
        #expect(configuration.normEpsilon == 1e-5 && configuration.normMomentum == 0.1)
        #expect(configuration.architecture == .padded && configuration.dimensions == .two)
    }

    @Test(arguments: ["inputChannels", "outputChannels", "filters", "depth"])
    func sizesThatMakeNoNetworkAreRefused(key: String) throws {
        let data = try JSONEncoder().encode(NetworkConfiguration(outputChannels: 4))
        var fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        for value in [0, -1, 1 << 40] {
            fields[key] = value
            let changed = try JSONSerialization.data(withJSONObject: fields)
            let error = #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(NetworkConfiguration.self, from: changed)
            }
            guard case .dataCorrupted(let context) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(context.debugDescription == "\(key) cannot be \(value)")
        }
    }
}
