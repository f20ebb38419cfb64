"""The padded U-Net as an ONNX model, 2D or 3D: logits and class probabilities."""

import onnx
from onnx import TensorProto, helper, numpy_helper


def build(weights: dict, network: dict, shape: tuple, depth: int = 4) -> bytes:
    """A model for inputs "x" of exactly this shape (N, C, (D,) H, W), as the engines fold and tune by shape."""
    rank = len(shape) - 2
    kernels = network.get("kernels", [[3] * rank] * (depth + 1))
    poolings = network.get("poolings", [[2] * rank] * depth)
    nodes = []

    def add(kind: str, inputs: list, output: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def block(x: str, name: str, kernel: list) -> str:
        pads = [side // 2 for side in kernel] * 2
        for part in (f"{name}.first", f"{name}.second"):
            conv = [x, f"{part}.conv.weight", f"{part}.conv.bias"]
            x = add("Conv", conv, f"{part}.conv", kernel_shape=kernel, pads=pads)
            norm = [f"{part}.norm.{key}" for key in ("weight", "bias", "running_mean", "running_var")]
            x = add("BatchNormalization", [x, *norm], f"{part}.norm", epsilon=1e-5)
            x = add("Relu", [x], part)
        return x

    x, skips = "x", []
    for level in range(depth):
        x = block(x, f"encoders.{level}.block", kernels[level])
        skips.append(x)
        x = add("MaxPool", [x], f"encoders.{level}.pool", kernel_shape=poolings[level], strides=poolings[level])
    x = block(x, "bridge", kernels[depth])
    for level in range(depth):
        factors = poolings[depth - 1 - level]
        up = [x, f"decoders.{level}.up.weight", f"decoders.{level}.up.bias"]
        x = add("ConvTranspose", up, f"decoders.{level}.up", kernel_shape=factors, strides=factors)
        x = add("Concat", [x, skips.pop()], f"decoders.{level}.concat", axis=1)
        x = block(x, f"decoders.{level}.block", kernels[depth - 1 - level])
    x = add("Conv", [x, "head.weight", "head.bias"], "logits", kernel_shape=[1] * rank)
    add("Softmax", [x], "probabilities", axis=1)

    outputs = (shape[0], network["outputChannels"], *shape[2:])
    graph = helper.make_graph(
        nodes, f"unet-{network['filters']}",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, outputs) for name in ("logits", "probabilities")],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()
