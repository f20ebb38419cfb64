// Reads NIfTI files and times it, round by round, as `run.py` asks for on standard input: one line `floats` or
// `header` a round. Answers each with the seconds it took and the sum of the voxels, which proves the work.
import Foundation
import NIfTI

let files = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
guard !files.isEmpty else {
    FileHandle.standardError.write(Data("usage: nifti-bench FILE...; rounds come from standard input\n".utf8))
    exit(64)
}

func readFloats() throws -> Double {
    var sum = 0.0
    for file in files {
        let image = try NIfTIImage(contentsOf: file)
        for frame in 0..<image.frameCount {
            let voxels = try image.floats(frame: frame)
            sum += Double(voxels[voxels.count / 2])
        }
    }
    return sum
}

func readHeaders() throws -> Double {
    try files.reduce(0) { sum, file in
        try sum + Double(NIfTIHeader(contentsOf: file).dimensions.reduce(1, *))
    }
}

while let round = readLine() {
    let clock = ContinuousClock()
    let start = clock.now
    let sum = round == "header" ? try readHeaders() : try readFloats()
    let seconds = (clock.now - start) / .seconds(1)
    print(seconds, sum)
    fflush(nil)
}
