import Foundation
import Runs
import Testing

@Suite struct LearningRateTests {
    private func rates(steps: Int, stepsPerEpoch: Int, _ change: (inout TrainingPlan) -> Void) -> [Double] {
        var plan = TrainingPlan()
        plan.learningRate = 2
        change(&plan)
        return (0..<steps).map { plan.learningRate(step: $0, of: steps, stepsPerEpoch: stepsPerEpoch) }
    }

    @Test func halfACosine() {
        let found = rates(steps: 4, stepsPerEpoch: 2) { _ in }
        // 1 + cos(0°, 45°, 90°, 135°)
        for (one, other) in zip(found, [2, 1 + 0.5.squareRoot(), 1, 1 - 0.5.squareRoot()]) {
            #expect(abs(one - other) < 1e-12)
        }
    }

    @Test func aPolynomial() {
        let found = rates(steps: 4, stepsPerEpoch: 2) { $0.schedule = .polynomial }
        for (one, progress) in zip(found, [0, 0.25, 0.5, 0.75]) {
            #expect(abs(one - 2 * pow(1 - progress, 0.9)) < 1e-12)
        }
    }

    @Test(arguments: LearningRateSchedule.allCases)
    func theWarmUpRisesEvenlyAndThenTheScheduleBegins(schedule: LearningRateSchedule) {
        let found = rates(steps: 20, stepsPerEpoch: 4) {
            $0.schedule = schedule
            $0.warmUp = 1.25
        }
        for step in 0..<5 { #expect(abs(found[step] - 2 * Double(step + 1) / 6) < 1e-12) }
        let rest = rates(steps: 15, stepsPerEpoch: 4) { $0.schedule = schedule }
        #expect(Array(found[5...]) == rest)
    }

    @Test func aWarmUpLongerThanTheTrainingNeverReachesTheHeightButRises() {
        let found = rates(steps: 3, stepsPerEpoch: 1) { $0.warmUp = 100 }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
        #expect(found[2] == 2)
    }
}

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("90s", 90.0), ("90 s", 90), ("45min", 2700), ("45m", 2700), ("2h", 7200), ("1h30m", 5400),
        ("1.5h", 5400), ("1d", 86_400), ("1H 2Min 3S", 3723),
    ]) func reads(text: String, seconds: Double) { #expect(TimeSpan(text)?.seconds == seconds) }

    @Test(arguments: [
        "", "2", "h", "2x", "-1h", "0s", "1m2h", "1h1h", "nan h", "infh", "1e3s", "99999d", "1..5h",
    ])
    func refuses(text: String) { #expect(TimeSpan(text) == nil) }

    @Test(arguments: [
        (0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (187, "3 min 07 s"), (4320, "1 h 12 min"),
    ]) func writes(seconds: Double, text: String) { #expect("\(TimeSpan(seconds: seconds))" == text) }
}
