import Datasets
import Imaging
import Testing

@Suite struct FittingComponentRuleTests {
    @Test(arguments: [
        (["RV", "MYO", "LV"], ComponentRule.heart), (["lv", "myo"], .heart),
        (["Left_Ventricle", "Myocardium", "scar"], .heart), (["LV"], .largest), (["MYO", "RV"], .largest),
        (["liver", "spleen"], .largest), (["label 1", "label 2", "label 3"], .largest), ([], .largest),
    ])
    func theHeartsRuleIsForHearts(names: [String], rule: ComponentRule) {
        let structures = names.enumerated().map {
            Structure(name: $0.element, label: UInt8($0.offset + 1))
        }
        #expect(ComponentRule.fitting(structures) == rule)
    }
}
