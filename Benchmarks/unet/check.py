"""The weights and inputs that all engines share, and whether they computed the same."""

from pathlib import Path

import numpy as np
import torch

import safetensors_io
from cases import Case
from unet import UNet

# Beyond these, an engine did not compute what the others did. Logits: largest difference over the largest logit.
# Loss: relative. Step: L2 of the difference between the steps that AdamW took, over L2 of the step. AdamW's first step
# is the gradient's sign: where a gradient is mostly rounding its sign is too, so single weights part by a whole step.
LIMITS = {"logits": 1e-3, "loss": 1e-4, "step": 0.3}


def make_tensors(case: Case, path: Path) -> None:
    """Weights as after some training, smooth images, and patches of labels."""
    torch.manual_seed(case.filters + case.batch)
    model = UNet(case.network)
    state = {name: value for name, value in model.state_dict().items() if "num_batches" not in name}
    for name, value in state.items():
        if name.endswith("running_mean"):
            value.normal_(0, 0.2)
        elif name.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif ".norm." in name:
            value.add_(torch.randn_like(value) * 0.1)
    coarse = torch.randn(case.batch, 1, *(side // 8 for side in case.size))
    x = torch.nn.functional.interpolate(coarse, size=case.size, mode="trilinear" if case.is_volume else "bilinear")
    x += 0.1 * torch.randn_like(x)
    target = torch.randint(0, case.classes, (case.batch, *(side // 16 for side in case.size)))
    for axis in range(1, target.ndim):
        target = target.repeat_interleave(16, axis)
    tensors = {name: value.numpy() for name, value in state.items()}
    safetensors_io.write(path, tensors | {"x": x.numpy(), "target": target.numpy()})


def compare(found: dict, wanted: dict, before: dict) -> dict[str, float]:
    """Distances, as far as both sides gave what it takes."""
    distances = {}
    if "logits" in found and "logits" in wanted:
        distances["logits"] = largest(found["logits"] - wanted["logits"]) / largest(wanted["logits"])
    if "loss" in found and "loss" in wanted:
        a, b = float(found["loss"].reshape(())), float(wanted["loss"].reshape(()))
        distances["loss"] = abs(a - b) / abs(b)
    # Not the buffers, and not biases before a norm, whose gradient is 0 but for rounding.
    names = [name for name in before if "running" not in name and not name.endswith("conv.bias")]
    if all(f"after.{name}" in side for side in (found, wanted) for name in names):
        off = taken = 0.0
        for name in names:
            mine, theirs = (side[f"after.{name}"].astype(np.float64) for side in (found, wanted))
            off += float(((mine - theirs) ** 2).sum())
            taken += float(((theirs - before[name]) ** 2).sum())
        distances["step"] = (off / taken) ** 0.5
    # NaN must not pass for small.
    return {key: value if np.isfinite(value) else float("inf") for key, value in distances.items()}


def excess(distances: dict) -> list[str]:
    return [f"{key} differ by {value:.1e}" for key, value in distances.items() if value > LIMITS[key]]


def largest(values: np.ndarray) -> float:
    return float(np.abs(values).max())
