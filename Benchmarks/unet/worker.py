"""The worker's side of the protocol between bench.py and an engine's process.

The worker first says what it is, as one line of JSON. Each line of JSON that it reads is a case to load: it runs the
case once, writes what came out and says "ready". Each empty line is one run, answered with its
seconds. "failed: …" answers either when it did not work.
"""

import gc
import json
import os
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Examples" / "pytorch"))

import safetensors_io

# AdamW as `unet benchmark train` uses it.
LEARNING_RATE = 1e-4
WEIGHT_DECAY = 1e-2


def serve(versions: dict, load) -> None:
    """`load(case, weights, x, target)` returns two functions: the work, whose result is dropped, and the outputs."""
    # Libraries print what they like; only the protocol goes to the driver.
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps(versions), file=channel)
    work = None
    for line in sys.stdin:
        try:
            if line.strip():
                work = None
                gc.collect()
                work = prepare(json.loads(line), load)
                answer = "ready"
            else:
                start = time.perf_counter()
                work()
                answer = str(time.perf_counter() - start)
        except Exception as error:
            traceback.print_exc()
            answer = f"failed: {type(error).__name__}: {error}".replace("\n", " ")
        print(answer, file=channel)


def prepare(case: dict, load):
    tensors = safetensors_io.read(Path(case["tensors"]))
    x, target = tensors.pop("x"), tensors.pop("target")
    work, outputs = load(case, tensors, x, target)
    safetensors_io.write(Path(case["outputs"]), outputs())
    return work


def options() -> dict:
    """What the driver gave on the command line: threads, whether to spin, and the engine's own."""
    return json.loads(sys.argv[1])
