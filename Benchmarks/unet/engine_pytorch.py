"""PyTorch: eager in either memory layout, and compiled."""

import worker

import torch
from torch.nn import functional as F

from unet import LOSSES, UNet

options = worker.options()
last = options["variant"] == "channels-last"
compiled = options["variant"] == "compile"
torch.set_num_threads(options["threads"])


def load(case, weights, x, target):
    torch._dynamo.reset() if compiled else None
    layouts = {4: torch.channels_last, 5: torch.channels_last_3d}
    layout = layouts[x.ndim] if last else torch.contiguous_format
    model = UNet(case["network"])
    model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()}, strict=False)
    model = model.to(memory_format=layout)
    x = torch.from_numpy(x).to(memory_format=layout)
    target = torch.from_numpy(target)
    return training(model, x, target) if case["task"] == "train" else prediction(model, x)


def training(model, x, target):
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=worker.LEARNING_RATE, weight_decay=worker.WEIGHT_DECAY, fused=True
    )

    def forward(x, target):
        logits = model(x)
        return logits, LOSSES["ce+dice"](logits, target)

    if compiled:
        forward = torch.compile(forward, dynamic=False)

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits, loss = forward(x, target)
        loss.backward()
        optimizer.step()
        loss.item()
        return logits, loss

    def outputs():
        logits, loss = step()
        after = {f"after.{name}": value for name, value in model.state_dict().items() if "num_batches" not in name}
        tensors = {"logits": logits, "loss": loss} | after
        return {name: value.detach().contiguous().numpy() for name, value in tensors.items()}

    return step, outputs


def prediction(model, x):
    model.eval()

    def forward(x):
        logits = model(x)
        return logits, F.softmax(logits, dim=1)

    if compiled:
        forward = torch.compile(forward, dynamic=False, options={"freezing": True})

    def work():
        # no_grad and not inference_mode, in which freezing does nothing.
        with torch.no_grad():
            return forward(x)

    return work, lambda: {"logits": work()[0].contiguous().numpy()}


worker.serve({"PyTorch": torch.__version__}, load)
