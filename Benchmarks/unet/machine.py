"""What the figures were measured on."""

import datetime
import os
import platform
import subprocess
from pathlib import Path


def describe() -> dict:
    return {
        "cpu": model(), "instructions": instructions(), "cores": cores(), "system": platform.system(),
        "python": platform.python_version(), "commit": commit(), "load_before": os.getloadavg()[0],
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def commit() -> str:
    command = ["git", "-C", Path(__file__).parent, "describe", "--always", "--dirty", "--tags"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def keep_to(threads: int) -> None:
    """Gives this process and its children no more cores than threads, for engines with threads of their own mind."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def processor() -> dict:
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return {}
    first = information.read_text().split("\n\n")[0]
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())}


def model() -> str:
    if platform.system() == "Darwin":
        return subprocess.check_output(["sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    described = processor()
    numbers = [described.get(key) for key in ("cpu family", "model", "stepping")]
    name = described.get("model name", platform.machine())
    return f"{name} (family {numbers[0]}, model {numbers[1]}, stepping {numbers[2]})" if numbers[0] else name


def instructions() -> str:
    flags = processor().get("flags", "").split()
    present = [name for name in ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile") if name in flags]
    return " ".join(present) or platform.machine()
