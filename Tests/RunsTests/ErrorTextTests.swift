import Imaging
import RunFixtures
import Runs
import Testing

@Suite struct ErrorTextTests {
    @Test(arguments: [
        (
            SegmentationError.runExists(path: "runs/a"),
            "runs/a: already contains a run; add --resume to continue it, or choose another --output"
        ),
        (
            .nobodyCalled(path: "acdc", names: ["p7"], nearest: ["p1"]),
            "--hold-out p7: acdc has no patient or image with that name; the closest is p1; run “unet check --json” to list all names"
        ),
        (
            .runLocked(path: "runs/a"),
            "runs/a: another training is running in this folder; wait until it ends, or choose another --output"
        ),
        (
            .noCaseOfPhase(path: "acdc", chosen: .es, known: [.ed]),
            "acdc: --phases es selects no case to train on, because all known phases are ED; use another phase, or --phases both"
        ),
        (
            .channels(path: "a.png", expected: 1, found: 3),
            "a.png: has 3 channels, but the network was trained on 1; use images of the kind that it was trained on"
        ),
        (.noRun(path: "runs/a"), "runs/a: contains no run to resume; remove --resume to start one"),
        (
            .planDiffers(path: "runs/a", setting: "--epochs", planned: "8", given: "9"),
            "runs/a: the run was started with --epochs 8 and cannot be resumed with 9; use the same value, or start a new run in another --output"
        ),
        (
            .patientsGone(path: "acdc", patients: ["p1", "p2", "p3", "p4", "p5"]),
            "acdc: does not contain p1, p2, p3, and 2 more, with which the run was started; specify the dataset that the run was started with"
        ),
        (
            .noPlan(path: "w.safetensors"),
            "w.safetensors: contains no plan, and there is no plan.json beside it; specify the run folder, or put the weights back into it"
        ),
        (
            .nothingToTrain(path: "acdc", reason: "its ground truth contains no labels"),
            "acdc: there is nothing to train on, because its ground truth contains no labels; run “unet check” to see what it contains"
        ),
        (
            .tooFewPatients(path: "acdc", found: 1, folds: 5),
            "acdc: contains 1 distinct patient, too few for 5 folds; train with --fold all, or add patients"
        ),
        (.noInput(path: "x.nii"), "x.nii: does not exist; specify images or folders of images"),
        (
            .nothingToPredict(path: "scans"),
            "scans: contains no image to segment; specify .nii, .nii.gz, .png, or .tif files, or a folder that contains some"
        ),
        (
            .nothingChosen(path: "acdc"),
            "acdc: contains no case of that split and those phases; choose others, or specify the dataset that the run was trained on"
        ),
        (
            .noSuchFrame(path: "x.nii", frame: 2, count: 1),
            "x.nii: has no frame 2, only frame 1; choose another --frame"
        ),
        (
            .sameOutput(path: "a_pred.nii.gz", first: "1/a.nii", second: "2/a.nii"),
            "a_pred.nii.gz: both 1/a.nii and 2/a.nii would be written to this file; predict them into different folders"
        ),
        (
            .outputFolder(path: "out", reason: "Not a directory"),
            "out: cannot be created (Not a directory); choose another --output"
        ),
        (.noModels, "there is no model to predict with; specify at least one"),
        (
            .voxels(path: "the scan", expected: 128, found: 127),
            "the scan: has 127 voxels, but its grid has 128; provide one value for each voxel"
        ),
        (
            .classes(expected: 4, found: 1),
            "the probabilities are those of 1 class, but the network has 4; use probabilities from the same network"
        ),
        (
            .planMisfits(model: "the network", setting: "input channels", planned: 1, found: 2),
            "the network: has 2 input channels, but its plan says 1; use the plan that it was trained with"
        ),
        (
            .tooLarge(
                path: "x.nii",
                demand: ScanDemand(
                    Geometry(width: 100, height: 100, depth: 10, spacing: Spacing(1500, 1500, 8)),
                    spacing: 1.5,
                    channels: 1, classes: 4)),
            "x.nii: measures 150000 × 150000 × 80 mm, which makes 100000 × 100000 × 10 voxels and would take 3600 GB of memory, but at most 64 GB is allowed; correct its spacing (pixdim and units), or crop it"
        ),
    ])
    func saysWhatToDo(_ error: SegmentationError, _ text: String) {
        #expect(error.description == text)
        #expect(error.errorDescription == text)
    }
}
