"""Times reading a folder of NIfTI files: this library against nibabel, one thread each, round about.

    pip install numpy nibabel
    python3 Benchmarks/nifti/run.py FOLDER [--rounds 7] [--json FILE]

Every round reads every file once with each reader, in turn, so that whatever else the machine does
falls on all of them. All files are read once before, so that they come from the page cache. The
readers are

    swift      NIfTIImage(contentsOf:) and floats(): checked float32, slope applied
    asarray    np.asarray(img.dataobj): nibabel's own type, slope applied
    fdata      img.get_fdata(dtype=np.float32): what a network is fed
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import nibabel
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


class Swift:
    def __init__(self, files):
        subprocess.run(["swift", "build", "-c", "release", "--product", "nifti-bench"], cwd=HERE.parent, check=True)
        path = subprocess.run(
            ["swift", "build", "-c", "release", "--show-bin-path"],
            cwd=HERE.parent, check=True, capture_output=True, text=True,
        ).stdout.strip()
        self.process = subprocess.Popen(
            [f"{path}/nifti-bench", *map(str, files)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self):
        self.process.stdin.write("floats\n")
        self.process.stdin.flush()
        seconds, total = self.process.stdout.readline().split()
        return float(seconds), float(total)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def python_reader(files, load):
    def read():
        start = time.perf_counter()
        total = 0.0
        for file in files:
            voxels = load(nibabel.load(file))
            frames = voxels.reshape(voxels.shape[:3] + (-1,))
            for frame in range(frames.shape[3]):
                # The voxel in the middle of the frame in file order, as the Swift program takes it.
                shape = frames.shape[:3]
                middle = np.unravel_index(int(np.prod(shape)) // 2, shape, order="F")
                total += float(frames[(*middle, frame)])
        return time.perf_counter() - start, total

    return read


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.nii.gz")) + sorted(options.folder.rglob("*.nii"))
    if not files:
        parser.error(f"{options.folder} has no .nii or .nii.gz file")

    swift = Swift(files)
    readers = {
        "swift": swift,
        "asarray": python_reader(files, lambda image: np.asarray(image.dataobj)),
        "fdata": python_reader(files, lambda image: image.get_fdata(dtype=np.float32)),
    }
    megabytes = sum(np.asarray(nibabel.load(file).dataobj).nbytes for file in files) / 1e6
    seconds = {name: [] for name in readers}
    for _ in range(options.rounds):
        totals = set()
        for name, read in readers.items():
            elapsed, total = read()
            seconds[name].append(elapsed)
            totals.add(round(total, 3))
        assert len(totals) == 1, f"the readers disagree: {totals}"
    swift.close()

    result = {"files": len(files), "megabytes": megabytes, "rounds": options.rounds, "readers": {}}
    print(f"{len(files)} files, {megabytes:.0f} MB of voxels, {options.rounds} rounds, one thread")
    for name, runs in seconds.items():
        median = statistics.median(runs)
        ratios = [theirs / ours for theirs, ours in zip(runs, seconds["swift"])]
        result["readers"][name] = {
            "median_seconds": median, "min_seconds": min(runs), "max_seconds": max(runs),
            "megabytes_per_second": megabytes / median, "median_ratio": statistics.median(ratios),
        }
        print(
            f"{name:8} {median:6.3f} s ({min(runs):.3f} to {max(runs):.3f})  {megabytes / median:5.0f} MB/s"
            f"  swift is {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) times as fast"
        )
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
