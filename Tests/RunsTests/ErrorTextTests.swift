import Imaging
import RunFixtures
import Runs
import Testing

@Suite struct ErrorTextTests {
    @Test(arguments: [
        (
            SegmentationError.runExists(path: "runs/a"),
            "runs/a: holds a run already; add --resume to go on with it, or choose another --output"
        ),
        (
            .nobodyCalled(path: "acdc", names: ["p7"], nearest: ["p1"]),
            "--hold-out p7: acdc has no patient or image with that name; the closest is p1; run “unet check --json” to list all names"
        ),
        (
            .runLocked(path: "runs/a"),
            "runs/a: another training is running there; wait until it has ended, or choose another --output"
        ),
        (
            .noCaseOfPhase(path: "acdc", chosen: .es, known: [.ed]),
            "acdc: --phases es leaves no case to train on; the phases known are ED, so use another or --phases both"
        ),
        (
            .channels(path: "a.png", expected: 1, found: 3),
            "a.png: has 3 channels, and the network was trained on 1; give images of the kind that it was trained on"
        ),
        (.noRun(path: "runs/a"), "runs/a: holds no run to resume; leave --resume out to start one"),
        (
            .planDiffers(path: "runs/a", setting: "--epochs", planned: "8", given: "9"),
            "runs/a: the run was planned with --epochs 8, so it cannot be resumed with 9; give the same, or start another run in another --output"
        ),
        (
            .patientsGone(path: "acdc", patients: ["p1", "p2", "p3", "p4", "p5"]),
            "acdc: the run was started with p1, p2, p3 and 2 others, whom it does not hold; give the data set that the run was started with"
        ),
        (
            .noPlan(path: "w.safetensors"),
            "w.safetensors: holds no plan, and there is no plan.json beside it; give the run folder, or put the weights back into it"
        ),
        (
            .nothingToTrain(path: "acdc", reason: "no label in any ground truth"),
            "acdc: nothing to train on, no label in any ground truth; run “unet check” on it"
        ),
        (
            .tooFewPatients(path: "acdc", found: 1, folds: 5),
            "acdc: holds 1 different patient, too few to hold out one of 5 folds; train with --fold all, or add patients"
        ),
        (.noInput(path: "x.nii"), "x.nii: does not exist; give images or folders with images"),
        (
            .nothingToPredict(path: "scans"),
            "scans: holds no image to predict; give .nii, .nii.gz, .png or .tif files, or a folder with some"
        ),
        (
            .nothingChosen(path: "acdc"),
            "acdc: holds no case of that split and those phases; choose others, or give the data set that the run was trained on"
        ),
        (
            .noSuchFrame(path: "x.nii", frame: 2, count: 1),
            "x.nii: has no frame 2, only one; choose another --frame"
        ),
        (
            .sameOutput(path: "a_pred.nii.gz", first: "1/a.nii", second: "2/a.nii"),
            "a_pred.nii.gz: both 1/a.nii and 2/a.nii would be written there; predict them into different folders"
        ),
        (
            .outputFolder(path: "out", reason: "Not a directory"),
            "out: cannot be made (Not a directory); choose another --output"
        ),
        (.noModels, "there is no model to predict with; give at least one"),
        (
            .voxels(path: "the scan", expected: 128, found: 127),
            "the scan: has 127 voxels on a grid of 128; give a value for each"
        ),
        (
            .classes(expected: 4, found: 1),
            "the probabilities are those of 1 class, and the network has 4; give probabilities of the same network"
        ),
        (
            .planMisfits(model: "the network", setting: "input channels", planned: 1, found: 2),
            "the network: has 2 input channels, and its plan says 1; give the plan that it was trained by"
        ),
        (
            .tooLarge(
                path: "x.nii",
                demand: ScanDemand(
                    Geometry(width: 100, height: 100, depth: 10, spacing: Spacing(1500, 1500, 8)),
                    spacing: 1.5,
                    channels: 1, classes: 4)),
            "x.nii: measures 150000 × 150000 × 80 mm, which makes 100000 × 100000 × 10 voxels and would take 3600 GB, where at most 64 GB is allowed; correct its spacing (pixdim and units), or crop it"
        ),
    ])
    func saysWhatToDo(_ error: SegmentationError, _ text: String) {
        #expect(error.description == text)
        #expect(error.errorDescription == text)
    }
}
