import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: RealData.acdc != nil, "set ACDC_ROOT to the folder with ACDC's training patients"))
struct RealACDCTests {
    private let root = RealData.acdc ?? URL(filePath: "/")

    @Test func theAuditFindsWhatIsKnown() throws {
        let data = try Dataset(contentsOf: root)
        #expect(data.issues.isEmpty)
        let audit = Audit(of: data)
        #expect(audit.patients == 100 && audit.cases.count == 200)
        #expect(audit.groups == ["DCM": 20, "HCM": 20, "MINF": 20, "NOR": 20, "RV": 20])
        #expect(audit.totals.endDiastole == 100 && audit.totals.endSystole == 100)
        #expect(audit.totals.failed == 0)
        #expect(audit.problems.isEmpty)
        #expect(audit.totals.slices == 1902)
        #expect(audit.totals.emptySlices == 61)
        #expect(audit.totals.soleSlices[0] == 13)
        #expect(
            audit.duplicates == [
                ["patient074_frame01", "patient076_frame01"], ["patient074_frame12", "patient076_frame12"],
            ])
        guard case .enclosed(let inner, let outer, _) = audit.anatomy else {
            Issue.record("the left ventricle is enclosed by the myocardium")
            return
        }
        #expect(inner.name == "LV" && outer.name == "MYO")
    }

    @Test func foldsAreBalanced() throws {
        let data = try Dataset(contentsOf: root)
        let folds = try Folds(of: data)
        let groups = Dictionary(uniqueKeysWithValues: data.patients.map { ($0.id, $0.group) })
        for fold in 0..<5 {
            let held = folds.validation(fold)
            #expect(held.count == 20)
            #expect(Set(Dictionary(grouping: held) { groups[$0]! }.values.map(\.count)) == [4])
            #expect(held.contains("patient074") == held.contains("patient076"))
        }
    }
}
