import Imaging

extension ComponentRule {
    /// The rule that fits `structures`: `heart` where they have the names of a heart's left ventricle and myocardium,
    /// which lie together in one organ; otherwise each structure's own `largest`.
    public static func fitting(_ structures: [Structure]) -> ComponentRule {
        Anatomy.isAboutHearts(structures) ? .heart : .largest
    }
}
