#if os(Linux)
    import Foundation
    import Testing

    /// Runs the program with the library of Tests/Faults, in which one system call fails.
    enum Faults {
        struct Result {
            let program: Program.Result
            /// Calls of the kind that there were.
            let calls: Int
        }

        /// The library, which is compiled once; nil where there is no clang.
        static let library: URL? = {
            let source = Program.checkout.appending(path: "Tests/Faults/faults.c")
            let library = FileManager.default.temporaryDirectory
                .appending(path: "swift-unet-faults-\(UUID().uuidString).so")
            let compiler = Process()
            compiler.executableURL = URL(filePath: "/usr/bin/env")
            compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path]
            guard (try? compiler.run()) != nil else { return nil }
            compiler.waitUntilExit()
            guard compiler.terminationStatus == 0 else { return nil }
            atexit { if let library = Faults.library { try? FileManager.default.removeItem(at: library) } }
            return library
        }()

        /// Runs the program in `folder` while call `number` of the kind `call` fails with `code`, none for 0; of
        /// allocations those of `bytes` and more count.
        static func run(
            _ arguments: [String], in folder: URL, call: String, number: Int, code: Int32, bytes: Int = 0
        ) throws -> Result {
            let report = FileManager.default.temporaryDirectory
                .appending(path: "swift-unet-calls-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: report) }
            let program = try Program.run(
                arguments, in: folder,
                environment: [
                    "LD_PRELOAD": try #require(library).path, "FAULT_CALL": call, "FAULT_NUMBER": "\(number)",
                    "FAULT_CODE": "\(code)", "FAULT_BYTES": "\(bytes)", "FAULT_REPORT": report.path,
                    // Where an allocation fails there is no use in a long report.
                    "SWIFT_BACKTRACE": "enable=no",
                ])
            return Result(program: program, calls: (try? Data(contentsOf: report).count) ?? 0)
        }
    }
#endif
