"""Compares unet's membrane scores and border weights with numpy, SciPy and scikit-image on drawn and noisy membranes.

Run from anywhere: python3 Parity/membranes/run.py. It writes images to a temporary folder, lets the Swift test
`ScoringTests.MembraneParityTests` score them into membranes.json there, and compares every number. Components and
the Rand error come from scikit-image, distances from SciPy; V^Rand and V^Info are scikit-image's contingency table
put into the formulas of Arganda-Carreras et al. 2015; border thinning and warping are written out here again, slowly,
pixel by pixel. Exits with 1 where a number differs by more than the file's six decimals explain.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy import ndimage
from skimage import measure, metrics

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = ["swift", "test", "-c", "release", "--disable-testable-imports", "--no-parallel"]
TOLERANCE = 1.1e-6
THRESHOLDS = [index / 10 for index in range(11)]
SIDES = [(-1, 0), (0, -1), (1, 0), (0, 1)]


def voronoi(generator, height, width, cells, wall):
    """Cells around random points, membranes of about `wall` pixels between them; True is cell."""
    points = generator.uniform(0, 1, (cells, 2)) * [height, width]
    y, x = np.mgrid[:height, :width]
    distances = np.sort(np.hypot(y[..., None] - points[:, 0], x[..., None] - points[:, 1]), axis=-1)
    return distances[..., 1] - distances[..., 0] > wall


def cases(generator):
    """Names, truths (0 membrane, 255 cell) and probabilities of cell (y, x)."""
    for index, (height, width, cells, wall, blur) in enumerate(
        [(50, 64, 12, 3, 1.0), (60, 45, 8, 4, 2.5), (40, 64, 30, 1.5, 0.8)]
    ):
        truth = voronoi(generator, height, width, cells, wall)
        image = ndimage.gaussian_filter(truth + 0.35 * generator.standard_normal(truth.shape), blur)
        yield f"cells{index}", truth, np.clip(image, 0, 1)
    for index in range(4):
        shape = tuple(generator.integers(1, 40, 2))
        truth = generator.random(shape) < 0.7
        truth.flat[0] = True
        # Probabilities on the thresholds themselves, and sure ones.
        yield f"noise{index}", truth, generator.integers(0, 11, shape) / 10
    truth = voronoi(generator, 50, 50, 6, 2)
    yield "perfect", truth, truth * 1.0


def thinned(cells):
    """Soille and Vincent's flooding of a binary image, cells being the basins."""
    height, width = cells.shape
    if not cells.any():
        return np.ones(cells.shape, int)
    labels = {(x, y): int(label) for (y, x), label in np.ndenumerate(measure.label(cells, connectivity=1))}
    for place, label in labels.items():
        if label == 0:
            labels[place] = "waiting"
    queue = collections.deque()
    around = lambda place: [(place[0] + dx, place[1] + dy) for dx, dy in SIDES]
    is_cell = lambda label: isinstance(label, int) and label > 0
    for place in [(x, y) for x in range(width) for y in range(height)]:
        if labels[place] == "waiting" and any(is_cell(labels.get(other)) for other in around(place)):
            labels[place] = "queued"
            queue.append(place)
    while queue:
        place = queue.popleft()
        inherited = False
        for other in around(place):
            label = labels.get(other)
            if is_cell(label):
                if labels[place] == "queued" or (labels[place] == 0 and inherited):
                    labels[place] = label
                elif is_cell(labels[place]) and labels[place] != label:
                    labels[place], inherited = 0, False
            elif label == 0 and labels[place] == "queued":
                labels[place], inherited = 0, True
            elif label == "waiting":
                labels[other] = "queued"
                queue.append(other)
    return np.array([[labels[x, y] for x in range(width)] for y in range(height)])


def alone(segments):
    """Every pixel of label 0 gets a label of its own."""
    segments = segments.copy()
    segments[segments == 0] = segments.max() + 1 + np.arange((segments == 0).sum())
    return segments


def agreements(truth, segments):
    """V^Rand and V^Info with their split and merge parts."""
    table = metrics.contingency_table(truth, alone(segments), ignore_labels=[0], normalize=True)
    p, t, s = (np.asarray(part).ravel() for part in (table.data, table.sum(axis=1), table.sum(axis=0)))
    p, t, s = p[p > 0], t[t > 0], s[s > 0]
    entropy = lambda values: -(values * np.log(values)).sum()
    rand = ((p**2).sum() / (t**2).sum(), (p**2).sum() / (s**2).sum())
    if len(t) == 1 or len(s) == 1:
        info = (float(len(s) == 1), float(len(t) == 1))
    else:
        mutual = entropy(t) + entropy(s) - entropy(p)
        info = (mutual / entropy(s), mutual / entropy(t))
    value = lambda parts: 2 * parts[0] * parts[1] / sum(parts) if sum(parts) > 0 else 0
    return {
        name: {"split": parts[0], "merge": parts[1], "value": value(parts)}
        for name, parts in (("v_rand", rand), ("v_info", info))
    }


def is_simple(patch):
    """Whether flipping the middle of 3 x 3 pixels keeps cells (4-connected) and membranes (8-connected)."""
    without, within = patch.copy(), patch.copy()
    without[1, 1], within[1, 1] = False, True
    count = lambda cells: (
        measure.label(cells, connectivity=1).max(), measure.label(np.pad(~cells, 1, constant_values=True), connectivity=2).max())
    return count(without) == count(within)


SIMPLE = {}


def warped(truth, probabilities, threshold):
    """Pixels of splits and of mergers."""
    height, width = truth.shape
    probabilities = probabilities.astype(np.float32)
    source = np.pad(truth, 1)
    proposal = np.pad(probabilities > np.float32(threshold), 1)
    sureness = np.pad(np.abs(probabilities - np.float32(threshold)), 1)
    moving = True
    while moving:
        moving = False
        places = [(x, y) for x in range(1, width + 1) for y in range(1, height + 1) if source[y, x] != proposal[y, x]]
        for x, y in sorted(places, key=lambda place: -sureness[place[1], place[0]]):
            patch = source[y - 1:y + 2, x - 1:x + 2]
            key = patch.tobytes()
            if key not in SIMPLE:
                SIMPLE[key] = is_simple(patch)
            if SIMPLE[key]:
                source[y, x] = not source[y, x]
                moving = True
    labels = measure.label(source, connectivity=1)
    splits = mergers = 0
    for x, y in places:
        ring = np.delete(labels[y - 1:y + 2, x - 1:x + 2].ravel(), 4)
        cells = set(ring.tolist()) - {0}
        if len(cells) > 1:
            splits, mergers = (splits + 1, mergers) if source[y, x] else (splits, mergers + 1)
        elif len(cells) == 1 and source[y, x] and (ring == 0).any():
            top, left = max(0, y - 20), max(0, x - 20)
            window = source[top:y + 21, left:x + 21].copy()
            window[y - top, x - left] = False
            pieces = measure.label(window, connectivity=1)
            pieces = pieces[y - top - 1:y - top + 2, x - left - 1:x - left + 2]
            splits += len(set(pieces.ravel().tolist()) - {0}) > 1
    return splits, mergers


def expected_scores(truth, probabilities):
    cells = measure.label(truth, connectivity=1)
    for threshold in THRESHOLDS:
        found = probabilities.astype(np.float32) > np.float32(threshold)
        scores = agreements(cells, thinned(found))
        with np.errstate(invalid="ignore"):
            error = metrics.adapted_rand_error(cells, alone(measure.label(found, connectivity=1)))[0]
        scores["rand_error"] = 0.0 if np.isnan(error) else error
        scores["pixel_error"] = 1 - 2 * (found & truth).sum() / (found.sum() + truth.sum())
        scores["splits"], scores["mergers"] = warped(truth, probabilities, threshold)
        yield scores


def expected_weights(truth):
    """One distance transform for every cell."""
    cells = measure.label(truth, connectivity=1)
    share = truth.mean()
    classes = 1 if share in (0, 1) else 2
    weights = np.where(truth, 1 / (classes * share) if share else 0, 1 / (classes * (1 - share)) if share < 1 else 0)
    if cells.max() > 1:
        distances = [ndimage.distance_transform_edt(cells != cell) for cell in range(1, cells.max() + 1)]
        first, second = np.sort(distances, axis=0)[:2]
        weights = weights + np.where(truth, 0, 10 * np.exp(-((first + second) ** 2) / (2 * 5**2)))
    return weights


def main():
    generator = np.random.default_rng(4)
    images = list(cases(generator))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        listing = []
        for case, truth, probabilities in images:
            (folder / f"{case}.truth").write_bytes((truth * np.uint8(255)).astype(np.uint8).tobytes())
            (folder / f"{case}.probabilities").write_bytes(probabilities.astype("<f4").tobytes())
            listing.append({"name": case, "width": truth.shape[1], "height": truth.shape[0]})
        (folder / "cases.json").write_text(json.dumps(listing))
        run = subprocess.run(
            TEST + ["--filter", "ScoringTests.MembraneParityTests"], cwd=ROOT,
            env={**os.environ, "UNET_PARITY_DIR": name}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        result = folder / "membranes.json"
        if run.returncode != 0 or not result.exists():
            sys.exit(f"{run.stdout}\nmembranes: the Swift side failed.")
        evaluation = json.loads(result.read_text())
        weights = {case: np.frombuffer((folder / f"{case}.weights").read_bytes(), "<f4") for case, _, _ in images}

    worst, count, failures = 0.0, 0, []

    def compare(what, value, own):
        nonlocal worst, count
        difference = float(np.max(np.abs(np.asarray(value, float) - np.asarray(own, float))))
        worst, count = max(worst, difference), count + 1
        if not difference <= TOLERANCE:
            failures.append(f"{what}: differs by {difference:.3g}" + ("" if np.ndim(value) else f", expected {value}, found {own}"))

    means = collections.defaultdict(lambda: np.zeros(len(THRESHOLDS)))
    for (case, truth, probabilities), found in zip(images, evaluation["slices"]):
        compare(f"{case} weights", expected_weights(truth).ravel() / 10, weights[case] / 10)
        for index, scores in enumerate(expected_scores(truth, probabilities)):
            own = found["thresholds"][index]
            for key, value in scores.items():
                parts = value.items() if isinstance(value, dict) else [(None, value)]
                for part, number in parts:
                    compare(f"{case} at {THRESHOLDS[index]} {key} {part or ''}", number, own[key][part] if part else own[key])
                    if part in (None, "value"):
                        means[key][index] += number / len(images)
    for key, best in (("v_rand", np.max), ("v_info", np.max), ("rand_error", np.min), ("pixel_error", np.min)):
        compare(f"best {key}", best(means[key]), evaluation["best"][key]["mean"])
    print("\n".join(failures[:20] + [f"membranes: {count} numbers, largest difference {worst:.2g}"]))
    sys.exit(1 if failures else 0)


main()
