"""Trains fashion_resnet/1/model.onnx: a residual network (He, Zhang, Ren, Sun, "Deep residual learning for
image recognition", CVPR 2016) for the ten classes of Fashion-MNIST.

    scripts/install_packages.sh train
    /usr/bin/python3 models/bundled/train_fashion_resnet.py

The paper's network for small images with one block a stage: a 3x3 convolution, then stages of 16, 32 and
64 channels, projections where the shape changes, global average pooling. Seeded and on one thread, so the
same PyTorch on the same kind of CPU gives the same weights. The batch normalisations stay nodes of their
own in the file: folding them is the server's work.
"""

import sys

sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import math
import pathlib
import time

import torch
from torch import nn
from torch.nn import functional

import fashion
import onnx_file

SEED = 2016
EPOCHS = 20
BATCH = 128
LEARNING_RATE = 0.1  # SGD's with Nesterov momentum, rising for one epoch, then falling to zero along half a cosine
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.05  # of the probability goes to all classes alike (Szegedy et al. 2016)
SHIFT = 2  # pixels at most, either way
MEAN, STD = 0.2860, 0.3530  # of the training pixels / 255; config.pbtxt says the same
FOLDER = pathlib.Path(__file__).resolve().parent / "fashion_resnet"


def convolution(inputs, outputs, extent, stride):
    """A convolution without bias and its batch normalisation."""
    pad = extent // 2
    return nn.Sequential(nn.Conv2d(inputs, outputs, extent, stride, pad, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """relu(x + f(x)), f two 3x3 convolutions; x is projected where f changes its shape."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = convolution(outputs, outputs, 3, 1)
        self.skip = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.skip = convolution(inputs, outputs, 1, stride)

    def forward(self, x):
        return functional.relu(self.second(functional.relu(self.first(x))) + self.skip(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution(1, 16, 3, 1)
        self.stages = nn.Sequential(Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2))
        self.classes = nn.Linear(64, len(fashion.CLASSES))

    def forward(self, x):
        """Logits of x [n, 1, 28, 28]."""
        x = self.stages(functional.relu(self.stem(x)))
        return self.classes(functional.adaptive_avg_pool2d(x, 1).flatten(1))


def tensors(images, labels):
    x = torch.from_numpy(images.copy()).to(torch.float32).div_(255).sub_(MEAN).div_(STD)
    return x.unsqueeze(1), torch.from_numpy(labels)


def augment(x, generator):
    """Half of the images mirrored, each shifted by up to SHIFT pixels; what comes in is black."""
    mirrored = torch.rand(len(x), generator=generator) < 0.5
    x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
    padded = functional.pad(x, [SHIFT] * 4, value=-MEAN / STD)
    down, right = torch.randint(0, 2 * SHIFT + 1, (2, len(x), 1), generator=generator)
    rows = (down + torch.arange(fashion.SIZE))[:, :, None]
    columns = (right + torch.arange(fashion.SIZE))[:, None, :]
    shifted = padded[torch.arange(len(x))[:, None, None], 0, rows, columns]
    return shifted.unsqueeze(1).to(memory_format=torch.channels_last)


def rate(step, steps, epochs):
    """The share of LEARNING_RATE at `step` of `steps`."""
    warm_up = steps // epochs
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))


def accuracy(network, x, labels):
    network.eval()
    with torch.no_grad():
        right = sum(int((network(part).argmax(1) == wanted).sum())
                    for part, wanted in zip(x.split(500), labels.split(500)))
    network.train()
    return right / len(x)


def train(training, validation, epochs):
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    network = ResNet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True)
    x, labels = training
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, epochs * steps, epochs))
    for epoch in range(epochs):
        start, losses = time.monotonic(), 0.0
        for chosen in torch.randperm(len(x), generator=generator)[: steps * BATCH].split(BATCH):
            logits = network(augment(x[chosen], generator))
            loss = functional.cross_entropy(logits, labels[chosen], label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses += float(loss)
        right = accuracy(network, *validation)
        print(f"epoch {epoch + 1:2d}/{epochs}: loss {losses / steps:.4f}, validation {right:.2%}, "
              f"{time.monotonic() - start:.0f} s", flush=True)
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER / "1" / "model.onnx")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    training, validation = (tensors(*part) for part in fashion.split(*fashion.load("train")))
    network = train(training, validation, arguments.epochs)
    print(f"parameters: {sum(value.numel() for value in network.parameters()):,}")
    onnx_file.save(nn.Sequential(network, nn.Softmax(1)), validation[0][:2], "probabilities", arguments.output)
    print(f"accuracy on the {len(validation[0]):,} validation images: {accuracy(network, *validation):.2%}")
    test = tensors(*fashion.load("t10k"))
    print(f"accuracy on the {len(test[0]):,} test images: {accuracy(network, *test):.2%}")


if __name__ == "__main__":
    main()
