import Foundation
import Networks
import Testing

@Suite struct NetworkConfigurationTests {
    @Test func jsonKeepsEverySetting() throws {
        let configuration = NetworkConfiguration(
            inputChannels: 2, outputChannels: 3, filters: 24, depth: 3, normEpsilon: 1e-3, normMomentum: 0.01)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(configuration)
        #expect(
            String(decoding: data, as: UTF8.self)
                == #"{"architecture":"padded","depth":3,"dimensions":"2d","filters":24,"inputChannels":2,"#
                + #""normEpsilon":0.001,"normMomentum":0.01,"outputChannels":3}"#)
        #expect(try JSONDecoder().decode(NetworkConfiguration.self, from: data) == configuration)
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
            #expect(context.debugDescription == "\(key) \(value) makes no network")
        }
    }
}
