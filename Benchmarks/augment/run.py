"""Times the drawing of training samples: unet beside batchgeneratorsv2, which nnU-Net uses, one thread each.

Both do what nnU-Net's 2D trainer does to its samples, with the same probabilities, and take turns, round after round,
each round in another order. Through `make bench`, or scripts/bench.sh --augment with these options.
docs/BENCHMARKS.md says what is compared.
"""

import argparse
import importlib.metadata
import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "unet"))

import machine

PEER = "batchgeneratorsv2"
OURS = "unet"
PAUSE = 0.05


class Engine:
    """A process that waits for a line and answers with the seconds of a run."""

    def __init__(self, command: list[str]):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if (answer := self.process.stdout.readline().strip()) != "ready":
            sys.exit(f"bench: {command[0]} answered {answer!r} instead of being ready")

    def run(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench.sh --augment", description=__doc__.splitlines()[0])
    parser.add_argument("--input", default="256x224", help="height and width of the slices (default: 256x224)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds (default: 15)")
    parser.add_argument("--samples", type=int, default=256, help="samples of each engine in a round (default: 256)")
    parser.add_argument("--seed", type=int, default=1, help="of the order in each round (default: 1)")
    parser.add_argument("--output", type=Path, default=ROOT / "runs/benchmark", help="folder for the results")
    options = parser.parse_args()
    height, width = options.input.split("x")

    described = machine.describe()
    ours = [str(ROOT / ".build/release/unet"), "benchmark", "augment", "--paced", "--input", options.input]
    ours += ["--samples", str(options.samples), "--augmentation"]
    peer = [sys.executable, str(HERE / "worker.py"), height, width, str(options.samples)]
    engines = {
        OURS: Engine(ours + ["nnunet"]), "unet, all of `strong`": Engine(ours + ["strong"]),
        PEER: Engine(peer + ["bilinear"]), f"{PEER}, nearest labels": Engine(peer + ["nearest"]),
    }
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    order = random.Random(options.seed)
    try:
        for _ in range(options.rounds):
            for name in order.sample(list(engines), len(engines)):
                time.sleep(PAUSE)
                seconds[name].append(engines[name].run())
    finally:
        for engine in engines.values():
            engine.close()

    text = report(options, described, seconds)
    print(text, end="")
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "augment.md").write_text(text)
    details = {"machine": described, "input": options.input, "samples": options.samples, "seconds": seconds}
    (options.output / "augment.json").write_text(json.dumps(details, indent=2, ensure_ascii=False) + "\n")


def report(options: argparse.Namespace, described: dict, seconds: dict) -> str:
    lines = [
        f"{described['cpu']}, one thread each, {described['date']}, load before the run {described['load_before']:.1f}; "
        f"swift-unet {described['commit']}, {PEER} {importlib.metadata.version(PEER)}. Slices of {options.input}, "
        f"{options.rounds} rounds of {options.samples} samples.",
        "", f"| | samples/s | {OURS} ÷ this, per round |", "| --- | ---: | ---: |",
    ]
    for name, runs in seconds.items():
        rates = [options.samples / run for run in runs]
        ratios = [theirs / ours for theirs, ours in zip(runs, seconds[OURS])]
        ratio = "" if name == OURS else f"{statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f})"
        lines.append(f"| {name} | {statistics.median(rates):.0f} ({min(rates):.0f}–{max(rates):.0f}) | {ratio} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
