"""The padded U-Net and its losses in plain PyTorch, with the names of swift-unet in the state dict.

Parity with PyTorch and the benchmarks are measured with it.
"""

import torch
from torch import nn
from torch.nn import functional as F


class ConvNormReLU(nn.Module):
    def __init__(self, inputs: int, outputs: int, epsilon: float, momentum: float):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs, eps=epsilon, momentum=momentum)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class ConvBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, epsilon: float, momentum: float):
        super().__init__()
        self.first = ConvNormReLU(inputs, outputs, epsilon, momentum)
        self.second = ConvNormReLU(outputs, outputs, epsilon, momentum)

    def forward(self, x):
        return self.second(self.first(x))


class EncoderBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, epsilon: float, momentum: float):
        super().__init__()
        self.block = ConvBlock(inputs, outputs, epsilon, momentum)

    def forward(self, x):
        skip = self.block(x)
        return skip, F.max_pool2d(skip, 2)


class DecoderBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, epsilon: float, momentum: float):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.block = ConvBlock(2 * outputs, outputs, epsilon, momentum)

    def forward(self, x, skip):
        return self.block(torch.cat([self.up(x), skip], dim=1))


class PaddedUNet(nn.Module):
    def __init__(self, inputs: int, outputs: int, filters: int, depth: int, epsilon: float, momentum: float):
        super().__init__()
        widths = [filters << level for level in range(depth + 1)]
        before = [inputs] + widths
        norm = (epsilon, momentum)
        self.encoders = nn.ModuleList(
            EncoderBlock(before[level], widths[level], *norm) for level in range(depth)
        )
        self.bridge = ConvBlock(widths[depth - 1], widths[depth], *norm)
        self.decoders = nn.ModuleList(
            DecoderBlock(widths[level + 1], widths[level], *norm) for level in reversed(range(depth))
        )
        self.head = nn.Conv2d(filters, outputs, 1)

    def forward(self, x):
        skips = []
        for encoder in self.encoders:
            skip, x = encoder(x)
            skips.append(skip)
        x = self.bridge(x)
        for decoder in self.decoders:
            x = decoder(x, skips.pop())
        return self.head(x)


def cross_entropy(logits, target):
    if logits.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(logits[:, 0], (target == 1).to(logits.dtype))
    return F.cross_entropy(logits, target)


def dice(logits, target):
    """1 − mean over the structures of (2 Σpg + 1) / (Σp + Σg + 1), with sums over the whole batch."""
    if logits.shape[1] == 1:
        pairs = [(logits[:, 0].sigmoid(), target == 1)]
    else:
        p = logits.softmax(dim=1)
        pairs = [(p[:, label], target == label) for label in range(1, logits.shape[1])]
    scores = [(2 * (p * g).sum() + 1) / (p.sum() + g.sum() + 1) for p, g in pairs]
    return 1 - torch.stack(scores).mean()


LOSSES = {
    "ce": cross_entropy,
    "dice": dice,
    "ce+dice": lambda logits, target: cross_entropy(logits, target) + dice(logits, target),
}
