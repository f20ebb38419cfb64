import Foundation
import TestSupport
import Testing
import Torch

@TensorActor @Suite struct SafetensorsTests {
    /// The header's text and the bytes after it.
    private func parts(_ url: URL) throws -> (header: String, values: [UInt8]) {
        let bytes = try [UInt8](Data(contentsOf: url))
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return (String(decoding: bytes[8..<(8 + length)], as: UTF8.self), Array(bytes[(8 + length)...]))
    }

    @Test func halfPrecisionIsReadAsFloats() throws {
        try withTemporaryDirectory { folder in
            let file = folder.appending(path: "half.safetensors")
            let values: [Float] = [0.5, -1 / 3, 65_504, 6e-8, 0]
            let half = try Tensor(values, shape: [5]).to(.float16)
            #expect(half.scalarType == .float16)
            try Safetensors([("w", half)]).write(to: file)
            let read = try #require(try Safetensors(contentsOf: file).tensors["w"])
            #expect(read.scalarType == .float32)
            // The nearest numbers of 11 significant bits; 2⁻²⁴ is the smallest.
            let expected: [Float] = [0.5, -0.333_251_953_125, 65_504, 0x1p-24, 0]
            #expect(try read.array(of: Float.self) == expected)
            // 8 bytes of length, a header padded to 8, and 10 bytes.
            #expect(try Data(contentsOf: file).count % 8 == 2)
        }
    }

    @Test func everyTypeAndShapeComesBack() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "all.safetensors")
                let tensors: [(name: String, tensor: Tensor)] = try [
                    ("f32", scattered([2, 3, 4])), ("f64", Tensor([Double.pi, -.infinity], shape: [2])),
                    ("i64", Tensor([Int64.min, Int64.max], shape: [2, 1])),
                    ("i32", Tensor([Int32.min, 7], shape: [1, 2])),
                    ("u8", Tensor([UInt8(0), 255, 3], shape: [3])),
                    ("bool", Tensor([Float(1), 0], shape: [2]).to(.bool)),
                    ("scalar", Tensor([Float(-0.5)], shape: [])),
                    ("empty", Tensor([Float](), shape: [0, 4])),
                    ("last", scattered([1, 2, 3, 4]).channelsLast()),
                ]
                let metadata = ["epoch": "12", "quote": "a \"b\" \\ / ä\n❤️", "": "nothing"]
                try Safetensors(tensors, metadata: metadata).write(to: url)
                let read = try Safetensors(contentsOf: url)
                #expect(read.metadata == metadata)
                #expect(Set(read.tensors.keys) == Set(tensors.map(\.name)))
                for (name, tensor) in tensors {
                    let found = try #require(read.tensors[name])
                    #expect(found.shape == tensor.shape && found.scalarType == tensor.scalarType)
                    #expect(try found.bytes() == tensor.bytes(), "\(name)")
                }
            }
        }
    }

    @Test func theFileIsExactlyThis() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "exact.safetensors")
                let tensors: [(name: String, tensor: Tensor)] = try [
                    ("b.weight", Tensor([Float(1), -2], shape: [1, 2])), ("a", Tensor([UInt8(7)], shape: [])),
                ]
                try Safetensors(tensors, metadata: ["z": "1", "format": "pt"]).write(to: url)
                let (header, values) = try parts(url)
                let text =
                    #"{"__metadata__":{"format":"pt","z":"1"},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"#
                    + #""b.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[1,9]}}"#
                #expect(header.trimmingCharacters(in: .whitespaces) == text)
                #expect(
                    header.hasPrefix("{") && header.utf8.count % 8 == 0
                        && header.utf8.count - text.utf8.count < 8)
                #expect(values == [7, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
            }
        }
    }

    @Test func headersOfEveryLengthAreFilledToEight() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                for length in 1...9 {
                    let url = folder.appending(path: "\(length).safetensors")
                    let name = String(repeating: "n", count: length)
                    try Safetensors([(name, .ones([2]))]).write(to: url)
                    #expect(try parts(url).header.utf8.count % 8 == 0)
                    #expect(try Safetensors(contentsOf: url).tensors[name].map(values) == [1, 1])
                }
            }
        }
    }

    @Test func withoutMetadataThereIsNone() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "plain.safetensors")
                try Safetensors([]).write(to: url)
                #expect(try parts(url).header.trimmingCharacters(in: .whitespaces) == "{}")
                let read = try Safetensors(contentsOf: url)
                #expect(read.tensors.isEmpty && read.metadata.isEmpty)
            }
        }
    }

    @Test func writingReplacesAndFailureLeavesTheOldFile() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "w.safetensors")
                try Safetensors([("a", .ones([1]))]).write(to: url)
                try Safetensors([("a", .zeros([1]))]).write(to: url)
                #expect(try Safetensors(contentsOf: url).tensors["a"]?.item() == 0)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["w.safetensors"])

                let missing = folder.appending(path: "none/w.safetensors")
                let error = #expect(throws: TorchError.self) {
                    try Safetensors([("a", .ones([1]))]).write(to: missing)
                }
                #expect(
                    error?.description
                        == "\(missing.path()): cannot be written (No such file or directory); check the folder's permissions and the free space"
                )
            }
        }
    }

    @Test func theOptimizerAndTheGeneratorGoThroughAFile() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "last.safetensors")
                let parameter = try scattered([3]).requiringGradient()
                let optimizer = try Adam([("p", parameter)], learningRate: 0.1)
                try parameter.squared().sum().backward()
                try optimizer.step()
                try TorchRuntime.seed(4)
                let all = try optimizer.state + [("p", parameter), ("random", TorchRuntime.randomState())]
                try Safetensors(all).write(to: url)
                let noise = try values(Tensor.normal([5]))
                try parameter.squared().sum().backward()
                try optimizer.step()

                let read = try Safetensors(contentsOf: url).tensors
                let again = try #require(read["p"]).requiringGradient()
                let resumed = try Adam([("p", again)], learningRate: 0.1)
                try resumed.restore(read, path: url.path())
                try TorchRuntime.setRandomState(try #require(read["random"]))
                #expect(try values(Tensor.normal([5])) == noise)
                try again.squared().sum().backward()
                try resumed.step()
                #expect(try values(again) == values(parameter))
            }
        }
    }
}
