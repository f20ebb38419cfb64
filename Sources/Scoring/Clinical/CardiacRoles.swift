/// Which structures, by name, the clinical numbers are read from.
public struct CardiacRoles: Sendable, Hashable {
    /// The cavity of the left ventricle.
    public var leftVentricle: String
    /// The cavity of the right ventricle.
    public var rightVentricle: String
    /// The muscle of the left ventricle.
    public var myocardium: String

    /// The names as datasets usually have them, ACDC too. A structure that a dataset lacks has no numbers.
    public init(leftVentricle: String = "LV", rightVentricle: String = "RV", myocardium: String = "MYO") {
        self.leftVentricle = leftVentricle
        self.rightVentricle = rightVentricle
        self.myocardium = myocardium
    }
}
