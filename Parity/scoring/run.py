"""Compares unet's scores with numpy and MedPy on random and shell-like masks with anisotropic spacing.

Run from anywhere: python3 Parity/scoring/run.py. It writes masks to a temporary folder, lets the Swift test
`ScoringTests.ParityTests` score them into an evaluation.json there, and compares every number of that file. Exits
with 1 where one differs by more than the file's six decimals explain.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from medpy.metric import binary

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = ["swift", "test", "-c", "release", "--disable-testable-imports", "--no-parallel"]
LABELS = {"RV": 1, "MYO": 2, "LV": 3}
TOLERANCE = 1.1e-6


def heart(shape, spacing, center, radius, wall):
    """A shell (2) around a cavity (3) with a crescent (1) beside it; axes z, y, x in mm."""
    axes = [np.arange(n) * s for n, s in zip(shape, spacing)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    def distance(shift):
        return np.sqrt(((z - center[0]) / 2) ** 2 + (y - center[1]) ** 2 + (x - center[2] - shift) ** 2)
    labels = np.zeros(shape, np.uint8)
    labels[distance(-radius) < 1.1 * radius] = 1
    labels[distance(0) < radius + wall] = 2
    labels[distance(0) < radius] = 3
    return labels


def cases(generator):
    """Pairs of label arrays (z, y, x), their spacing, and probabilities (class, z, y, x)."""
    for index, spacing in enumerate([(10, 1.5, 1.5), (5, 0.7, 1.9), (8, 1.37, 1.37), (1, 1, 1)]):
        shape = (8, 60, 70)
        middle = [n * s / 2 for n, s in zip(shape, spacing)]
        moved = [m + generator.uniform(-3, 3) for m in middle]
        yield (f"heart{index}", heart(shape, spacing, middle, 14, 7), heart(shape, spacing, moved, 13, 8), spacing)
    for index in range(8):
        shape = tuple(generator.integers([1, 3, 3], [7, 20, 20]))
        shape = (shape[0] + 1, *shape[1:])
        share = [[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7], [0.25] * 4, [0.98, 0.01, 0.01, 0]][index % 4]
        one, other = (generator.choice(4, shape, p=share).astype(np.uint8) for _ in range(2))
        yield f"noise{index}", one, other, tuple(generator.uniform(0.5, 10, 3))
    for index in range(4):
        shape = tuple(generator.integers(4, 30, 2))
        one, other = (generator.choice(4, shape, p=[0.1, 0.1, 0.1, 0.7]).astype(np.uint8) for _ in range(2))
        yield f"plane{index}", one, other, tuple(generator.uniform(0.5, 3, 2))


def expected_scores(prediction, reference, spacing):
    for name, label in LABELS.items():
        one, other = prediction == label, reference == label
        both, total = int((one & other).sum()), int(one.sum() + other.sum())
        scores = dict.fromkeys(["dice", "iou", "hausdorff_mm", "hd95_mm", "assd_mm"])
        # A plane's voxels are as deep as the test says: 1 mm.
        voxel = float(np.prod(spacing)) / 1000
        scores["volume_ml"], scores["reference_volume_ml"] = one.sum() * voxel, other.sum() * voxel
        if total:
            scores["dice"], scores["iou"] = 2 * both / total, both / int((one | other).sum())
        if one.any() and other.any():
            scores["hausdorff_mm"] = binary.hd(one, other, spacing)
            scores["hd95_mm"] = binary.hd95(one, other, spacing)
            scores["assd_mm"] = binary.assd(one, other, spacing)
        yield name, scores


def expected_loss(probabilities, reference):
    probabilities = probabilities.astype(np.float64)
    truth = reference[None] == np.arange(4).reshape(4, *[1] * reference.ndim)
    cross_entropy = -np.log(np.maximum(probabilities[truth], 1e-7)).mean()
    axes = tuple(range(1, truth.ndim))
    dice = (2 * (probabilities * truth).sum(axes) + 1) / (probabilities.sum(axes) + truth.sum(axes) + 1)
    return {"cross_entropy": cross_entropy, "dice_loss": 1 - dice[1:].mean()}


def main():
    generator = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        listing, expected = [], {}
        for case, prediction, reference, spacing in cases(generator):
            probabilities = generator.dirichlet([0.3] * 4, prediction.shape)
            probabilities = np.ascontiguousarray(np.moveaxis(probabilities, -1, 0), "<f4")
            (folder / f"{case}.prediction").write_bytes(prediction.tobytes())
            (folder / f"{case}.reference").write_bytes(reference.tobytes())
            (folder / f"{case}.probabilities").write_bytes(probabilities.tobytes())
            # Axis order x, y, z; a plane is a volume of one slice.
            size, mm = list(prediction.shape[::-1]), list(spacing[::-1])
            listing.append({
                "name": case, "size": [int(n) for n in (size + [1])[:3]], "spacing": [float(s) for s in (mm + [1])[:3]],
            })
            expected[case] = (
                dict(expected_scores(prediction, reference, spacing)), expected_loss(probabilities, reference))
        (folder / "cases.json").write_text(json.dumps(listing))

        run = subprocess.run(
            TEST + ["--filter", "ScoringTests.ParityTests"], cwd=ROOT, env={**os.environ, "UNET_PARITY_DIR": name},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        result = folder / "evaluation.json"
        if run.returncode != 0 or not result.exists():
            sys.exit(f"{run.stdout}\nscoring: the Swift side failed.")
        found = {case["case"]: case for case in json.loads(result.read_text())["cases"]}

    worst, count, failures = 0.0, 0, []
    for case, (scores, loss) in expected.items():
        pairs = [(f"{case} loss {key}", value, found[case]["loss"][key]) for key, value in loss.items()]
        for structure, values in scores.items():
            own = found[case]["structures"][structure]
            pairs += [(f"{case} {structure} {key}", value, own[key]) for key, value in values.items()]
        for what, value, own in pairs:
            count += 1
            difference = 0.0 if value is None and own is None else np.inf
            if value is not None and own is not None:
                difference = abs(value - own)
            worst = max(worst, difference)
            if not difference <= TOLERANCE:
                failures.append(f"{what}: expected {value}, found {own}")
    print("\n".join(failures[:20] + [f"scoring: {count} numbers, largest difference {worst:.2g}"]))
    sys.exit(1 if failures else 0)


main()
