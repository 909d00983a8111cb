"""Trains lenet5/1/model.onnx: LeNet-5 (LeCun et al., "Gradient-based learning applied to document
recognition", Proc. IEEE 1998) on 8,000 handwritten digits, by numpy alone.

    python -m venv build/train && build/train/bin/pip install -r models/bundled/requirements.txt
    build/train/bin/python models/bundled/train_lenet5.py --data build/train

Where it differs from the paper: ReLU for tanh, max for average pooling, every second-stage map sees
all six first-stage maps, and Softmax for the RBF output. 61,706 parameters. Seeded and on one thread,
so the same numpy on the same kind of CPU gives the same weights; other CPUs sum in another order.
The held-out digits play no part in training; the settings below were compared on 1,500 of the training
digits.
"""

import os
import sys

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # read when numpy loads
sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import pathlib
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import digits

SEED = 1998
EPOCHS = 60
BATCH = 32
LEARNING_RATE = 1.5e-3  # Adam's, falling to zero along half a cosine
WEIGHT_DECAY = 1e-4
LABEL_SMOOTHING = 0.05  # of the probability goes to all classes alike (Szegedy et al. 2016)
ELASTIC_PIXELS = 1.5  # standard deviation of the bending at the five by five points, before smoothing
FOLDER = pathlib.Path(__file__).resolve().parent / "lenet5"

# Layer name -> (filters or units, inputs, kernel extent), in the order of the forward pass.
LAYERS = {
    "conv1": (6, 1, 5),
    "conv2": (16, 6, 5),
    "fc1": (120, 400, None),
    "fc2": (84, 120, None),
    "fc3": (10, 84, None),
}


def initial_weights(rng):
    """He's normal initialisation, zero biases."""
    weights = {}
    for name, (outputs, inputs, kernel) in LAYERS.items():
        shape = (outputs, inputs) if kernel is None else (outputs, inputs, kernel, kernel)
        deviation = np.sqrt(2 / np.prod(shape[1:]))
        weights[name + ".weight"] = (rng.standard_normal(shape) * deviation).astype(np.float32)
        weights[name + ".bias"] = np.zeros(outputs, np.float32)
    return weights


def columns(x, kernel):
    """[n, c, h, w] -> [n * oh * ow, c * kernel * kernel]: the patch under each output pixel, as a row."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
    n, c, oh, ow = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * oh * ow, c * kernel * kernel)


def conv(x, weight, bias, pad):
    """Returns the output and what conv_gradient needs."""
    kernel = weight.shape[2]
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    patches = columns(x, kernel)
    extent = x.shape[2] - kernel + 1
    y = patches @ weight.reshape(len(weight), -1).T + bias
    return y.reshape(len(x), extent, extent, -1).transpose(0, 3, 1, 2), (patches, weight, pad)


def conv_gradient(dy, saved, need_input):
    patches, weight, pad = saved
    rows = dy.transpose(0, 2, 3, 1).reshape(-1, len(weight))
    dweight = (rows.T @ patches).reshape(weight.shape)
    dx = None
    if need_input:  # the full correlation of dy with the turned kernel
        full = weight.shape[2] - 1 - pad
        turned = weight.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
        dx, _ = conv(dy, turned, 0, full)
    return dx, dweight, rows.sum(0)


def max_pool(x):
    """2x2, stride 2. Also returns which input won, as a mask of x's shape."""
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
    y = blocks.max((3, 5))
    winner = blocks == y[:, :, :, None, :, None]
    return y, winner / winner.sum((3, 5), keepdims=True, dtype=np.float32)


def max_pool_gradient(dy, winner):
    n, c, h, _, w, _ = winner.shape
    return (winner * dy[:, :, :, None, :, None]).reshape(n, c, 2 * h, 2 * w)


def forward(weights, x):
    """Logits, and the intermediate values in the order in which backward takes them off."""
    saved = []
    for name, pad in (("conv1", 2), ("conv2", 0)):
        x, conv_saved = conv(x, weights[name + ".weight"], weights[name + ".bias"], pad)
        positive = x > 0
        x, winner = max_pool(x * positive)
        saved.append((name, conv_saved, positive, winner))
    shape = x.shape
    x = x.reshape(len(x), -1)
    for name in ("fc1", "fc2", "fc3"):
        saved.append((name, x))
        x = x @ weights[name + ".weight"].T + weights[name + ".bias"]
        if name != "fc3":
            x = np.maximum(x, 0)
    return x, (saved, shape)


def backward(weights, dx, state):
    """Gradients of all weights, from that of the logits and what forward saved."""
    saved, shape = state
    gradients = {}
    for name, x in reversed(saved[2:]):
        gradients[name + ".weight"] = dx.T @ x
        gradients[name + ".bias"] = dx.sum(0)
        dx = dx @ weights[name + ".weight"]
        if name != "fc1":
            dx = dx * (x > 0)
    dx = dx.reshape(shape)
    for name, conv_saved, positive, winner in reversed(saved[:2]):
        dx = max_pool_gradient(dx, winner) * positive
        dx, dweight, dbias = conv_gradient(dx, conv_saved, need_input=name != "conv1")
        gradients[name + ".weight"], gradients[name + ".bias"] = dweight, dbias
    return gradients


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def elastic_basis():
    """[28, 5]: spreads the values of five points over 28 pixels by normalised Gaussians."""
    points = np.linspace(0, digits.SIZE - 1, 5)
    weights = np.exp(-0.5 * ((np.arange(digits.SIZE)[:, None] - points) / 4.5) ** 2)
    return weights / weights.sum(1, keepdims=True)


def augment(images, rng):
    """Each float32 digit turned by up to 15 degrees, sheared, scaled by up to 15 %, shifted by up to 2
    pixels and bent by a smooth random field (Simard et al. 2003), sampled bilinearly; outside is 0."""
    n, size = len(images), digits.SIZE
    angle = rng.uniform(-np.pi / 12, np.pi / 12, n)
    shear = rng.uniform(-0.2, 0.2, n)
    scale = rng.uniform(0.85, 1.15, (n, 2))
    shift = rng.uniform(-2, 2, (n, 2))
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size), indexing="ij"), -1) - (size - 1) / 2
    turn = np.stack([np.stack([np.cos(angle), shear - np.sin(angle)], -1),
                     np.stack([np.sin(angle), np.cos(angle)], -1)], -2) * scale[:, None, :]
    source = np.einsum("hwk,njk->nhwj", grid, turn) + (size - 1) / 2 + shift[:, None, None, :]
    bend = rng.standard_normal((n, 5, 5, 2)) * ELASTIC_PIXELS
    basis = elastic_basis()
    source += np.einsum("hi,nijk,wj->nhwk", basis, bend, basis, optimize=True)
    return sample(images, source)


def sample(images, source):
    """images [n, h, w] read bilinearly at the (row, column) positions source [n, h, w, 2]; outside is 0."""
    source = np.clip(source, -1, digits.SIZE)
    corner = np.floor(source).astype(np.int64)
    fraction = (source - corner).astype(np.float32)
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    row, column = corner[..., 0] + 1, corner[..., 1] + 1
    index = np.arange(len(images))[:, None, None]
    fy, fx = fraction[..., 0], fraction[..., 1]
    top = padded[index, row, column] * (1 - fx) + padded[index, row, column + 1] * fx
    bottom = padded[index, row + 1, column] * (1 - fx) + padded[index, row + 1, column + 1] * fx
    return top * (1 - fy) + bottom * fy


class Adam:
    """Kingma & Ba 2015, with decoupled weight decay on the weights but not the biases."""

    def __init__(self, weights):
        self.mean = {name: np.zeros_like(value) for name, value in weights.items()}
        self.square = {name: np.zeros_like(value) for name, value in weights.items()}
        self.step = 0

    def update(self, weights, gradients, rate):
        self.step += 1
        for name, gradient in gradients.items():
            self.mean[name] += 0.1 * (gradient - self.mean[name])
            self.square[name] += 0.001 * (gradient * gradient - self.square[name])
            mean = self.mean[name] / (1 - 0.9**self.step)
            square = self.square[name] / (1 - 0.999**self.step)
            decay = WEIGHT_DECAY if name.endswith("weight") else 0.0
            weights[name] -= np.float32(rate) * (mean / (np.sqrt(square) + 1e-8) + np.float32(decay) * weights[name])


def train(images, labels, epochs):
    rng = np.random.default_rng(SEED)
    weights = initial_weights(rng)
    optimizer = Adam(weights)
    steps = len(images) // BATCH
    for epoch in range(epochs):
        start, losses = time.monotonic(), []
        order = rng.permutation(len(images))
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            x = augment(images[chosen], rng)[:, None]
            logits, state = forward(weights, x)
            probability = softmax(logits)
            losses.append(-np.log(probability[np.arange(BATCH), labels[chosen]] + 1e-12).mean())
            target = np.full(probability.shape, LABEL_SMOOTHING / 10, np.float32)
            target[np.arange(BATCH), labels[chosen]] += 1 - LABEL_SMOOTHING
            rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * (epoch * steps + step) / (epochs * steps)))
            optimizer.update(weights, backward(weights, (probability - target) / BATCH, state), rate)
        seconds = time.monotonic() - start
        print(f"epoch {epoch + 1:2d}/{epochs}: loss {np.mean(losses):.4f}, {seconds:.1f} s", flush=True)
    return weights


def accuracy(weights, images, labels):
    """Share of `images` classified right."""
    right = 0
    for start in range(0, len(images), 500):
        logits, _ = forward(weights, images[start : start + 500, None])
        right += int((logits.argmax(1) == labels[start : start + 500]).sum())
    return right / len(images)


def to_onnx(weights):
    """The network as an ONNX model: input "image" [batch, 1, 28, 28], output "probabilities" [batch, 10]."""
    nodes, value = [], "image"

    def add(op, name, inputs=(), output=None, **attributes):
        nonlocal value
        result = output or name
        nodes.append(helper.make_node(op, [value, *inputs], [result], name=name, **attributes))
        value = result

    for index, pad in ((1, 2), (2, 0)):
        name = f"conv{index}"
        add("Conv", name, (name + ".weight", name + ".bias"), kernel_shape=[5, 5], pads=[pad] * 4)
        add("Relu", f"relu{index}")
        add("MaxPool", f"pool{index}", kernel_shape=[2, 2], strides=[2, 2])
    add("Flatten", "flatten", axis=1)
    for index in (1, 2, 3):
        name = f"fc{index}"
        add("Gemm", name, (name + ".weight", name + ".bias"), transB=1)
        if index < 3:
            add("Relu", f"relu{index + 2}")
    add("Softmax", "softmax", output="probabilities", axis=1)

    graph = helper.make_graph(
        nodes, "lenet5",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, digits.SIZE, digits.SIZE])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 10])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()])
    model = helper.make_model(graph, producer_name="convoy", opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", default="build/train", help="where the digits' package is kept")
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER / "1" / "model.onnx")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()

    training, held_out = digits.split(*digits.load(digits.fetch(arguments.data)))
    scaled = [images.astype(np.float32) / np.float32(255) for images in (training[0], held_out[0])]
    weights = train(scaled[0], training[1], arguments.epochs)
    print(f"accuracy on the {len(scaled[0])} training digits: {accuracy(weights, scaled[0], training[1]):.2%}")
    print(f"accuracy on the {len(scaled[1])} held-out digits: {accuracy(weights, scaled[1], held_out[1]):.2%}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(to_onnx(weights), arguments.output)


if __name__ == "__main__":
    main()
