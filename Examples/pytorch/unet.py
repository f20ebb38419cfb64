"""The networks and losses of swift-unet in plain PyTorch, with its names in the state dict.

    from unet import load
    model = load("runs/first/last.safetensors").eval()

Parity with PyTorch and the benchmarks are measured with it.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

import safetensors_io

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
UP = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
POOL = {2: F.max_pool2d, 3: F.max_pool3d}
BATCH = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
INSTANCE = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


def settings(network: dict) -> dict:
    """The network of a plan.json with the defaults for what it does not say."""
    rank = {"2d": 2, "3d": 3}[network.get("dimensions", "2d")]
    architecture, depth = network.get("architecture", "padded"), network.get("depth", 4)
    classic = architecture == "classic"
    return {
        "architecture": architecture, "rank": rank, "depth": depth,
        "inputChannels": 1, "filters": 64, "normEpsilon": 1e-5, "normMomentum": 0.1, "deepSupervision": False,
        "norm": "none" if classic else "batch", "dropout": 0.5 if classic else 0.0,
        "poolings": [[2] * rank] * depth, "kernels": [[3] * rank] * (depth + 1),
    } | network


def norm(channels: int, s: dict) -> nn.Module | None:
    if s["norm"] == "batch":
        return BATCH[s["rank"]](channels, eps=s["normEpsilon"], momentum=s["normMomentum"])
    if s["norm"] == "instance":
        return INSTANCE[s["rank"]](channels, eps=s["normEpsilon"], affine=True)
    return None


def padding(kernel: list[int], s: dict) -> list[int]:
    """Enough to keep the size, but none in the plane of the classic network."""
    sides = [side // 2 for side in kernel]
    return sides[:-2] + [0, 0] if s["architecture"] == "classic" else sides


def dropout(probability: float) -> nn.Module:
    return nn.Dropout(probability) if probability > 0 else nn.Identity()


def crop(x, size):
    """The middle of the spatial axes."""
    for axis, want in enumerate(size, start=2):
        if x.shape[axis] != want:
            x = x.narrow(axis, (x.shape[axis] - want) // 2, want)
    return x


class ConvNorm(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: list[int], s: dict):
        super().__init__()
        self.conv = CONV[s["rank"]](inputs, outputs, kernel, padding=padding(kernel, s))
        self.norm = norm(outputs, s)

    def forward(self, x):
        x = self.conv(x)
        return x if self.norm is None else self.norm(x)


class ConvNormReLU(ConvNorm):
    def forward(self, x):
        return F.relu(super().forward(x))


class ConvBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: list[int], s: dict):
        super().__init__()
        self.first = ConvNormReLU(inputs, outputs, kernel, s)
        self.second = ConvNormReLU(outputs, outputs, kernel, s)

    def forward(self, x):
        return self.second(self.first(x))


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: list[int], s: dict):
        super().__init__()
        self.first = ConvNormReLU(inputs, outputs, kernel, s)
        self.second = ConvNorm(outputs, outputs, kernel, s)
        self.shortcut = None if inputs == outputs else ConvNorm(inputs, outputs, [1] * s["rank"], s)

    def forward(self, x):
        return F.relu((x if self.shortcut is None else self.shortcut(x)) + self.second(self.first(x)))


class EncoderBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, level: int, s: dict):
        super().__init__()
        self.block = BLOCKS[s["architecture"]](inputs, outputs, s["kernels"][level], s)
        self.dropout = dropout(s["dropout"] if level == s["depth"] - 1 else 0)
        self.pool, self.pooling = POOL[s["rank"]], s["poolings"][level]

    def forward(self, x):
        skip = self.dropout(self.block(x))
        return skip, self.pool(skip, self.pooling)


class DecoderBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, level: int, s: dict):
        super().__init__()
        self.up = UP[s["rank"]](inputs, outputs, s["poolings"][level], stride=s["poolings"][level])
        self.block = ConvBlock(2 * outputs, outputs, s["kernels"][level], s)

    def forward(self, x, skip):
        x = self.up(x)
        return self.block(torch.cat([x, crop(skip, x.shape[2:])], dim=1))


BLOCKS = {"padded": ConvBlock, "classic": ConvBlock, "residual": ResidualBlock}


class UNet(nn.Module):
    def __init__(self, network: dict):
        super().__init__()
        self.settings = s = settings(network)
        rank, depth = s["rank"], s["depth"]
        widths = [s["filters"] << level for level in range(depth + 1)]
        before = [s["inputChannels"]] + widths
        self.encoders = nn.ModuleList(EncoderBlock(before[level], widths[level], level, s) for level in range(depth))
        self.bridge = BLOCKS[s["architecture"]](widths[depth - 1], widths[depth], s["kernels"][depth], s)
        self.dropout = dropout(s["dropout"])
        self.decoders = nn.ModuleList(
            DecoderBlock(widths[level + 1], widths[level], level, s) for level in reversed(range(depth))
        )
        self.head = CONV[rank](widths[0], s["outputChannels"], 1)
        # All decoder levels but the finest, which `head` serves, and the coarsest.
        levels = range(1, depth - 1) if s["deepSupervision"] else []
        self.auxiliary_heads = nn.ModuleList(CONV[rank](widths[level], s["outputChannels"], 1) for level in levels)

    def maps(self, x):
        """What the decoder levels give, the finest first."""
        skips = []
        for encoder in self.encoders:
            skip, x = encoder(x)
            skips.append(skip)
        x = self.dropout(self.bridge(x))
        maps = []
        for decoder in self.decoders:
            x = decoder(x, skips.pop())
            maps.insert(0, x)
        return maps

    def forward(self, x):
        return self.head(self.maps(x)[0])

    def outputs(self, x):
        """Logits at several scales, the finest first; those of the classic network all at the finest."""
        finest, *coarser = self.maps(x)
        outputs = [self.head(finest)]
        for level, (head, map) in enumerate(zip(self.auxiliary_heads, coarser), start=1):
            logits = head(map)
            if self.settings["architecture"] == "classic":
                for axis in range(self.settings["rank"]):
                    factor = 1
                    for pooling in self.settings["poolings"][:level]:
                        factor *= pooling[axis]
                    logits = logits.repeat_interleave(factor, axis + 2)
                logits = crop(logits, outputs[0].shape[2:])
            outputs.append(logits)
        return outputs


def PaddedUNet(inputs: int, outputs: int, filters: int, depth: int, epsilon: float, momentum: float) -> UNet:
    """The padded network in 2D, by its sizes."""
    return UNet({
        "inputChannels": inputs, "outputChannels": outputs, "filters": filters, "depth": depth,
        "normEpsilon": epsilon, "normMomentum": momentum,
    })


def load(path: str | Path) -> UNet:
    """The network of a weights file of a run, which carries its plan."""
    model = UNet(json.loads(safetensors_io.metadata(path)["plan"])["network"])
    saved = safetensors_io.read(path)
    own = {name for name in model.state_dict() if not name.endswith("num_batches_tracked")}
    model.load_state_dict({name: torch.from_numpy(saved[name]) for name in own}, strict=False)
    return model


def weighted(losses, weights):
    """Σ w·l / Σ w, 0 where no voxel counts."""
    return (losses * weights).sum() / weights.sum().clamp(min=torch.finfo(torch.float32).tiny)


def cross_entropy(logits, target, weights=None):
    if logits.shape[1] == 1:
        logits, target = logits[:, 0], (target == 1).to(logits.dtype)
        loss = F.binary_cross_entropy_with_logits
    else:
        loss = F.cross_entropy
    return loss(logits, target) if weights is None else weighted(loss(logits, target, reduction="none"), weights)


def dice(logits, target, weights=None):
    """1 − mean over the structures of (2 Σpg + 1) / (Σp + Σg + 1), with sums over the whole batch."""
    if logits.shape[1] == 1:
        pairs = [(logits[:, 0].sigmoid(), target == 1)]
    else:
        p = logits.softmax(dim=1)
        pairs = [(p[:, label], target == label) for label in range(1, logits.shape[1])]
    scores = [(2 * (p * g).sum() + 1) / (p.sum() + g.sum() + 1) for p, g in pairs]
    return 1 - torch.stack(scores).mean()


def both(logits, target, weights=None):
    return cross_entropy(logits, target, weights) + dice(logits, target)


LOSSES = {"ce": cross_entropy, "dice": dice, "ce+dice": both}


def supervised(loss, outputs, target, weights=None):
    """The loss of outputs at several scales, with shares 1, 1/2, 1/4 … of their sum."""
    shares = [0.5**level for level in range(len(outputs))]
    total = 0
    for share, logits in zip(shares, outputs):
        size = logits.shape[2:]
        coarse = F.interpolate(target[:, None].double(), size=size)[:, 0].long()
        weight = None if weights is None else F.interpolate(weights[:, None], size=size)[:, 0]
        total = total + share / sum(shares) * loss(logits, coarse, weight)
    return total
