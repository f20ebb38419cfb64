"""The padded U-Net as an ONNX model: logits and class probabilities."""

import onnx
from onnx import TensorProto, helper, numpy_helper


def build(weights: dict, filters: int, classes: int, shape: tuple, depth: int = 4) -> bytes:
    """A model for inputs "x" of exactly this shape (N, C, H, W), as the engines fold and tune by shape."""
    nodes = []

    def add(kind: str, inputs: list, output: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def block(x: str, name: str) -> str:
        for part in (f"{name}.first", f"{name}.second"):
            conv = [x, f"{part}.conv.weight", f"{part}.conv.bias"]
            x = add("Conv", conv, f"{part}.conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            norm = [f"{part}.norm.{key}" for key in ("weight", "bias", "running_mean", "running_var")]
            x = add("BatchNormalization", [x, *norm], f"{part}.norm", epsilon=1e-5)
            x = add("Relu", [x], part)
        return x

    x, skips = "x", []
    for level in range(depth):
        x = block(x, f"encoders.{level}.block")
        skips.append(x)
        x = add("MaxPool", [x], f"encoders.{level}.pool", kernel_shape=[2, 2], strides=[2, 2])
    x = block(x, "bridge")
    for level in range(depth):
        up = [x, f"decoders.{level}.up.weight", f"decoders.{level}.up.bias"]
        x = add("ConvTranspose", up, f"decoders.{level}.up", kernel_shape=[2, 2], strides=[2, 2])
        x = add("Concat", [x, skips.pop()], f"decoders.{level}.concat", axis=1)
        x = block(x, f"decoders.{level}.block")
    x = add("Conv", [x, "head.weight", "head.bias"], "logits", kernel_shape=[1, 1])
    add("Softmax", [x], "probabilities", axis=1)

    outputs = (shape[0], classes, *shape[2:])
    graph = helper.make_graph(
        nodes, f"unet-{filters}",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, outputs) for name in ("logits", "probabilities")],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()
