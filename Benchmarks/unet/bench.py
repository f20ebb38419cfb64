"""Times training steps and predictions of unet beside other engines, in one interleaved run.

Every case gives all engines the same weights and input, checks that they compute the same, and then runs them in
turn, round after round, each round in another order. Through `make bench`, or scripts/bench.sh with these options.
docs/BENCHMARKS.md says what is compared and how to read it.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Examples" / "pytorch"))

import check
import machine
import safetensors_io
import table
from cases import Case, all_cases
from engines import KINDS, ROOT, EngineError, Settings

PAUSE = 0.05  # between two runs: threads that still spin for more work must not run into the next engine's time


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", metavar="REGEX", help="cases to run, such as 'train-F32' (see --list)")
    parser.add_argument("--engines", metavar="REGEX", default="", help="engines to run, such as 'unet|onnx'")
    parser.add_argument("--list", action="store_true", help="print cases and engines, and end")
    parser.add_argument("--issue", action="store_true", help="only the cases with a target")
    parser.add_argument("--quick", action="store_true", help="two rounds of the smallest cases: does it work?")
    parser.add_argument("--all", action="store_true", help="also the cases that take very long, and torch.compile in all")
    parser.add_argument("--rounds", type=int, help="rounds of each case at most (default: 9)")
    parser.add_argument("--seconds", type=float, default=12, help="start no round after this many, but three (default: 12)")
    parser.add_argument("--threads", type=int, default=machine.cores(), help="threads of each engine (default: all cores)")
    parser.add_argument("--instructions", choices=["avx2", "avx512"], help="limit of every engine that has one")
    parser.add_argument("--no-spin", action="store_true", help="threads of all engines sleep at once when idle")
    parser.add_argument("--seed", type=int, default=1, help="of the order in each round (default: 1)")
    parser.add_argument("--output", type=Path, default=ROOT / "runs/benchmark", help="folder for results and logs")
    options = parser.parse_args()
    options.engines_named = bool(options.engines)
    try:
        options.cases, options.engines = choose(options)
    except re.error as error:
        parser.error(f"not a regular expression: {error}")
    if not options.cases or not options.engines:
        parser.error("nothing to run; see --list")
    if options.threads < 1 or options.threads > machine.cores():
        parser.error(f"--threads must be 1 to {machine.cores()}, the cores of this machine")
    options.rounds = options.rounds or (2 if options.quick else 9)
    return options


def choose(options: argparse.Namespace) -> tuple[list, list]:
    cases = all_cases()
    if options.cases:
        cases = [case for case in cases if re.search(options.cases, case.id)]
    elif options.quick:
        cases = [case for case in cases if re.search("F16-256-b1$", case.id)]
    elif not options.all:
        cases = [case for case in cases if not case.long]
    if options.issue:
        cases = [case for case in cases if case.issue]
    return cases, [kind for kind in KINDS if re.search(options.engines, kind.key)]


class Run:
    """One run over all cases, with the processes of the peers alive throughout."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.settings = Settings(options.threads, options.instructions, not options.no_spin, options.output.resolve())
        self.engines = {kind.key: kind.start(self.settings) for kind in options.engines}
        self.order = random.Random(options.seed)
        self.problems: list[str] = []
        self.lost: set = set()

    def measure(self, case: Case) -> dict | None:
        say(f"{case.title}")
        with tempfile.TemporaryDirectory(prefix="unet-bench-") as folder:
            loaded, distances = self.load(case, Path(folder))
        if not loaded:
            return None
        start, rounds = time.monotonic(), []
        while len(rounds) < self.options.rounds:
            if len(rounds) >= min(3, self.options.rounds) and time.monotonic() - start > self.options.seconds:
                break
            rounds.append(self.round(loaded))
        # A peer that failed on the way is left out.
        seconds = {key: [times[key] for times in rounds] for key in loaded if all(key in times for times in rounds)}
        result = {"case": case.id, "title": case.title, "task": case.task, "filters": case.filters}
        result |= {"size": list(case.size), "batch": case.batch, "classes": case.classes, "distances": distances}
        result |= table.summarise(seconds, self.counted())
        for key, engine in result["engines"].items():
            say(f"    {table.LABELS[key]:24} {table.spread(engine, False)} ms")
        if "ratio" in result:
            say(f"    {table.LABELS[result['best_peer']]} ÷ unet: {result['ratio']:.2f}")
        return result

    def counted(self) -> set:
        """Peers that play by the same rules."""
        limited = self.options.instructions == "avx2" and "avx512f" in machine.instructions()
        return {kind.key for kind in KINDS if kind.script and (kind.limitable or not limited)}

    def load(self, case: Case, folder: Path) -> tuple[list, dict]:
        tensors, outputs = folder / "tensors.safetensors", folder / "outputs.safetensors"
        check.make_tensors(case, tensors)
        before, loaded, distances, reference = safetensors_io.read(tensors), [], {}, None
        del before["x"], before["target"]
        # Peers first: the first of them is what the others are held against.
        waiting = [engine for engine in self.engines.values() if case.task in engine.kind.tasks]
        waiting = [engine for engine in waiting if engine.kind.volumes or not case.is_volume]
        if not (case.issue or self.options.all or self.options.engines_named):
            waiting = [engine for engine in waiting if not engine.kind.slow_to_load]
        for engine in sorted(waiting, key=lambda engine: engine.kind.script is None):
            key = engine.kind.key
            if key in self.lost:
                continue
            start = time.monotonic()
            try:
                engine.load(case, tensors, outputs)
                found = safetensors_io.read(outputs)
                outputs.unlink()
            except EngineError as error:
                self.lose(engine, case, str(error))
                continue
            if reference is None:
                reference = found
            else:
                distances[key] = check.compare(found, reference, before)
                for excess in check.excess(distances[key]):
                    self.complain(f"{case.title}: {table.LABELS[key]}: {excess}")
            loaded.append(key)
            figures = "  ".join(f"{name} {value:.0e}" for name, value in distances.get(key, {}).items())
            say(f"    {table.LABELS[key]:24} loaded in {time.monotonic() - start:.1f} s  {figures}")
        return loaded, distances

    def round(self, keys: list) -> dict:
        times = {}
        for key in self.order.sample(keys, len(keys)):
            if key not in self.lost:
                time.sleep(PAUSE)
                try:
                    times[key] = self.engines[key].run()
                except EngineError as error:
                    self.lose(self.engines[key], None, str(error))
        return times

    def lose(self, engine, case: Case | None, reason: str) -> None:
        self.lost.add(engine.kind.key)
        engine.close()
        self.complain(f"{engine.kind.label} is left out{f' from {case.title} on' if case else ''}: {reason}")

    def complain(self, problem: str) -> None:
        self.problems.append(problem)
        say(f"    {problem}")

    def close(self) -> None:
        for engine in self.engines.values():
            engine.close()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(options: argparse.Namespace, run: Run, results: list, described: dict, seconds: float) -> None:
    versions = {"swift-unet": described["commit"]}
    for engine in run.engines.values():
        versions |= engine.versions
    command = " ".join(["scripts/bench.sh", *sys.argv[1:]])
    limits = f", limited to {options.instructions}" if options.instructions else ""
    lines = [
        f"{described['cpu']}, {options.threads} of {described['cores']} cores ({described['instructions']}){limits}, "
        f"{described['date']}, load before the run {described['load_before']:.1f}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "", f"`{command}` took {seconds / 60:.1f} minutes. Milliseconds: median (smallest–largest).", "",
        table.markdown(results),
    ]
    if uncounted := [kind.label for kind in options.engines if kind.script and kind.key not in run.counted()]:
        lines += ["", f"Not limited to {options.instructions} and not counted as best peer: {', '.join(uncounted)}."]
    lines += ["", *[f"- {problem}" for problem in run.problems]] if run.problems else []
    text = "\n".join(lines) + "\n"
    (options.output / "unet.md").write_text(text)
    details = {"machine": described, "versions": versions, "command": command, "threads": options.threads}
    details |= {"instructions": options.instructions, "spin": not options.no_spin, "seed": options.seed}
    details |= {"seconds": seconds, "problems": run.problems, "cases": results}
    (options.output / "unet.json").write_text(json.dumps(details, indent=2, ensure_ascii=False) + "\n")
    print(text, end="")


def main() -> None:
    options = arguments()
    if options.list:
        print(*[case.id for case in options.cases], "", *[kind.key for kind in options.engines], sep="\n")
        return
    options.output.mkdir(parents=True, exist_ok=True)
    described = machine.describe()
    machine.keep_to(options.threads)
    run, start = Run(options), time.monotonic()
    try:
        results = [result for case in options.cases if (result := run.measure(case))]
    finally:
        run.close()
    if not results:
        sys.exit("bench: no engine worked; the logs are in " + str(options.output))
    report(options, run, results, described, time.monotonic() - start)
    if run.problems:
        sys.exit("bench: " + "; ".join(run.problems))


if __name__ == "__main__":
    main()
