import Datasets
import Testing

@Suite struct SeededGeneratorTests {
    /// From an implementation of Blackman and Vigna's xoshiro256** and SplitMix64 in Python.
    @Test func followsTheReference() {
        var generator = SeededGenerator(seed: 42)
        #expect(
            (0..<4).map { _ in generator.next() } == [
                0x1578_0b2e_0c2e_c716, 0x6104_d986_6d11_3a7e, 0xae17_5332_39e4_99a1, 0xecb8_ad47_03b3_60a1,
            ])
    }

    @Test func streamsDoNotDependOnOrderAndDiffer() {
        var first = SeededGenerator(seed: 7, stream: 1, 2)
        var again = SeededGenerator(seed: 7, stream: 1, 2)
        var other = SeededGenerator(seed: 7, stream: 2, 1)
        let value = first.next()
        #expect(value == again.next())
        #expect(value != other.next())
    }

    @Test func numbersAreUniformAndNormal() {
        var generator = SeededGenerator(seed: 3)
        let uniform = (0..<20_000).map { _ in generator.uniform(2...4) }
        #expect(uniform.allSatisfy { 2...4 ~= $0 })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 3) < 0.02)
        let normal = (0..<20_000).map { _ in generator.normal() }
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / 20_000 - 1) < 0.04)
        #expect((0..<1000).allSatisfy { _ in 0..<7 ~= generator.index(below: 7) })
    }

    @Test func shufflesKeepEverything() {
        var generator = SeededGenerator(seed: 5)
        let items = Array(0..<100)
        let shuffled = generator.shuffled(items)
        #expect(shuffled != items)
        #expect(shuffled.sorted() == items)
    }
}
