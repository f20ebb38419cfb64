import Files
import Foundation
import Testing

@Suite struct SafetensorsIndexTests {
    private func file(_ header: String, values: Int) -> Data {
        let start = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        return Data(start) + Data(header.utf8) + Data(count: values)
    }

    private func entry(_ name: String, _ offsets: String) -> String {
        #""\#(name)":{"dtype":"U8","shape":[4],"data_offsets":[\#(offsets)]}"#
    }

    @Test func whereTensorsAre() throws {
        let header = #"{"__metadata__":{"k":"v"},\#(entry("b", "0,4")),\#(entry("a", "4,8"))}"#
        let start = 8 + header.utf8.count
        let index = try SafetensorsIndex(file(header, values: 8))
        #expect(index.metadata == ["k": "v"])
        #expect(index.entries.map(\.name) == ["a", "b"])
        #expect(index.entries.map(\.bytes) == [start + 4..<start + 8, start..<start + 4])
        #expect(index.entries[0].type == "U8" && index.entries[0].shape == [4])
        // Data that begins elsewhere than at 0.
        let slice = (Data([7]) + file(header, values: 8)).dropFirst()
        #expect(try SafetensorsIndex(slice).entries == index.entries)
    }

    /// A file of some kB could otherwise say a thousand times that all of it is a tensor.
    @Test func bytesBelongToOneTensor() throws {
        for (one, two) in [("0,4", "0,4"), ("0,4", "3,7"), ("1,8", "2,3")] {
            let error = #expect(throws: SafetensorsIndex.Flaw.self) {
                try SafetensorsIndex(file("{\(entry("a", one)),\(entry("b", two))}", values: 8))
            }
            #expect(error?.reason == "“a” and “b” share bytes")
        }
        // Tensors without values share nothing.
        let none = #"{"dtype":"U8","shape":[0],"data_offsets":[2,2]}"#
        #expect(
            try SafetensorsIndex(file(#"{"a":\#(none),"b":\#(none),\#(entry("c", "0,4"))}"#, values: 4))
                .entries.count == 3)
    }
}
