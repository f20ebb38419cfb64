import Foundation
import Imaging
import Scoring
import Testing

@Suite struct LossTests {
    private let grid = Geometry(width: 2, height: 1, depth: 2, spacing: Spacing(1, 1, 1))
    private let structures = [Structure(name: "RV", label: 1), Structure(name: "LV", label: 3)]

    @Test func byHand() {
        let reference = LabelMap(geometry: grid, labels: [0, 1, 3, 3])
        let map = ProbabilityMap(
            geometry: grid, channels: 3,
            values: [0.8, 0.3, 0.1, 0.25, 0.1, 0.6, 0.2, 0.25, 0.1, 0.1, 0.7, 0.5])
        let loss = Loss(probabilities: map, reference: reference, structures: structures)
        #expect(abs(loss.crossEntropy + (log(0.8) + log(0.6) + log(0.7) + log(0.5)) / 4) < 1e-6)
        let right = (2 * 0.6 + 1) / (1.15 + 1 + 1)
        let left = (2 * 1.2 + 1) / (1.4 + 2 + 1)
        #expect(abs(loss.diceLoss - (1 - (right + left) / 2)) < 1e-6)
    }

    @Test func perfectAndHopeless() {
        let reference = LabelMap(geometry: grid, labels: [0, 1, 3, 3])
        let perfect = ProbabilityMap(
            geometry: grid, channels: 3, values: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1])
        #expect(
            Loss(probabilities: perfect, reference: reference, structures: structures)
                == Loss(crossEntropy: 0, diceLoss: 0))
        let hopeless = ProbabilityMap(
            geometry: grid, channels: 3, values: [0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
        let loss = Loss(probabilities: hopeless, reference: reference, structures: structures)
        #expect(abs(loss.crossEntropy + log(1e-7)) < 1e-9)
    }

    @Test func sigmoid() {
        let only = [Structure(name: "cell", label: 255)]
        let reference = LabelMap(geometry: grid, labels: [0, 255, 255, 0])
        let map = ProbabilityMap(geometry: grid, channels: 1, values: [0.25, 0.75, 0.5, 0])
        let loss = Loss(probabilities: map, reference: reference, structures: only)
        #expect(abs(loss.crossEntropy + (log(0.75) + log(0.75) + log(0.5)) / 4) < 1e-6)
        #expect(abs(loss.diceLoss - (1 - (2 * 1.25 + 1) / (1.5 + 2 + 1))) < 1e-6)
    }
}
