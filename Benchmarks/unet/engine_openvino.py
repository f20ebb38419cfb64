"""OpenVINO on the CPU."""

import collections
import sys

import worker

import openvino

import onnx_graph

options = worker.options()
core = openvino.Core()
SETTINGS = {
    "INFERENCE_NUM_THREADS": options["threads"],
    "PERFORMANCE_HINT": "LATENCY",
    # float32 as everywhere, where OpenVINO would choose bfloat16 by itself.
    "INFERENCE_PRECISION_HINT": "f32",
}


def load(case, weights, x, target):
    model = core.read_model(onnx_graph.build(weights, case["network"], x.shape))
    network = core.compile_model(model, "CPU", SETTINGS)
    kinds = [node.get_rt_info()["primitiveType"].astype(str) for node in network.get_runtime_model().get_ops()]
    print(case["filters"], collections.Counter(kinds), file=sys.stderr)
    request = network.create_infer_request()

    def work():
        return request.infer({0: x}, share_inputs=True, share_outputs=True)

    return work, lambda: {"logits": work()["logits"].copy()}


worker.serve({"OpenVINO": openvino.__version__}, load)
