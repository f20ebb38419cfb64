"""batchgeneratorsv2 for run.py: each line on standard input is a run, answered with its seconds.

    python3 Benchmarks/augment/worker.py HEIGHT WIDTH SAMPLES LABELS

LABELS: bilinear, as in nnU-Net (labels are those with the most of four pixels' weight), or nearest.
"""

import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import torch
from batchgeneratorsv2.transforms.intensity.brightness import MultiplicativeBrightnessTransform
from batchgeneratorsv2.transforms.intensity.contrast import BGContrast, ContrastTransform
from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
from batchgeneratorsv2.transforms.intensity.gaussian_noise import GaussianNoiseTransform
from batchgeneratorsv2.transforms.noise.gaussian_blur import GaussianBlurTransform
from batchgeneratorsv2.transforms.spatial.low_resolution import SimulateLowResolutionTransform
from batchgeneratorsv2.transforms.spatial.mirroring import MirrorTransform
from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
from batchgeneratorsv2.transforms.utils.compose import ComposeTransforms
from batchgeneratorsv2.transforms.utils.random import RandomTransform
from batchgeneratorsv2.transforms.utils.remove_label import RemoveLabelTansform
from scipy.ndimage import gaussian_filter

KEPT = 8  # samples that are kept, as those of a batch are


def pipeline(height: int, width: int, labels: str) -> ComposeTransforms:
    """What nnUNetTrainer.get_training_transforms of nnU-Net 2.8 makes for a 2D patch of this size, without deep supervision."""

    def gamma(inverted: int) -> GammaTransform:
        return GammaTransform(
            gamma=BGContrast((0.7, 1.5)), p_invert_image=inverted, synchronize_channels=False, p_per_channel=1,
            p_retain_stats=1,
        )

    return ComposeTransforms([
        SpatialTransform(
            (height, width), patch_center_dist_from_border=0, random_crop=False, p_elastic_deform=0, p_rotation=0.2,
            rotation=(-np.pi, np.pi), p_scaling=0.2, scaling=(0.7, 1.4), p_synchronize_scaling_across_axes=1,
            bg_style_seg_sampling=False, mode_seg=labels, border_mode_seg="constant", padding_value_seg=-1,
        ),
        RandomTransform(GaussianNoiseTransform(noise_variance=(0, 0.1), p_per_channel=1, synchronize_channels=True), 0.1),
        RandomTransform(
            GaussianBlurTransform(
                blur_sigma=(0.5, 1.0), synchronize_channels=False, synchronize_axes=False, p_per_channel=0.5, benchmark=True
            ),
            0.2,
        ),
        RandomTransform(
            MultiplicativeBrightnessTransform(
                multiplier_range=BGContrast((0.75, 1.25)), synchronize_channels=False, p_per_channel=1
            ),
            0.15,
        ),
        RandomTransform(
            ContrastTransform(
                contrast_range=BGContrast((0.75, 1.25)), preserve_range=True, synchronize_channels=False, p_per_channel=1
            ),
            0.15,
        ),
        RandomTransform(
            SimulateLowResolutionTransform(
                scale=(0.5, 1), synchronize_channels=False, synchronize_axes=True, ignore_axes=None, allowed_channels=None,
                p_per_channel=0.5,
            ),
            0.25,
        ),
        RandomTransform(gamma(inverted=1), 0.1),
        RandomTransform(gamma(inverted=0), 0.3),
        MirrorTransform((0, 1)),
        RemoveLabelTansform(-1, 0),
    ])


def slices(height: int, width: int, count: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The slices of AugmentationBenchmark: smooth noise with a ventricle, its wall and another ventricle beside it.

    Labels are int16, as nnU-Net keeps them: it pads them with -1.
    """
    random = np.random.default_rng(1)
    made = []
    rows, columns = np.mgrid[:height, :width]
    for z in range(count):
        radius = min(height, width) * (0.08 + 0.04 * (z % 4))
        x, y = columns - width / 2, rows - height / 2
        distance, beside = np.hypot(x, y) / radius, np.hypot(x + 2 * radius, y) / radius
        labels = np.where(distance < 0.6, 3, np.where(distance < 1, 2, np.where(beside < 0.9, 1, 0)))
        pixels = np.array([-0.3, 1.5, 0.2, 2])[labels] + 0.7 * random.standard_normal((height, width))
        image = gaussian_filter(pixels, 1, mode="reflect", truncate=3).astype(np.float32)
        made.append((torch.from_numpy(image)[None], torch.from_numpy(labels.astype(np.int16))[None]))
    return made


def main() -> None:
    height, width, samples = map(int, sys.argv[1:4])
    torch.set_num_threads(1)
    np.random.seed(1)
    torch.manual_seed(1)
    transform, source = pipeline(height, width, sys.argv[4]), slices(height, width, 16)

    def run() -> None:
        kept = []
        for index in range(samples):
            image, labels = source[index % len(source)]
            # Transforms may write into what they get, so nnU-Net's loader hands out copies, too.
            kept.append(transform(image=image.clone(), segmentation=labels.clone()))
            del kept[:-KEPT]

    with torch.no_grad():
        for _ in range(2):
            run()
        print("ready", flush=True)
        for _ in sys.stdin:
            start = time.perf_counter()
            run()
            print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
