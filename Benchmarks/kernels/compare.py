"""Times a 3×3 convolution alone, our kernels beside PyTorch, ONNX Runtime and OpenVINO, interleaved: one convolution with bias,
padded, batch 1, float32; weights transformed or reordered in advance by all that can.

    PYTHONPATH=.libtorch .venv-bench/bin/python3 Benchmarks/kernels/compare.py [--threads 2] [--rounds 15] [--instructions avx2]
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHAPES = [(64, 64, 256), (128, 128, 128), (256, 256, 64)]  # in, out, side
PAUSE = 0.05  # threads that still spin must not run into the next engine's time


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--instructions", choices=["avx2", "avx512"], help="limit of all but ONNX Runtime, which has none")
    return parser.parse_args()


def limit(options: argparse.Namespace) -> None:
    """What the libraries read when they are imported."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    if options.instructions == "avx2":
        os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}


def build(folder: Path) -> Path:
    sources = sorted((ROOT / "Sources/CKernels").glob("*.c")) + [ROOT / "Benchmarks/kernels/conv.c"]
    program = folder / "conv"
    include = ROOT / "Sources/CKernels/include"
    subprocess.run(
        [os.environ.get("CC", "clang"), "-O2", "-I", include, *sources, "-lpthread", "-lm", "-o", program], check=True)
    return program


def peers(x, w, b, threads: int) -> dict:
    """Each engine's work, as a function that gives the output (1, out, side, side)."""
    import numpy
    import onnx
    import onnxruntime
    import openvino
    import torch
    from onnx import TensorProto, helper, numpy_helper

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    given = [torch.from_numpy(array) for array in (x, w, b)]
    last = [given[0].to(memory_format=torch.channels_last), given[1].to(memory_format=torch.channels_last), given[2]]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])], "conv",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, w.shape[0], *x.shape[2:]])],
        [numpy_helper.from_array(w, "w"), numpy_helper.from_array(b, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads, session.inter_op_num_threads = threads, 1
    runtime = onnxruntime.InferenceSession(model, session, providers=["CPUExecutionProvider"])
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model), "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    return {
        "PyTorch": lambda: torch.conv2d(*given, padding=1).numpy(),
        "PyTorch channels-last": lambda: torch.conv2d(*last, padding=1).numpy(),
        "ONNX Runtime": lambda: runtime.run(None, {"x": x})[0],
        "OpenVINO": lambda: request.infer({0: x}, share_inputs=True, share_outputs=True)[0],
    }


class Ours:
    """Our kernels, in a process that waits to be told to run."""

    def __init__(self, program: Path, folder: Path, options: argparse.Namespace, shape: tuple):
        import numpy

        isa = options.instructions or "best"
        command = [program, isa, str(options.threads), *map(str, shape), folder]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.isa = self.process.stdout.readline().strip()
        _, out, side = shape
        self.output = numpy.fromfile(folder / "y", numpy.float32).reshape(1, side, side, out).transpose(0, 3, 1, 2)

    def run(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    options = arguments()
    limit(options)
    import numpy

    draw, order = numpy.random.default_rng(1), random.Random(1)
    print(f"load before the run {os.getloadavg()[0]:.1f}; milliseconds: median (smallest–largest), GFLOP/s of a direct convolution")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = build(folder)
        for inputs, out, side in SHAPES:
            x = draw.standard_normal((1, inputs, side, side), numpy.float32)
            w = (draw.standard_normal((out, inputs, 3, 3)) * (2 / (9 * inputs)) ** 0.5).astype(numpy.float32)
            b = draw.standard_normal(out, numpy.float32)
            for array, file in ((x.transpose(0, 2, 3, 1), "x"), (w, "w"), (b, "b")):
                numpy.ascontiguousarray(array).tofile(folder / file)
            ours = Ours(program, folder, options, (inputs, out, side))
            works = peers(x, w, b, options.threads)
            for key, work in works.items():
                found = work()
                off = float(abs(found - ours.output).max() / abs(found).max())
                if not off <= 1e-4:
                    sys.exit(f"{key} computes something else: {off:.1e} of the largest number")
                for _ in range(2):
                    work()
            times = {key: [] for key in ["unet", *works]}
            for _ in range(options.rounds):
                for key in order.sample(list(times), len(times)):
                    time.sleep(PAUSE)
                    times[key].append(ours.run() if key == "unet" else seconds(works[key]))
            ours.close()
            best = min(works, key=lambda key: statistics.median(times[key]))
            print(f"\n{inputs}→{out} at {side}², {options.threads} threads, {ours.isa}")
            for key, values in times.items():
                middle = statistics.median(values)
                rate = 18e-9 * inputs * out * side * side / middle
                spread = f"({min(values) * 1e3:.2f}–{max(values) * 1e3:.2f})"
                print(f"  {key:22} {middle * 1e3:8.2f} {spread:18} {rate:6.0f}")
            ratios = [other / mine for other, mine in zip(times[best], times["unet"])]
            print(f"  {best} ÷ unet {statistics.median(times[best]) / statistics.median(times['unet']):.2f}; "
                  f"per round {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")


if __name__ == "__main__":
    main()
