"""ONNX Runtime on the CPU."""

import worker

import onnxruntime

import onnx_graph

options = worker.options()


def load(case, weights, x, target):
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = options["threads"]
    session.inter_op_num_threads = 1
    session.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session.add_session_config_entry("session.intra_op.allow_spinning", "1" if options["spin"] else "0")
    model = onnx_graph.build(weights, case["network"], x.shape)
    network = onnxruntime.InferenceSession(model, session, providers=["CPUExecutionProvider"])

    def work():
        return network.run(["logits", "probabilities"], {"x": x})

    return work, lambda: {"logits": work()[0]}


worker.serve({"ONNX Runtime": onnxruntime.__version__}, load)
