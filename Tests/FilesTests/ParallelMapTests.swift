import Files
import Foundation
import Synchronization
import Testing

@Suite struct ParallelMapTests {
    private struct Failure: Error, Equatable { var number: Int }

    @Test func resultsAreInTheOrderOfTheElements() {
        let counts = Mutex<[Int]>([])
        let squares = Array(0..<100).parallelMap(progress: { done in counts.withLock { $0.append(done) } }) {
            $0 * $0
        }
        #expect(squares == (0..<100).map { $0 * $0 })
        #expect(counts.withLock { $0 } == Array(1...100))
        #expect([Int]().parallelMap { $0 }.isEmpty)
    }

    @Test func anErrorEndsIt() {
        let done = Mutex(0)
        let error = #expect(throws: Failure.self) {
            try Array(0..<1000).parallelMap { number throws(Failure) -> Int in
                guard number != 3 else { throw Failure(number: number) }
                done.withLock { $0 += 1 }
                return number
            }
        }
        #expect(error == Failure(number: 3))
        #expect(done.withLock { $0 } < 1000)
    }

    @Test func endingsInAnyLetterCase() {
        let file = URL(filePath: "/data/Scan.NII.GZ")
        #expect(file.hasEnding([".nii.gz"]) && file.droppingEnding([".nii.gz", ".gz"]) == "Scan")
        #expect(!URL(filePath: "/data/.gz").hasEnding([".gz"]))
        #expect(file.droppingEnding([".png"]) == "Scan.NII.GZ")
    }
}
