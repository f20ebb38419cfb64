"""What `unet predict` does to one scan, in Python: nibabel, numpy and PyTorch.

    python3 Benchmarks/predict/predict.py RUN SCAN OUTPUT.nii.gz [THREADS]
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy as np
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Examples" / "pytorch"))
import safetensors_io  # noqa: E402
from unet import UNet  # noqa: E402


def main(run: Path, scan: Path, output: Path, threads: int) -> None:
    torch.set_num_threads(threads)
    plan = json.loads((run / "plan.json").read_text())
    network = plan["network"]
    model = UNet(network)
    saved = safetensors_io.read(run / "last.safetensors")
    own = model.state_dict()
    model.load_state_dict({name: torch.from_numpy(saved[name]) for name in own if name in saved}, strict=False)
    model.eval()

    image = nibabel.load(scan)
    voxels = torch.from_numpy(image.get_fdata(dtype=np.float32)).permute(2, 1, 0)[:, None].contiguous()
    spacing = image.header.get_zooms()
    wanted = plan["preparation"]["spacing"]
    grid = [round(voxels.shape[2] * spacing[1] / wanted), round(voxels.shape[3] * spacing[0] / wanted)]
    x = F.interpolate(voxels, size=grid, mode="bilinear", antialias=True)
    clip = plan["preparation"]["clip"]
    low, high = np.percentile(x.numpy(), [clip["low"], clip["high"]])
    x = x.clamp(float(low), float(high))
    x = (x - x.mean()) / x.std(unbiased=False)

    multiple = 1 << network["depth"]
    missing = [-side % multiple for side in grid]
    top, left = missing[0] // 2, missing[1] // 2
    padded = F.pad(x, (left, missing[1] - left, top, missing[0] - top), value=float(x.min()))
    with torch.inference_mode():
        # Four slices at a time, as unet does, so that memory is compared like with like.
        p = torch.cat([model(part).softmax(dim=1) for part in padded.split(4)])
    p = p[:, :, top : top + grid[0], left : left + grid[1]]
    p = F.interpolate(p, size=voxels.shape[2:], mode="bilinear", antialias=True)
    values = np.array([0] + [structure["label"] for structure in plan["structures"]], np.uint8)
    labels = values[p.argmax(dim=1).numpy()].transpose(2, 1, 0)
    result = nibabel.Nifti1Image(labels, image.affine, image.header)
    result.set_data_dtype(np.uint8)
    nibabel.save(result, output)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), int(sys.argv[4]) if len(sys.argv) > 4 else 2)
