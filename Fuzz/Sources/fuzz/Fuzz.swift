import Foundation

// fuzz TARGET [libFuzzer's options] [folders of inputs]
// fuzz make-corpus FOLDER

/// The target of this process: libFuzzer calls C functions, which can carry nothing along.
nonisolated(unsafe) private var target = Target.all[0]

/// Called once by libFuzzer, before it reads the arguments: takes the first away, the target's name.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> Int32 {
    let name = count.pointee > 1 ? String(cString: arguments.pointee[1]) : ""
    if name == "make-corpus", count.pointee == 3 {
        do { try Corpus.make(in: URL(filePath: String(cString: arguments.pointee[2]))) } catch {
            print(error)
            exit(1)
        }
        exit(0)
    }
    guard let chosen = Target.all.first(where: { $0.name == name }) else {
        print("usage: fuzz TARGET [libFuzzer's options] [folders of inputs]")
        print("targets: \(Target.all.map(\.name).joined(separator: " "))")
        exit(64)
    }
    target = chosen
    for index in 1..<Int(count.pointee) - 1 { arguments.pointee[index] = arguments.pointee[index + 1] }
    count.pointee -= 1
    return 0
}

/// Called by libFuzzer with one input after another.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    target.run(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}
