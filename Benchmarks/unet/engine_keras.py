"""Keras on TensorFlow, channels-last."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import worker

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

options = worker.options()
tf.config.threading.set_intra_op_parallelism_threads(options["threads"])
tf.config.threading.set_inter_op_parallelism_threads(1)


def network(filters: int, shape: tuple, classes: int, train: bool) -> keras.Model:
    def block(x, width, name):
        for part in (f"{name}.first", f"{name}.second"):
            x = layers.Conv2D(width, 3, padding="same", name=f"{part}.conv")(x)
            x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=f"{part}.norm")(x)
            x = layers.ReLU(name=part)(x)
        return x

    x = given = keras.Input(shape)
    skips = []
    for level in range(4):
        x = block(x, filters << level, f"encoders.{level}.block")
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = block(x, filters << 4, "bridge")
    for level in range(4):
        width = filters << (3 - level)
        x = layers.Conv2DTranspose(width, 2, strides=2, name=f"decoders.{level}.up")(x)
        x = block(layers.Concatenate()([x, skips.pop()]), width, f"decoders.{level}.block")
    logits = layers.Conv2D(classes, 1, name="head")(x)
    return keras.Model(given, logits if train else [logits, layers.Softmax()(logits)])


def variables(model: keras.Model):
    """Each variable with PyTorch's name for it and the axes that turn PyTorch's kernel into Keras's."""
    for layer in model.layers:
        if isinstance(layer, layers.Conv2DTranspose) or isinstance(layer, layers.Conv2D):
            # Kernels of both are O,I,H,W to H,W,I,O: Keras's transposed one keeps outputs before inputs, as
            # PyTorch's keeps inputs before outputs.
            yield f"{layer.name}.weight", layer.kernel, (2, 3, 1, 0)
            yield f"{layer.name}.bias", layer.bias, (0,)
        elif isinstance(layer, layers.BatchNormalization):
            named = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
            for ours, theirs in named.items():
                yield f"{layer.name}.{ours}", getattr(layer, theirs), (0,)


def loss(target, logits):
    labels = ops.one_hot(target, logits.shape[-1])
    cross_entropy = ops.mean(ops.categorical_crossentropy(labels, logits, from_logits=True))
    p, axes = ops.softmax(logits, axis=-1), (0, 1, 2)
    overlap, total = ops.sum(p * labels, axis=axes), ops.sum(p, axis=axes) + ops.sum(labels, axis=axes)
    return cross_entropy + 1 - ops.mean(((2 * overlap + 1) / (total + 1))[1:])


def load(case, weights, x, target):
    keras.backend.clear_session()
    train = case["task"] == "train"
    x = tf.constant(np.ascontiguousarray(np.moveaxis(x, 1, -1)))
    model = network(case["filters"], x.shape[1:], case["classes"], train)
    for name, variable, axes in variables(model):
        variable.assign(np.transpose(weights.pop(name), axes))
    assert not weights, f"left over: {sorted(weights)}"
    if not train:
        model.compile(jit_compile=options["jit"])

        def work():
            return model.predict_on_batch(x)

        return work, lambda: {"logits": first(work()[0])}

    optimizer = keras.optimizers.AdamW(worker.LEARNING_RATE, weight_decay=worker.WEIGHT_DECAY, epsilon=1e-8)
    model.compile(optimizer, loss, jit_compile=options["jit"])
    target = tf.constant(target)

    def step():
        return float(model.train_on_batch(x, target))

    def outputs():
        # One step: its loss, and the weights after it. Its logits stay inside.
        value = np.float32(step())
        back = {name: np.transpose(variable.numpy(), np.argsort(axes)) for name, variable, axes in variables(model)}
        return {"loss": value.reshape(())} | {f"after.{name}": np.ascontiguousarray(v) for name, v in back.items()}

    return step, outputs


def first(logits) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(np.asarray(logits), -1, 1))


worker.serve({"Keras": keras.__version__, "TensorFlow": tf.__version__}, load)
