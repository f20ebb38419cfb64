"""The engines, each in a process of its own that waits to be told to run."""

import dataclasses
import json
import os
import select
import subprocess
import sys
from pathlib import Path

from cases import Case

ROOT = Path(__file__).resolve().parents[2]
# Libraries that read their limit from the environment. ONNX Runtime has none.
AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
}
NO_SPINNING = {"GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
PATIENCE = 600  # seconds for one answer; torch.compile takes its time


@dataclasses.dataclass(frozen=True)
class Settings:
    threads: int
    instructions: str | None
    spin: bool
    folder: Path

    @property
    def environment(self) -> dict:
        given = {"OMP_NUM_THREADS": str(self.threads), "MKL_NUM_THREADS": str(self.threads)}
        # What torch.compile has compiled is kept for the next run, which is ready sooner and runs the same code.
        given |= {"TORCHINDUCTOR_CACHE_DIR": str(ROOT / ".venv-bench/inductor")}
        given |= AVX2 if self.instructions == "avx2" else {}
        return os.environ | given | ({} if self.spin else NO_SPINNING)


@dataclasses.dataclass(frozen=True)
class Kind:
    """One column of the table."""

    key: str
    label: str
    script: str | None = None  # a worker's, or None for unet
    options: dict = dataclasses.field(default_factory=dict)
    tasks: tuple = ("train", "predict")
    limitable: bool = True  # whether --instructions reaches it
    volumes: bool = True  # whether it has the 3D network
    slow_to_load: bool = False  # takes longer to be ready than all rounds do: only for cases with a target, unless asked for

    def start(self, settings: Settings) -> "Engine":
        return Unet(self, settings) if self.script is None else Peer(self, settings)


KINDS = [
    Kind("unet", "unet", options={"kernels": "native"}),
    Kind("unet-libtorch", "unet, libtorch kernels", options={"kernels": "libtorch"}),
    Kind("pytorch", "PyTorch", "engine_pytorch.py", {"variant": "eager"}),
    Kind("channels-last", "PyTorch channels-last", "engine_pytorch.py", {"variant": "channels-last"}),
    Kind("compile", "torch.compile", "engine_pytorch.py", {"variant": "compile"}, slow_to_load=True),
    Kind("keras", "Keras", "engine_keras.py", {"jit": False}, volumes=False),
    Kind("onnxruntime", "ONNX Runtime", "engine_onnxruntime.py", tasks=("predict",), limitable=False),
    Kind("openvino", "OpenVINO", "engine_openvino.py", tasks=("predict",)),
]


class EngineError(Exception):
    pass


class Engine:
    """A process that loads a case and then runs it once for every line it is sent."""

    def __init__(self, kind: Kind, settings: Settings):
        self.kind, self.settings = kind, settings
        self.versions: dict = {}
        self.log = settings.folder / f"{kind.key}.log"
        self.log.unlink(missing_ok=True)
        self.process = None

    def launch(self, command: list) -> None:
        self.command = [str(part) for part in command]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1,
                env=self.settings.environment, cwd=self.settings.folder,
            )

    def ask(self, line: str | None) -> str:
        if line is not None:
            try:
                self.process.stdin.write(line + "\n")
            except BrokenPipeError:
                raise EngineError(f"ended; see {self.log.name}") from None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.close()
            raise EngineError(f"gave no answer in {PATIENCE} s")
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise EngineError(f"ended; see {self.log.name}")
        if answer.startswith("failed: "):
            raise EngineError(f"{answer[8:]} (see {self.log.name})")
        return answer

    def expect_ready(self, line: str | None) -> None:
        answer = self.ask(line)
        if answer != "ready":
            raise EngineError(f"said “{answer}” for “ready”")

    def run(self) -> float:
        return float(self.ask(""))

    def close(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None


class Unet(Engine):
    """unet itself: a process for each case, as it takes the case from its arguments."""

    def load(self, case: Case, tensors: Path, outputs: Path) -> None:
        self.close()
        command = [ROOT / ".build/release/unet", "benchmark", case.task, "--filters", case.filters]
        command += ["--classes", case.classes, "--input", "x".join(map(str, case.size)), "--batch-size", case.batch]
        command += ["--dimensions", "3d" if case.is_volume else "2d"]
        command += ["--threads", self.settings.threads, "--kernels", self.kind.options["kernels"], "--paced"]
        if self.settings.instructions:
            command += ["--instructions", self.settings.instructions]
        self.launch(command + ["--tensors", tensors, "--outputs", outputs])
        self.expect_ready(None)


class Peer(Engine):
    """Another engine: one process for all cases, as importing it takes seconds."""

    def load(self, case: Case, tensors: Path, outputs: Path) -> None:
        if self.process is None:
            options = {"threads": self.settings.threads, "spin": self.settings.spin} | self.kind.options
            script = Path(__file__).with_name(self.kind.script)
            self.launch([sys.executable, script, json.dumps(options)])
            self.versions = json.loads(self.ask(None))
        given = {"tensors": str(tensors), "outputs": str(outputs)}
        given |= {"classes": case.classes, "network": case.network}
        self.expect_ready(json.dumps(dataclasses.asdict(case) | given))
