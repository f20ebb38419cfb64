import ArgumentParser
import Datasets

/// A data set and what its labels mean.
struct DataOptions: ParsableArguments {
    @Argument(
        help: """
            A data set: ACDC's folders, pairs X.nii.gz and X_gt.nii.gz, pictures (PNG, TIFF) and their masks, or the \
            folders of nnU-Net, the Decathlon or the Cell Tracking Challenge.
            """)
    var data: PathArgument

    @OptionGroup var structures: StructureOptions

    func load() throws -> DataSet { try structures.load(data) }
}

/// What labels mean, where the data set itself does not say it or says it wrongly.
struct StructureOptions: ParsableArguments {
    @Option(
        name: .customLong("structures"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Names of label values, such as RV=1 MYO=2 LV=3; instead of the data set's own.",
            valueName: "name=value"))
    var arguments: [StructureArgument] = []

    func validate() throws {
        let structures = arguments.map(\.structure)
        guard Set(structures.map(\.name)).count == structures.count,
            Set(structures.map(\.label)).count == structures.count
        else { throw ValidationError("--structures needs another name and another value for each") }
    }

    func load(_ path: PathArgument) throws -> DataSet {
        try DataSet(contentsOf: path.url, structures: arguments.isEmpty ? nil : arguments.map(\.structure))
    }
}
