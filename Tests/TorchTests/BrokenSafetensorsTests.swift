import Foundation
import TestSupport
import Testing
import Torch

/// Files that are no complete safetensors file: each is refused in one sentence that names the file.
@TensorActor @Suite struct BrokenSafetensorsTests {
    private nonisolated static let remedy = "; train again, or restore it from a backup"

    /// A file with `header`, whose length is `claimed` or the true one, followed by `values` bytes of 0.
    private func file(_ header: String, claimed: UInt64? = nil, values: Int = 0) -> Data {
        let length = claimed ?? UInt64(header.utf8.count)
        let start = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return Data(start) + Data(header.utf8) + Data(count: values)
    }

    /// What reading `data` throws, without the path at its front.
    private func refusal(_ data: Data) throws -> String? {
        try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "best.safetensors")
                try data.write(to: url)
                let error = #expect(throws: TorchError.self) { try Safetensors(contentsOf: url) }
                let path = "\(url.path()): "
                #expect(error?.description.hasPrefix(path) == true)
                return error.map { String($0.description.dropFirst(path.count)) }
            }
        }
    }

    private func incomplete(_ why: String) -> String {
        "is not a complete safetensors file (\(why))\(Self.remedy)"
    }

    @Test func shorterThanItsLength() throws {
        #expect(try refusal(Data()) == incomplete("0 bytes"))
        #expect(try refusal(Data(count: 7)) == incomplete("7 bytes"))
        #expect(try refusal(file("{}", claimed: 3)) == incomplete("a header of 3 bytes in a file of 10"))
        #expect(
            try refusal(file("{}", claimed: .max))
                == incomplete("a header of 18446744073709551615 bytes in a file of 10"))
    }

    @Test func headersThatAreNone() throws {
        for text in ["", "{", "[]", "7", "{\"a\":}", "PK\u{3}\u{4}", "\u{80}{}"] {
            #expect(try refusal(file(text)) == incomplete("its header is not JSON"), "\(text)")
        }
    }

    @Test func entriesThatDoNotFit() throws {
        let wrong = [
            #"7"#, #"{}"#, #"{"dtype":"F32","shape":[1]}"#,
            #"{"dtype":"F32","shape":"1","data_offsets":[0,4]}"#,
            #"{"dtype":32,"shape":[1],"data_offsets":[0,4]}"#,
            #"{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}"#,
            #"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#,
            #"{"dtype":"F32","shape":[1],"data_offsets":[0]}"#,
            #"{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}"#,
            #"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#,
            #"{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}"#,
            #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#,
            #"{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}"#,
        ]
        for entry in wrong {
            #expect(
                try refusal(file(#"{"a.b":\#(entry)}"#, values: 4))
                    == incomplete("the entry “a.b” does not fit the file"), "\(entry)")
        }
    }

    @Test func shapesThatOverflowOrDoNotMatchTheirBytes() throws {
        let huge = #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#
        #expect(try refusal(file(huge, values: 4)) == incomplete("the shape of “a” overflows"))
        let small = #"{"a":{"dtype":"F64","shape":[2,1],"data_offsets":[0,8]}}"#
        #expect(try refusal(file(small, values: 8)) == incomplete("“a” has 8 bytes for shape [2, 1]"))
    }

    @Test func typesThatAreNotUsed() throws {
        let half = #"{"head.weight":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#
        #expect(
            try refusal(file(half, values: 4))
                == "tensor “head.weight” has type BF16, which is not supported; use a file that unet wrote")
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let whole = try withTensors {
            try withTemporaryDirectory { folder in
                let url = folder.appending(path: "whole.safetensors")
                try Safetensors([("a", .ones([2])), ("b", .ones([3]))], metadata: ["k": "v"]).write(to: url)
                return try Data(contentsOf: url)
            }
        }
        for length in 0..<whole.count {
            let text = try refusal(whole.prefix(length))
            #expect(text?.hasPrefix("is not a complete safetensors file (") == true, "\(length)")
        }
    }

    @Test func filesThatCannotBeRead() throws {
        try withTensors {
            try withTemporaryDirectory { folder in
                let missing = folder.appending(path: "none.safetensors")
                let error = #expect(throws: TorchError.self) { try Safetensors(contentsOf: missing) }
                #expect(
                    error
                        == .file(
                            path: missing.path(),
                            reason: "cannot be read (No such file or directory); "
                                + "check the path and your permissions"))
                let directory = #expect(throws: TorchError.self) { try Safetensors(contentsOf: folder) }
                #expect(
                    directory
                        == .file(
                            path: folder.path(),
                            reason: "cannot be read (Is a directory); check the path and your permissions"))
            }
        }
    }
}
