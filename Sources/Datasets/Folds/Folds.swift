/// A split of a dataset's patients into folds: each is held out once, for validation, while the others train.
///
/// Splits are by patient, so end-diastole and end-systole stay together, and patients that share an image are in the
/// same fold. Every fold has the same mix of groups, as far as the numbers allow. The same patients and the same seed
/// give the same folds.
///
/// Slices of a stack and frames of a recording are like their neighbors, so a network that has seen one has nearly seen
/// the next. Such sequences stay together if a dataset has at least as many of them as folds, counting patients outside
/// of them too. If there are fewer, as with a single stack, nothing is shuffled: the folds are blocks of neighbors, in
/// order, so the last of five folds of 30 slices holds out slices 24 to 29.
public struct Folds: Codable, Sendable, Equatable {
    /// The seed of the shuffle.
    public let seed: UInt64
    /// The patients of each fold, in the order of their names, or for blocks in the order of the sequence.
    public let folds: [[String]]

    /// The number of folds.
    public var count: Int { folds.count }

    /// Returns the patients held out in `fold`, from 0.
    public func validation(_ fold: Int) -> [String] { folds[fold] }

    /// Returns the patients used for training in `fold`, from 0: all others.
    public func training(_ fold: Int) -> [String] {
        folds.indices.filter { $0 != fold }.flatMap { folds[$0] }.sorted()
    }

    /// Splits the patients of `dataset` that have cases; reads all images to find patients that share one, unless the
    /// folds are blocks of neighbors.
    ///
    /// - Parameters:
    ///   - dataset: the dataset.
    ///   - count: the number of folds, 2 or more.
    ///   - seed: of the shuffle.
    /// - Throws: `DatasetError.tooFewPatients` if a fold would be empty, `.foldCount` for fewer than two folds.
    public init(of dataset: Dataset, count: Int = 5, seed: UInt64 = 0) throws(DatasetError) {
        let patients = dataset.patients.filter { !$0.cases.isEmpty }
        let known = Set(patients.map(\.id))
        let ordered = dataset.sequences.joined().filter(known.contains)
        let loose = patients.map(\.id).filter { !Set(ordered).contains($0) }
        if !ordered.isEmpty, dataset.sequences.count + loose.count < count {
            try self.init(blocksOf: ordered + loose, count: count, seed: seed)
            return
        }
        try self.init(
            patients: patients.map { ($0.id, $0.group) },
            together: dataset.duplicates().map { $0.map(\.patient) } + dataset.sequences, count: count,
            seed: seed)
    }

    /// Cuts `patients` into blocks of neighbors, with sizes that differ by at most one.
    ///
    /// - Throws: `DatasetError.tooFewPatients` if a fold would be empty, `.foldCount` for fewer than two folds.
    public init(blocksOf patients: [String], count: Int = 5, seed: UInt64 = 0) throws(DatasetError) {
        guard count >= 2 else { throw .foldCount(count) }
        guard patients.count >= count else { throw .tooFewPatients(found: patients.count, folds: count) }
        self.seed = seed
        folds = (0..<count).map { fold in
            Array(patients[patients.count * fold / count..<patients.count * (fold + 1) / count])
        }
    }

    /// Splits `patients`, each with a group or none.
    ///
    /// - Parameters:
    ///   - patients: unique names, and groups.
    ///   - together: sets of patients that must stay together.
    ///   - count: the number of folds, 2 or more.
    ///   - seed: of the shuffle.
    /// - Throws: `DatasetError.tooFewPatients` if a fold would be empty, `.foldCount` for fewer than two folds.
    public init(
        patients: [(id: String, group: String?)], together: [[String]] = [], count: Int = 5, seed: UInt64 = 0
    ) throws(DatasetError) {
        guard count >= 2 else { throw .foldCount(count) }
        let groups = Dictionary(uniqueKeysWithValues: patients.map { ($0.id, $0.group ?? "") })
        var generator = SeededGenerator(seed: seed)
        let units = generator.shuffled(Self.units(of: patients.map(\.id).sorted(), together: together))
        guard units.count >= count else { throw .tooFewPatients(found: units.count, folds: count) }
        // Sets that stay together are dealt first, while every fold has room for them; then group by group.
        let order = units.enumerated().sorted { one, two in
            let (a, b) = (one.element, two.element)
            return (-a.count, groups[a[0]]!, one.offset) < (-b.count, groups[b[0]]!, two.offset)
        }
        var folds = [[String]](repeating: [], count: count)
        for (_, unit) in order {
            let unitGroups = Set(unit.map { groups[$0]! })
            func load(_ fold: Int) -> (Int, Int, Int) {
                (folds[fold].count { unitGroups.contains(groups[$0]!) }, folds[fold].count, fold)
            }
            let target = folds.indices.min { load($0) < load($1) }!
            folds[target] += unit
        }
        self.seed = seed
        self.folds = folds.map { $0.sorted() }
    }

    /// Returns patients joined into sets that must stay together; each set and the list of sets are sorted by name.
    private static func units(of patients: [String], together: [[String]]) -> [[String]] {
        var leader = Dictionary(uniqueKeysWithValues: patients.map { ($0, $0) })
        func find(_ name: String) -> String {
            var name = name
            while let next = leader[name], next != name { name = next }
            return name
        }
        for group in together {
            let known = group.filter { leader[$0] != nil }
            for name in known.dropFirst() { leader[find(name)] = find(known[0]) }
        }
        return Dictionary(grouping: patients, by: find).values.sorted { $0[0] < $1[0] }
    }
}
