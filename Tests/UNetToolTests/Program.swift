import Foundation
import Testing

/// Runs the program that was built with these tests.
enum Program {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
        /// Whether the program ended itself: false where a signal ended it, as crashes do.
        var hasExited = true
    }

    struct Missing: Error, CustomStringConvertible {
        let places: [String]
        var description: String {
            "the program is in none of \(places.joined(separator: ", ")); run “swift build -c release” first"
        }
    }

    /// The root of the checkout.
    static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Beside the test bundle, so that the tests of a debug build try the debug program.
    static func url() throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        let folders =
            bundles.map { $0.deletingLastPathComponent() } + [
                URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(),
                checkout.appending(path: ".build/release"), checkout.appending(path: ".build/debug"),
            ]
        let places = folders.map { $0.appending(path: "unet") }
        guard let place = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
        else {
            throw Missing(places: places.map(\.path))
        }
        return place
    }

    /// Starts the program in `folder`; what it prints goes to `output`.
    static func start(
        _ arguments: [String], in folder: URL, environment more: [String: String] = [:], output: FileHandle,
        errors: FileHandle
    ) throws -> Process {
        let process = Process()
        process.executableURL = try url()
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        // Help is wrapped at this width; threads of a busy machine must not wait for each other by spinning.
        environment["COLUMNS"] = "100"
        environment["GOMP_SPINCOUNT"] = "0"
        process.environment = environment.merging(more) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    /// Runs the program in `folder` to its end. The folder's own path is cut out of what it prints, and so are
    /// times, which no two runs share.
    static func run(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws
        -> Result
    {
        let (out, err) = (Pipe(), Pipe())
        let process = try start(
            arguments, in: folder, environment: environment, output: out.fileHandleForWriting,
            errors: err.fileHandleForWriting)
        try out.fileHandleForWriting.close()
        try err.fileHandleForWriting.close()
        // Read at the same time: either pipe may fill up first.
        nonisolated(unsafe) var errors = Data()
        let reading = DispatchGroup()
        DispatchQueue.global().async(group: reading) {
            errors = err.fileHandleForReading.readDataToEndOfFile()
        }
        let output = out.fileHandleForReading.readDataToEndOfFile()
        reading.wait()
        process.waitUntilExit()
        func text(_ data: Data) -> String {
            let root = folder.standardizedFileURL.path
            return String(decoding: data, as: UTF8.self)
                .replacing("/private\(root)/", with: "").replacing("\(root)/", with: "").replacing(
                    root, with: ".")
        }
        return Result(
            status: process.terminationStatus, output: text(output), errors: text(errors),
            hasExited: process.terminationReason == .exit)
    }
}
