#if os(Linux)
    import Foundation
    import Synchronization
    import TestSupport
    import Testing

    /// The Nth write, fsync, rename, open, mkdir, close, lock and large allocation of every command that writes fails, for
    /// every N that there is.
    ///
    /// Claimed of system calls: the program ends with one sentence and status 1, or with a warning and status 0 where only an
    /// extra is lost; never by a signal. Whatever file can be seen is one of an undisturbed run or the one from before, byte
    /// for byte; nothing hidden is left; the same command, or a training's --resume where it asks for that, gives
    /// the same as an undisturbed run. Of allocations the same is claimed but for the ending: Swift ends the program
    /// where its own fail, and hidden files may be left then.
    ///
    /// Where there are many calls some are passed over; `make fault` (FAULTS=all) tries every one.
    @Suite(.serialized, .enabled("needs clang") { Faults.library != nil }) struct FaultTests {
        struct Fault: Sendable, CustomTestStringConvertible {
            let call: String
            let code: Int32
            /// Least size of an allocation that counts.
            var bytes = 0

            var testDescription: String { call }
        }

        struct Job: Sendable, CustomTestStringConvertible {
            let name: String
            let arguments: [String]
            /// What `out` holds before; a folder of the workplace.
            var before: String?

            var testDescription: String { name }
        }

        static let faults = [
            Fault(call: "write", code: ENOSPC), Fault(call: "fsync", code: EIO),
            Fault(call: "rename", code: EIO),
            Fault(call: "open", code: EACCES), Fault(call: "mkdir", code: EACCES),
            Fault(call: "close", code: EIO),
            Fault(call: "flock", code: ENOLCK), Fault(call: "alloc", code: ENOMEM, bytes: 1 << 16),
        ]

        /// A network without norms, trained by a plain optimizer, has few tensors, each of which is a write.
        static let network = [
            "--filters", "1", "--depth", "1", "--norm", "none", "--optimizer", "sgd", "--patch", "32",
            "--hold-out",
            "patient002", "--threads", "1", "--device", "cpu", "--epochs",
        ]

        static let jobs = [
            Job(name: "train", arguments: ["train", "hearts", "--output", "out"] + network + ["1"]),
            Job(
                name: "resume",
                arguments: [
                    "train", "hearts", "--output", "out", "--resume", "--threads", "1", "--device", "cpu",
                ],
                before: "half"),
            Job(
                name: "predict",
                arguments: [
                    "predict", "hearts/patient001", "--model", "model", "--output", "out", "--probabilities",
                    "--overlay", "--threads", "1", "--device", "cpu",
                ], before: "older"),
            Job(
                name: "convert",
                arguments: ["convert", "hearts", "--to", "nnunet", "--output", "out", "--json"]),
            Job(name: "phantom", arguments: ["phantom", "out", "--patients", "1"]),
        ]

        @Test(arguments: jobs, faults) func failsWell(_ job: Job, _ fault: Fault) throws {
            let root = try Place.root()
            let reference = try Place.reference(job)
            let count = try attempt(job, fault, 0, in: root, reference)
            let numbers = Self.isExhaustive ? Array(1...max(1, count)) : Self.chosen(of: count)
            let next = Mutex(0)
            let errors = Mutex<[any Error]>([])
            let verified = Mutex<Set<[String: Data]>>([])
            // Two at a time, each in a folder of its own.
            DispatchQueue.concurrentPerform(iterations: 2) { worker in
                while true {
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard index < numbers.count else { return }
                    do {
                        try attempt(job, fault, numbers[index], in: root, reference) { left in
                            verified.withLock { $0.insert(left).inserted }
                        }
                    } catch {
                        errors.withLock { $0.append(error) }
                    }
                }
            }
            if let first = errors.withLock({ $0.first }) { throw first }
        }

        private static let isExhaustive = ProcessInfo.processInfo.environment["FAULTS"] == "all"

        /// All of a few; of many the first, the last, and ever fewer between.
        private static func chosen(of count: Int) -> [Int] {
            let few = 5
            guard count > few else { return Array(1...max(1, count)) }
            return (1...count).filter { number in
                number <= 3 || number > count - 2 || number % max(1, count / (few - 3)) == 0
            }
        }

        /// One run with a fault, and what is claimed of it. Number 0 is none, and gives the number of calls.
        ///
        /// - Parameter isNew: whether these files were left for the first time, so that it has to be tried how they go on.
        @discardableResult private func attempt(
            _ job: Job, _ fault: Fault, _ number: Int, in root: URL, _ reference: [String: Data],
            isNew: ([String: Data]) -> Bool = { _ in true }
        ) throws -> Int {
            try withTemporaryDirectory { folder in
                for name in ["hearts", "model"] {
                    try FileManager.default.createSymbolicLink(
                        at: folder.appending(path: name), withDestinationURL: root.appending(path: name))
                }
                let out = folder.appending(path: "out")
                var before: [String: Data] = [:]
                if let name = job.before {
                    try FileManager.default.copyItem(at: root.appending(path: name), to: out)
                    before = try Place.contents(out)
                }
                let result = try Faults.run(
                    job.arguments, in: folder, call: fault.call, number: number, code: fault.code,
                    bytes: fault.bytes)
                let program = result.program
                let what: Comment =
                    "\(fault.call) \(number) of \(job.name): \(program.status) \(program.output)\(program.errors)"
                if number == 0 {
                    #expect(program.status == 0, what)
                } else if fault.call != "alloc" {
                    #expect(program.hasExited && (0...1).contains(program.status), what)
                    #expect(!program.errors.contains("Fatal error"), what)
                    #expect(
                        program.status == 0
                            || program.errors.contains(#/^(Error|failed): /#.anchorsMatchLineEndings()), what)
                    #expect(hidden(folder) == [], what)
                }
                let found = try Place.contents(out)
                for (name, content) in found where name != "predictions.json" {
                    #expect(content == reference[name] || content == before[name], "\(name) after \(what)")
                }
                // It tells of the predictions that were made, which may be some of them, and not of the older one.
                if let manifest = found["predictions.json"] {
                    let made = found.filter { before[$0.key] != $0.value }
                    #expect(try tells(manifest, of: made.keys), "predictions.json after \(what)")
                }
                if program.hasExited, program.status == 0 {
                    // A picture of curves is an extra, whose loss is a warning.
                    #expect(
                        Set(found.keys).union(["curves.svg"]) == Set(reference.keys).union(["curves.svg"]),
                        what)
                    #expect(
                        found.allSatisfy { $0.key == "curves.svg" || $0.value == reference[$0.key] }, what)
                }
                guard number > 0, isNew(found) else { return result.calls }
                try again(job, folder, reference, what)
                return result.calls
            }
        }

        /// Whether a folder's manifest is whole and has every prediction among `names`.
        private func tells(_ manifest: Data, of names: some Sequence<String>) throws -> Bool {
            let fields = try JSONSerialization.jsonObject(with: manifest) as? [String: Any]
            guard let cases = fields?["cases"] as? [String] else { return false }
            return names.filter { $0.contains("_pred.") }.allSatisfy { name in
                cases.contains { name.hasPrefix("\($0)_pred.") }
            }
        }

        /// The same command without a fault must end as if there had been none.
        private func again(_ job: Job, _ folder: URL, _ reference: [String: Data], _ what: Comment) throws {
            let out = folder.appending(path: "out")
            var result = try Program.run(job.arguments, in: folder)
            if result.errors.contains("add --resume") {
                result = try Program.run(
                    ["train", "hearts", "--output", "out", "--resume", "--device", "cpu"], in: folder)
            } else if result.errors.contains("already contains files") {
                // Written to the end before the fault.
                #expect(try Place.contents(out) == reference, "again after \(what)")
                return
            }
            #expect(result.status == 0, "again after \(what): \(result.errors)")
            #expect(
                try Place.contents(out).filter { $0.key != "curves.svg" }
                    == reference.filter { $0.key != "curves.svg" }, "again after \(what)")
        }

        /// Hidden files and folders anywhere below.
        private func hidden(_ folder: URL) -> [String] {
            (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).filter {
                $0.split(separator: "/").last?.hasPrefix(".") == true
            }
        }
    }

    /// What the jobs work on, and what they give undisturbed; made once.
    private enum Place {
        static func root() throws -> URL { try made.get() }

        static func reference(_ job: FaultTests.Job) throws -> [String: Data] {
            try contents(root().appending(path: "undisturbed-\(job.name)"))
        }

        private static let folder = FileManager.default.temporaryDirectory
            .appending(path: "swift-unet-faults-\(UUID().uuidString)")

        private static let made = Result {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            atexit { try? FileManager.default.removeItem(at: Place.folder) }
            try SmallHearts.write(folder.appending(path: "hearts"), patients: 2)
            let train = ["train", "hearts", "--output"]
            try run(train + ["model"] + FaultTests.network + ["1"])
            try makeHalf(train + ["half"] + FaultTests.network + ["2"])
            // Predictions of another day: the files to be replaced.
            let older = folder.appending(path: "older")
            try FileManager.default.createDirectory(at: older, withIntermediateDirectories: true)
            try Data("older".utf8).write(to: older.appending(path: "patient001_frame01_pred.nii.gz"))
            for job in FaultTests.jobs {
                let out = folder.appending(path: "out")
                if let before = job.before {
                    try FileManager.default.copyItem(at: folder.appending(path: before), to: out)
                }
                try run(job.arguments)
                try FileManager.default.moveItem(
                    at: out, to: folder.appending(path: "undisturbed-\(job.name)"))
            }
            return folder
        }

        private static func run(_ arguments: [String]) throws {
            let result = try Program.run(arguments, in: folder)
            guard result.status == 0 else { throw Workplace.NotTrained(result: result) }
        }

        /// A run that ended after the first of two epochs: the first rename that leaves one when it fails.
        private static func makeHalf(_ arguments: [String]) throws {
            let half = folder.appending(path: "half")
            for number in 1...20 {
                let result = try Faults.run(arguments, in: folder, call: "rename", number: number, code: EIO)
                let log = try? String(contentsOf: half.appending(path: "log.csv"), encoding: .utf8)
                if result.program.status == 1, log?.split(separator: "\n").count == 2 { return }
                try? FileManager.default.removeItem(at: half)
            }
            Issue.record("no fault ends a training between its epochs")
        }

        /// The visible files below, but for what no two runs share: times.
        static func contents(_ folder: URL) throws -> [String: Data] {
            var found: [String: Data] = [:]
            for name in folder.filesBelow.keys
            where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
                let data = try Data(contentsOf: folder.appending(path: name))
                let text = String(decoding: data, as: UTF8.self)
                switch URL(filePath: name).pathExtension {
                case "csv":
                    found[name] = Data(
                        text.split(separator: "\n").map {
                            $0[..<($0.lastIndex(of: ",") ?? $0.endIndex)] + "\n"
                        }
                        .joined().utf8)
                case "json":
                    found[name] = Data(text.replacing(#/(econds" : )[-+.eE0-9]+/#) { "\($0.1)" }.utf8)
                case "safetensors": found[name] = withoutTimes(data)
                default: found[name] = data
                }
            }
            return found
        }

        private static func withoutTimes(_ file: Data) -> Data {
            guard file.count >= 8 else { return file }
            let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= file.count - 8 else { return file }
            let header = String(decoding: file[8..<8 + length], as: UTF8.self)
                .replacing(#/\\"seconds\\":[-+.eE0-9]+/#, with: "")
                .trimmingCharacters(in: .whitespaces)
            return Data(header.utf8) + file[(8 + length)...]
        }
    }
#endif
