import Imaging
import Scoring
import Testing

@Suite struct ClinicalTests {
    @Test func ejectionFractionAndMass() {
        let values = ClinicalIndex.values(
            leftED: 150, leftES: 60, rightED: 0, rightES: 0, myocardiumED: 100)
        #expect(values[.leftEDV] == 150 && values[.leftESV] == 60 && values[.leftSV] == 90)
        #expect(values[.leftEF] == 60)
        #expect(values[.rightSV] == 0 && values[.rightEF] == nil)
        #expect(values[.mass] == 105)
        #expect(
            ClinicalIndex.values(leftED: 5, leftES: nil, rightED: nil, rightES: nil, myocardiumED: nil) == [
                .leftEDV: 5
            ])
    }

    /// Numbers from numpy: `d.mean()`, `d.std(ddof=1)`, `numpy.corrcoef`.
    @Test func agreement() throws {
        let found = try #require(Agreement(predicted: [61, 48, 72, 30], reference: [60, 50, 69, 33]))
        #expect(found.count == 4)
        #expect(found.bias == -0.25)
        #expect(found.meanAbsoluteError == 2.25)
        #expect(abs(try #require(found.standardDeviation) - 2.753_785_273_643) < 1e-11)
        #expect(abs(try #require(found.correlation) - 0.998_852_778_591) < 1e-9)
        let limits = try #require(found.limits)
        #expect(abs(limits.lowerBound + 5.647_419_136_340) < 1e-9)
        #expect(abs(limits.upperBound - 5.147_419_136_340) < 1e-9)
    }

    @Test func agreementOfFew() throws {
        #expect(Agreement(predicted: [], reference: []) == nil)
        let one = try #require(Agreement(predicted: [3], reference: [1]))
        #expect(one.bias == 2 && one.standardDeviation == nil && one.limits == nil && one.correlation == nil)
        let constant = try #require(Agreement(predicted: [3, 4], reference: [1, 1]))
        #expect(constant.correlation == nil)
    }
}
