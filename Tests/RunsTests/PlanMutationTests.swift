import Foundation
import RunFixtures
import Runs
import TestSupport
import Testing
import UNetDesign

/// Plans come with weights from anywhere: whatever one says, it is read or refused in one sentence. (`make fuzz` does
/// this to descriptions that need no libtorch.)
@Suite struct PlanMutationTests {
    private static let numbers = [
        "0", "-1", "1", "2", "64", "65537", "2147483648", "9223372036854775807", "-9223372036854775808",
        "1e300", "-1e300",
        "1e-300", "0.5", "1e999", "18446744073709551616", "null", "true", "\"x\"", "[]", "{}", "[0,0]",
    ]

    /// Where the numbers of `text` are.
    private func places(_ text: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var start: Int?
        for (index, byte) in text.enumerated() {
            if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
            {
                start = start ?? index
            } else if let first = start {
                places.append(first..<index)
                start = nil
            }
        }
        return places
    }

    @Test(arguments: [2, 3]) func everyPlanIsReadOrRefused(_ rank: Int) throws {
        try withTemporaryDirectory { folder in
            let run = RunFolder(folder)
            var plan = Blobs.plan(epochs: 1)
            if rank == 3 { plan.network.dimensions = .three }
            plan.window = PatchSize(width: 32, height: 32, depth: rank == 3 ? 8 : 1)
            let text = [UInt8](try JSONEncoder().encode(plan))
            let places = places(text)
            var random = SplitMix(seed: UInt64(rank))
            var accepted = 0
            for round in 0..<3000 {
                var bytes = text
                // Each number becomes each of the others, and then several at once, from the back.
                let chosen =
                    round < places.count * Self.numbers.count
                    ? [places[round / Self.numbers.count]]
                    : (0..<3).map { _ in places.randomElement(using: &random)! }
                var end = Int.max
                for place in chosen.sorted(by: { $0.lowerBound > $1.lowerBound })
                where place.upperBound <= end {
                    let number =
                        chosen.count == 1
                        ? Self.numbers[round % Self.numbers.count]
                        : Self.numbers.randomElement(using: &random)!
                    bytes.replaceSubrange(place, with: Array(number.utf8))
                    end = place.lowerBound
                }
                if round % 7 == 6 {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                        in: 0...255, using: &random)
                }
                try Data(bytes).write(to: run.plan)
                do {
                    let plan = try run.readPlan()
                    let sides = rank == 3 ? [8, 32, 32] : [32, 32]
                    _ = try? NetworkDescription(plan.network, input: sides)
                    accepted += 1
                } catch let error as SegmentationError {
                    #expect(error.description.hasPrefix("\(run.plan.plainPath): cannot be used ("))
                }
            }
            #expect(accepted > 0)
        }
    }
}
