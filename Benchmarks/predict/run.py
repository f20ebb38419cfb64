"""Times segmenting one scan from a cold start: `unet predict` against the same in Python, whole processes in turn.

    python3 Benchmarks/predict/run.py RUN SCAN [--rounds 7] [--threads 2] [--json FILE]

Needs numpy, nibabel and PyTorch in this Python (`make parity` makes such an environment: .venv-parity/bin/python3 with
PYTHONPATH=.libtorch). Both read the scan, segment it with the same weights on as many threads and write the labels;
wall time and peak memory are the operating system's. The labels are compared.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident MB of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command[0]} failed with status {status}")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("scan", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        stem = options.scan.name.removesuffix(".gz").removesuffix(".nii")
        threads = str(options.threads)
        unet = [str(ROOT / ".build/release/unet"), "predict", str(options.scan), "--model", str(options.run)]
        commands = {
            "unet": unet + ["--output", folder, "--threads", threads],
            "unet --kernels libtorch": unet + ["--output", f"{folder}/libtorch", "--threads", threads, "--kernels", "libtorch"],
            "python": [sys.executable, str(HERE / "predict.py"), str(options.run), str(options.scan), f"{folder}/python.nii.gz", threads],
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            measure(command)
        order = list(commands)
        for _ in range(options.rounds):
            random.shuffle(order)
            for name in order:
                found[name].append(measure(commands[name]))

        import nibabel
        import numpy as np

        labels = [np.asarray(nibabel.load(file).dataobj) for file in (f"{folder}/{stem}_pred.nii.gz", f"{folder}/python.nii.gz")]
        differing = int((labels[0] != labels[1]).sum())

    print(f"{options.scan.name}, {options.threads} threads, {options.rounds} interleaved runs")
    rows = {}
    for name, values in found.items():
        seconds = [value[0] for value in values]
        rows[name] = {
            "median_seconds": statistics.median(seconds), "min_seconds": min(seconds), "max_seconds": max(seconds),
            "peak_mb": max(value[1] for value in values),
            "python_over_this": statistics.median(p[0] / s for p, s in zip(found["python"], seconds)),
        }
        print(
            f"{name:24} median {rows[name]['median_seconds']:.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
            f"  peak {rows[name]['peak_mb']:.0f} MB  python takes {rows[name]['python_over_this']:.2f} times as long"
        )
    print(f"{differing} of {labels[0].size} voxels differ between unet and python")
    if options.json:
        options.json.write_text(json.dumps({"scan": options.scan.name, "rows": rows, "differing_voxels": differing}, indent=2))


if __name__ == "__main__":
    main()
