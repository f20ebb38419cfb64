import ArgumentParser
import Datasets
import Imaging
import Runs
import Segmentation

/// A dataset and the meaning of its labels.
struct DataOptions: ParsableArguments {
    @Argument(
        help: """
            A dataset: ACDC's folders, pairs X.nii.gz and X_gt.nii.gz, pictures (PNG or TIFF) and their masks, or the \
            folders of nnU-Net, the Decathlon, or the Cell Tracking Challenge.
            """)
    var data: PathArgument

    @OptionGroup var structures: StructureOptions

    func load() throws -> Dataset { try structures.load(data) }
}

/// The meaning of labels, if the dataset does not state it or is wrong.
struct StructureOptions: ParsableArguments {
    @Option(
        name: .customLong("structures"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Names of the label values, such as RV=1 MYO=2 LV=3, to use instead of the dataset's own.",
            valueName: "name=value"))
    var arguments: [StructureArgument] = []

    @Flag(
        help:
            "Read the labels of pictures as object numbers, up to 65535; all objects are one structure, named cell unless --structures names it."
    )
    var instances = false

    func validate() throws { try arguments.check("--structures") }

    /// Returns the option that gives labels these names.
    static func text(_ structures: [Structure]) -> String {
        "--structures \(structures.map { "\($0.name)=\($0.label)".quotedForShell }.joined(separator: " "))"
    }

    func load(_ path: PathArgument) throws -> Dataset {
        try Dataset(
            contentsOf: path.url, structures: arguments.isEmpty ? nil : arguments.map(\.structure),
            instances: instances)
    }

    /// Throws `SegmentationError.planDiffers` if the given structures are not the run's own.
    func check(against planned: [Structure], path: String) throws {
        let given = arguments.map(\.structure)
        guard !given.isEmpty, Set(given) != Set(planned) else { return }
        func text(_ structures: [Structure]) -> String {
            structures.map { "\($0.name)=\($0.label)".quotedForShell }.joined(separator: " ")
        }
        throw SegmentationError.planDiffers(
            path: path, setting: .of(\.structures), planned: text(planned), given: text(given))
    }
}
