"""The losses alone, on logits and targets of every kind, with their gradients."""

import itertools
import json
import sys
from pathlib import Path

import torch

import safetensors_io
from unet import LOSSES, supervised

LIMIT = 1e-6  # of the loss, and of the gradient's L2 over its L2


def kinds() -> list[dict]:
    """Everything that makes a loss another one."""
    axes = {
        "loss": list(LOSSES), "classes": [1, 2, 4], "rank": [2, 3], "weights": ["no", "map", "nothing"],
        "target": ["patches", "empty", "full"], "scales": [1, 3],
    }
    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


def make_losses(root: Path) -> None:
    torch.manual_seed(7)
    tensors = {}
    for index, kind in enumerate(kinds()):
        size = [4, 8, 12][-kind["rank"] :]
        for scale in range(kind["scales"]):
            # Slices are not pooled.
            shape = [side if kind["rank"] == 3 and axis == 0 else side >> scale for axis, side in enumerate(size)]
            tensors[f"{index}.logits.{scale}"] = torch.randn(2, kind["classes"], *shape) * 3
        labels = max(2, kind["classes"])
        target = torch.randint(0, labels, [2] + size)
        tensors[f"{index}.target"] = {
            "patches": target, "empty": torch.zeros_like(target), "full": torch.full_like(target, labels - 1)
        }[kind["target"]]
        if kind["weights"] != "no":
            weights = torch.rand(target.shape) * 10
            tensors[f"{index}.weights"] = weights if kind["weights"] == "map" else torch.zeros_like(weights)
    (root / "losses.json").write_text(json.dumps(kinds()))
    safetensors_io.write(root / "losses.safetensors", {name: tensor.numpy() for name, tensor in tensors.items()})


def check_losses(root: Path) -> None:
    given = {name: torch.from_numpy(value) for name, value in safetensors_io.read(root / "losses.safetensors").items()}
    found = safetensors_io.read(root / "losses-output.safetensors")
    worst = 0.0
    for index, kind in enumerate(kinds()):
        outputs = [given[f"{index}.logits.{scale}"].double().requires_grad_() for scale in range(kind["scales"])]
        weights = given[f"{index}.weights"].double() if kind["weights"] != "no" else None
        loss = supervised(LOSSES[kind["loss"]], outputs, given[f"{index}.target"], weights)
        loss.backward()
        wanted = {"loss": loss.detach()} | {f"grad.{scale}": output.grad for scale, output in enumerate(outputs)}
        for name, value in wanted.items():
            ours = torch.from_numpy(found.pop(f"{index}.{name}")).double()
            off = float((ours - value).norm() / value.norm().clamp(min=1e-3))
            if ours.shape != value.shape or not off <= LIMIT:
                sys.exit(f"networks: loss {kind}: {name} differs by {off:.1e}")
            worst = max(worst, off)
    if found:
        sys.exit(f"networks: losses left uncompared: {sorted(found)}")
    print(f"networks: {len(kinds())} losses agree with float64, at most {worst:.1e} off", flush=True)
