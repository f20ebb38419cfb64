"""Holds our networks, losses and optimizers against PyTorch's, on the same weights and the same input.

Each case is a folder with case.json and input.safetensors; a test of ours computes it and writes
output.safetensors, which is compared here. Any difference beyond the limits ends with a non-zero status.

With libtorch's kernels we must give what PyTorch gives. Our own kernels round in other places, so that both
are held against PyTorch in float64: ours may be at most three times as far from it as float32 PyTorch is.
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Examples" / "pytorch"))

import safetensors_io
from losses import check_losses, make_losses
import unet
from unet import LOSSES, UNet, supervised

# What stands beside the weights.
INPUTS = {"x", "target", "weights"}
STEP = {"learningRate": 0.01, "momentum": 0.9, "weightDecay": 0.01}
# Largest difference allowed, by what is compared. Logits, losses and weights: absolute; buffers: relative to 1 or the
# value; gradients: L2 of the difference over L2, a tensor at a time.
LIMITS = {
    "libtorch": {
        "logits": 1e-4, "loss": 1e-5, "gradients": 1e-3, "zero gradients": 1e-5, "buffers": 1e-4, "adamw": 1e-6,
        "sgd": 1e-6,
    },
    # Logits, loss and gradients in shares of what `allowed` allows.
    "native": {
        "logits": 1, "loss": 1, "gradients": 1, "zero gradients": 1e-5, "buffers": 1e-4, "adamw": 1e-6, "sgd": 1e-6,
    },
}
# Our own kernels' distance to float64 over that of float32 PyTorch, L2 a tensor. Winograd's rounding is about three times
# that of direct convolution, and up to five times in vectors of a few numbers: up to FLOOR of the tensor's own L2,
# both are noise.
RATIO, FLOOR = 3, 2e-5
# A ReLU or a max-pool within rounding of a tie falls to the other side and moves every gradient below it by up to 2e-2,
# with float32 PyTorch as with ours. That is allowed up to FLIP, in fewer than this share of the cases: an error that is no
# flip shows in all cases of its kind.
FLIP, FLIPPED = 3e-2, 1 / 2


@dataclass
class Case:
    name: str
    folder: Path
    network: dict
    loss: str
    kernels: str
    weighted: bool

    def model(self) -> UNet:
        return UNet(self.network)

    @property
    def limits(self) -> dict[str, float]:
        """Limits of all that this network has."""
        without = {"batch": set(), "instance": {"buffers"}, "none": {"buffers", "zero gradients"}}
        left_out = without[self.model().settings["norm"]]
        return {kind: limit for kind, limit in LIMITS[self.kernels].items() if kind not in left_out}


def make_cases(root: Path) -> list[Case]:
    cases = []

    def add(label: str, network: dict, loss: str, weighted: bool, images: int, size: list[int]) -> None:
        seed = len(cases) // len(LIMITS)
        for kernels in LIMITS:
            name = f"{label}-{kernels}"
            case = Case(name, root / name.replace("+", "-"), network, loss, kernels, weighted)
            make_input(case, images, size, seed)
            cases.append(case)

    shapes = [
        # filters, input channels, depth, images, size, epsilon, momentum
        ("f16", 16, 1, 4, 2, [64, 48], 1e-5, 0.1),
        ("odd", 5, 3, 2, 3, [20, 28], 1e-3, 0.25),
    ]
    for label, filters, inputs, depth, images, size, epsilon, momentum in shapes:
        for classes, loss in itertools.product((4, 1), LOSSES):
            network = {
                "architecture": "padded", "dimensions": "2d", "inputChannels": inputs, "outputChannels": classes,
                "filters": filters, "depth": depth, "normEpsilon": epsilon, "normMomentum": momentum,
            }
            add(f"{label}-{classes}-{loss}", network, loss, False, images, size)

    # Every network there is, losses and classes in turn.
    kinds = itertools.product(("padded", "classic", "residual"), ("2d", "3d"), ("batch", "instance", "none"), (False, True))
    turn = itertools.cycle(itertools.product((4, 1), LOSSES, (True, False)))
    for architecture, dimensions, norm, deep in kinds:
        classes, loss, weighted = next(turn)
        network = {
            "architecture": architecture, "dimensions": dimensions, "inputChannels": 2, "outputChannels": classes,
            "filters": 4, "depth": 3, "normEpsilon": 1e-5, "normMomentum": 0.1, "norm": norm, "deepSupervision": deep,
            # Drop-out draws other numbers here than there.
            "dropout": 0,
        }
        size = [100, 108] if architecture == "classic" else [24, 40]
        if dimensions == "3d":
            size = [4] + size
            network["poolings"] = [[1, 2, 2], [2, 2, 2], [1, 2, 2]]
            network["kernels"] = [[1, 3, 3], [3, 3, 3], [3, 3, 3], [1, 3, 3]]
        label = f"{architecture}-{dimensions}-{norm}{'-deep' if deep else ''}"
        add(label, network, loss, weighted, 2, size)
    return cases


def make_input(case: Case, images: int, size: list[int], seed: int) -> None:
    torch.manual_seed(seed)
    model = case.model()
    with torch.no_grad():
        # As after some training: nothing is exactly 0 or 1.
        for name, tensor in model.state_dict().items():
            if name.endswith("running_mean"):
                tensor.normal_(0, 0.2)
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            elif ".norm." in name and tensor.is_floating_point():
                tensor.add_(torch.randn_like(tensor) * 0.1)
    x = torch.randn(images, case.network["inputChannels"], *size)
    with torch.no_grad():
        output = model.eval()(x).shape[2:]
    labels = max(2, case.network["outputChannels"])
    # Patches of labels, and a last image without any structure.
    target = torch.randint(0, labels, [images] + [-(-side // 4) for side in output])
    for axis, side in enumerate(output, start=1):
        target = target.repeat_interleave(4, axis).narrow(axis, 0, side)
    target = target.contiguous()
    target[-1] = 0
    case.folder.mkdir(parents=True)
    tensors = {name: tensor.numpy() for name, tensor in ours(model.state_dict()).items()}
    tensors |= {"x": x.numpy(), "target": target.numpy()}
    if case.weighted:
        tensors["weights"] = torch.rand(target.shape).numpy() * 5
    safetensors_io.write(case.folder / "input.safetensors", tensors)
    description = {"network": case.network, "loss": case.loss, "kernels": case.kernels} | STEP
    (case.folder / "case.json").write_text(json.dumps(description))


def ours(state: dict) -> dict:
    """A state dict without PyTorch's count of batches, which we do not keep."""
    return {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}


def run_swift(root: Path) -> None:
    # The flags of `make test`, so that neither rebuilds what the other has built.
    command = ["swift", "test", "-c", "release", "--disable-testable-imports", "--no-parallel"]
    command += ["--filter", "NetworkParity"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"UNET_PARITY_DIR": str(root)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )
    if done.returncode != 0:
        sys.exit(f"networks: our side failed:\n{done.stdout[-8000:]}")


def load(case: Case, given: dict) -> UNet:
    model = case.model()
    weights = {name: torch.from_numpy(value) for name, value in given.items() if name not in INPUTS}
    wanted = set(ours(model.state_dict()))
    if wanted != set(weights):
        sys.exit(f"networks: {case.name}: names differ: {sorted(wanted ^ set(weights))}")
    model.load_state_dict(weights, strict=False)
    return model


def compute(case: Case, given: dict, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """What PyTorch gives in `dtype`."""
    x, target = torch.from_numpy(given["x"]).to(dtype), torch.from_numpy(given["target"])
    weights = torch.from_numpy(given["weights"]).to(dtype) if case.weighted else None
    model = load(case, given).to(dtype)
    found = {}
    with torch.no_grad():
        found["eval.logits"] = model.eval()(x)
    outputs = model.train().outputs(x)
    loss = supervised(LOSSES[case.loss], outputs, target, weights)
    loss.backward()
    found |= {f"train.{level}.logits": logits for level, logits in enumerate(outputs)} | {"loss": loss}
    found |= {f"grad.{name}": parameter.grad for name, parameter in model.named_parameters()}
    found |= {f"buffer.{name}": buffer for name, buffer in ours(dict(model.named_buffers())).items()}
    return {name: tensor.detach().double() for name, tensor in found.items()}


def kind_of(name: str, case: Case) -> str:
    # A norm takes out again what a bias before it has added, and without padding what that of an up-convolution has
    # added through a convolution: the gradient is 0 but for rounding.
    taken_out = ("conv.bias", "up.bias") if case.network["architecture"] == "classic" else ("conv.bias",)
    if name.endswith(taken_out) and "zero gradients" in case.limits:
        return "zero gradients"
    return {"grad": "gradients", "buffer": "buffers"}.get(name.split(".")[0], name.split(".")[-1])


def allowed(exact: torch.Tensor, plain: torch.Tensor, floor: float) -> float:
    """How far from `exact` our own kernels may be."""
    return float(max(RATIO * (plain - exact).norm(), floor * exact.norm()))


def compare(case: Case) -> dict[str, float]:
    given = safetensors_io.read(case.folder / "input.safetensors")
    output = case.folder / "output.safetensors"
    if not output.exists():
        sys.exit(f"networks: {case.name}: our side wrote no output")
    found = {name: torch.from_numpy(value) for name, value in safetensors_io.read(output).items()}
    worst: dict[str, float] = {}

    def note(kind: str, difference: torch.Tensor | float) -> None:
        value = float(difference)
        # NaN must not pass for small.
        worst[kind] = max(worst.get(kind, 0.0), value if np.isfinite(value) else np.inf)

    def take(name: str, wanted: torch.Tensor) -> torch.Tensor:
        tensor = found.pop(name).double()
        if tensor.shape != wanted.shape:
            sys.exit(f"networks: {case.name}: {name} has shape {list(tensor.shape)}, not {list(wanted.shape)}")
        return tensor

    plain = compute(case, given, torch.float32)
    gradients = {name: found[name].clone() for name in plain if name.startswith("grad.")}
    ours_too = {name: take(name, wanted) for name, wanted in plain.items()}
    if case.kernels == "native":
        exact = compute(case, given, torch.float64)
    for name, wanted in plain.items():
        kind, off = kind_of(name, case), ours_too[name] - wanted
        if kind == "buffers":
            note(kind, (off.abs() / wanted.abs().clamp(min=1)).max())
        elif kind == "zero gradients":
            note(kind, off.abs().max())
        elif case.kernels == "native":
            distance, floor = (ours_too[name] - exact[name]).norm(), FLIP if kind == "gradients" else FLOOR
            note(kind, distance / allowed(exact[name], wanted, floor))
            if kind == "gradients":
                note("without flips", distance / allowed(exact[name], wanted, FLOOR))
        elif kind == "gradients":
            note(kind, off.norm() / wanted.norm())
        else:
            note(kind, off.abs().max())

    # Adam divides gradients by their size and so makes rounding as large as a step where they are 0: both optimizers
    # step along the same gradients, ours.
    for kind in ("adamw", "sgd"):
        model = load(case, given)
        rate, decay = STEP["learningRate"], STEP["weightDecay"]
        if kind == "adamw":
            optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
        else:
            optimizer = torch.optim.SGD(
                model.parameters(), lr=rate, momentum=STEP["momentum"], nesterov=True, weight_decay=decay
            )
        before = [parameter.detach().clone() for parameter in model.parameters()]
        for name, parameter in model.named_parameters():
            parameter.grad = gradients[f"grad.{name}"]
        optimizer.step()
        if all(torch.equal(a, b) for a, b in zip(before, model.parameters())):
            sys.exit(f"networks: {case.name}: the step of {kind} moved nothing")
        for name, parameter in model.named_parameters():
            wanted = parameter.detach().double()
            note(kind, (take(f"{kind}.{name}", wanted) - wanted).abs().max())

    if found:
        sys.exit(f"networks: {case.name}: left uncompared: {sorted(found)}")
    return worst


def check_loading(folder: Path) -> None:
    """The example's `load`, given a path as text too."""
    network = {"outputChannels": 3, "filters": 2, "depth": 1}
    model = UNet(network)
    state = {name: value.numpy() for name, value in ours(model.state_dict()).items()}
    file = folder / "loading.safetensors"
    safetensors_io.write(file, state, {"plan": json.dumps({"network": network})})
    for path in (file, str(file)):
        loaded = unet.load(path).state_dict()
        if not all(torch.equal(loaded[name], model.state_dict()[name]) for name in state):
            sys.exit(f"networks: load({path!r}) gives other weights")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="unet-parity-") as folder:
        cases = make_cases(Path(folder))
        make_losses(Path(folder))
        run_swift(Path(folder))
        check_losses(Path(folder))
        check_loading(Path(folder))
        failed, flipped = [], []
        for case in cases:
            worst = compare(case)
            if case.kernels == "native":
                flipped.append(worst.pop("without flips") > 1)
            limits = case.limits
            if set(worst) != set(limits):
                sys.exit(f"networks: {case.name}: compared only {sorted(worst)}")
            excess = [kind for kind, limit in limits.items() if worst[kind] > limit]
            figures = "  ".join(f"{kind} {worst[kind]:.1e}" for kind in limits)
            print(f"{'FAIL' if excess else 'ok  '} {case.name:33} {figures}", flush=True)
            failed += [f"{case.name} ({', '.join(excess)})"] if excess else []
    if sum(flipped) >= FLIPPED * len(flipped):
        failed.append(f"gradients of {sum(flipped)} of {len(flipped)} native cases are far from float64")
    if failed:
        sys.exit(f"networks: beyond the limits: {'; '.join(failed)}")
    print(
        f"networks: {len(cases)} cases agree with PyTorch {torch.__version__}; "
        f"ReLU or max-pool flips in {sum(flipped)} of {len(flipped)} with native kernels"
    )


if __name__ == "__main__":
    main()
