"""What is timed: a task, a network and a batch."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    task: str  # "train" or "predict"
    filters: int
    size: tuple[int, ...]  # height and width, in 3D depth before them
    batch: int
    name: str = ""  # what the batch is, where it is not just a batch
    issue: bool = False  # has a target of its own
    long: bool = False  # only where it is asked for

    classes = 4

    @property
    def id(self) -> str:
        batch = self.name.split()[0] if self.name else f"b{self.batch}"
        size = f"3d-{self.size[-1]}" if self.is_volume else self.size[0]
        return f"{self.task}-F{self.filters}-{size}-{batch}"

    @property
    def is_volume(self) -> bool:
        return len(self.size) == 3

    @property
    def network(self) -> dict:
        """As plan.json has it. In 3D what follows from 10 mm slices and 1.5 mm pixels; `unet describe` prints it."""
        flat = {"outputChannels": self.classes, "filters": self.filters}
        if not self.is_volume:
            return flat
        return flat | {
            "dimensions": "3d", "poolings": [[1, 2, 2], [1, 2, 2], [2, 2, 2], [2, 2, 2]],
            "kernels": [[1, 3, 3], [1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]],
        }

    @property
    def title(self) -> str:
        size = "×".join(str(side) for side in self.size)
        return f"{self.task} F={self.filters} {size} " + (self.name or f"batch {self.batch}")


def all_cases() -> list[Case]:
    targets = {
        "train-F16-256-b4", "train-F32-256-b4", "train-F16-224-b8",
        "predict-F16-256-b1", "predict-F32-256-b1", "predict-F64-256-b1", "train-F16-3d-192-b1", "predict-F16-3d-192-b1",
    }
    cases = []
    for filters in (16, 32, 64):
        for side in (224, 256):
            batches = [1, 4] + ([8] if (filters, side) == (16, 224) else [])
            cases += [Case("train", filters, (side, side), batch) for batch in batches]
    cases += [Case("predict", filters, (256, 256), batch) for filters in (16, 32, 64) for batch in (1, 4)]
    # An ACDC volume of 216×256 pixels at 1.5 mm, its sides padded to multiples of 16, in one batch.
    cases += [Case("predict", 16, (224, 256), 10, name="volume of 10 slices")]
    cases += [Case(task, filters, (16, 192, 192), 1) for filters in (16, 32) for task in ("train", "predict")]
    long = {"train-F32-3d-192-b1", "train-F64-224-b1", "train-F64-224-b4", "train-F64-256-b4", "predict-F64-256-b4"}
    return [dataclasses.replace(case, issue=case.id in targets, long=case.id in long) for case in cases]
