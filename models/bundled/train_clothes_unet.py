"""Trains clothes_unet/1/model.onnx: a U-Net (Ronneberger, Fischer, Brox, "U-Net: convolutional networks for
biomedical image segmentation", MICCAI 2015) that says of every pixel of a scene (scenes.py) what it shows.

    scripts/install_packages.sh train
    /usr/bin/python3 models/bundled/train_clothes_unet.py

The paper's way down and up, smaller: two 3x3 convolutions a level, max pooling between the levels, up-convolutions
2x2 at stride 2 on the way back, and the channels of the way down beside theirs. Zero padding keeps the size and
batch normalisation follows each 3x3 convolution. Nothing depends on the picture's size, so most of the training is
done on scenes smaller than those that are served. Seeded and on one thread, so the same PyTorch on the same kind of
CPU gives the same weights. It goes on from its last checkpoint when it is started again.
"""

import sys

sys.dont_write_bytecode = True  # this folder is a model repository: keep __pycache__ out of it

import argparse
import math
import pathlib
import time
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import fashion
import onnx_file
import scenes

SEED = 2015
CHANNELS = (8, 16, 32, 64)  # of each level, from the full size down
BATCH = 16
LEARNING_RATE = 4e-3  # Adam's
WARM_UP = 100
MEAN, STD = 0.5, 0.25  # config.pbtxt says the same
TEST_SCENES, VALIDATION_SCENES, SCORE_SEED = 1000, 500, 31
CHECKPOINT_STEPS = 50
FOLDER = pathlib.Path(__file__).resolve().parent / "clothes_unet"


class Stage(NamedTuple):
    """Scenes made for it alone, in each epoch mirrored anew. The rate rises for WARM_UP steps to `peak` times
    LEARNING_RATE, then falls to zero along half a cosine."""

    kind: scenes.Kind
    scenes: int
    epochs: int
    peak: float

    @property
    def steps(self):
        return self.epochs * (self.scenes // BATCH)


# Small and crowded items first, then large ones, then on larger scenes, at last scenes like those that are served.
STAGES = (Stage(scenes.Kind(64, 3, 1.0, 0.25), 4096, 8, 1.0),
          Stage(scenes.Kind(64, 2, 1.3, 0.25), 4096, 8, 1.0),
          Stage(scenes.Kind(96, 4, 1.3, 0.25), 2048, 5, 0.5),
          Stage(scenes.SERVED, 4096, 3, 0.5))


def two_convolutions(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.down = nn.ModuleList(two_convolutions(*pair) for pair in zip((3, *channels), channels))
        self.raise_ = nn.ModuleList(nn.ConvTranspose2d(deep, flat, 2, 2) for flat, deep in zip(channels, channels[1:]))
        self.up = nn.ModuleList(two_convolutions(2 * flat, flat) for flat in channels[:-1])
        self.classes = nn.Conv2d(channels[0], len(scenes.CLASSES), 1)

    def forward(self, x):
        """Logits [n, classes, h, w] of x [n, 3, h, w]; h and w are multiples of 2 to the levels less one."""
        beside = []
        for level in self.down[:-1]:
            beside.append(level(x))
            x = functional.max_pool2d(beside[-1], 2)
        x = self.down[-1](x)
        for raise_, up in zip(reversed(self.raise_), reversed(self.up)):
            x = up(torch.cat([beside.pop(), raise_(x)], 1))
        return self.classes(x)


def tensors(pictures, classes):
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(torch.float32).div_(255).sub_(MEAN).div_(STD)
    return x.contiguous(), torch.from_numpy(classes).to(torch.int64)


def loss(logits, wanted):
    """Cross-entropy, and what is missing to a Dice coefficient of 1 for each class (Milletari et al. 2016): the
    second counts small classes as much as large ones."""
    found = logits.softmax(1)
    truth = functional.one_hot(wanted, len(scenes.CLASSES)).permute(0, 3, 1, 2)
    both, either = (found * truth).sum((0, 2, 3)), (found + truth).sum((0, 2, 3))
    return functional.cross_entropy(logits, wanted) + (1 - 2 * both / (either + 1)).mean()


def rate(step):
    """The share of LEARNING_RATE at `step` of the whole training."""
    for stage in STAGES:
        if step < stage.steps:
            break
        step -= stage.steps
    if step < WARM_UP:
        return stage.peak * (step + 1) / WARM_UP
    return stage.peak * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (stage.steps - WARM_UP)))


class Training:
    """The network and all that a checkpoint holds."""

    def __init__(self, checkpoint):
        torch.manual_seed(SEED)
        self.network = UNet(CHANNELS)
        self.optimizer = torch.optim.Adam(self.network.parameters(), LEARNING_RATE)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, rate)
        self.step, self.checkpoint = 0, checkpoint
        if checkpoint.exists():
            state = torch.load(checkpoint)
            self.step = state["step"]
            for part in ("network", "optimizer", "schedule"):
                getattr(self, part).load_state_dict(state[part])

    def save(self):
        state = {part: getattr(self, part).state_dict() for part in ("network", "optimizer", "schedule")}
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.checkpoint.with_suffix(".part")
        torch.save({"step": self.step, **state}, fresh)
        fresh.replace(self.checkpoint)

    def learn(self, x, wanted):
        value = loss(self.network(x), wanted)
        self.optimizer.zero_grad()
        value.backward()
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return float(value)


def batch_of(data, epoch, place):
    """Batch `place` of an epoch, counted through all stages: each has an order of its own, and mirrors half of the
    scenes."""
    x, wanted = data
    rng = np.random.default_rng((SEED, epoch))
    chosen = rng.permutation(len(x))[place * BATCH : (place + 1) * BATCH]
    mirrored = torch.from_numpy((rng.uniform(size=len(x)) < 0.5)[chosen])[:, None, None]
    x, wanted = x[chosen], wanted[chosen]
    return torch.where(mirrored[..., None], x.flip(3), x), torch.where(mirrored, wanted.flip(2), wanted)


def train_stage(training, number, wardrobe):
    """What is left of it to do."""
    stage = STAGES[number]
    epochs_before = sum(other.epochs for other in STAGES[:number])
    first = sum(other.steps for other in STAGES[:number])
    if training.step >= first + stage.steps:
        return
    rng = np.random.default_rng(SEED + number)
    data = tensors(*scenes.scenes(rng, wardrobe, stage.scenes, stage.kind))
    start, losses = time.process_time(), []
    while training.step < first + stage.steps:
        epoch, place = divmod(training.step - first, stage.scenes // BATCH)
        losses.append(training.learn(*batch_of(data, epochs_before + epoch, place)))
        if training.step % CHECKPOINT_STEPS == 0 or training.step == first + stage.steps:
            training.save()
            print(f"stage {number + 1}, step {training.step - first}/{stage.steps}: loss {np.mean(losses):.4f}, "
                  f"{time.process_time() - start:.0f} s of CPU", flush=True)
            losses = []


def intersection_over_union(network, x, wanted):
    """Of each class, over all pixels of all scenes."""
    count = len(scenes.CLASSES)
    table = torch.zeros(count * count, dtype=torch.int64)  # pixels by (right class, found class)
    with torch.no_grad():
        for part, right in zip(x.split(BATCH), wanted.split(BATCH)):
            table += torch.bincount((right * count + network(part).argmax(1)).flatten(), minlength=count * count)
    table = table.view(count, count)
    return (table.diag() / (table.sum(0) + table.sum(1) - table.diag())).tolist()


def report(network, images, labels, count, name):
    rng = np.random.default_rng(SCORE_SEED)
    made = scenes.scenes(rng, scenes.Wardrobe(images, labels), count, scenes.SERVED)
    shares = intersection_over_union(network, *tensors(*made))
    by_class = ", ".join(f"{name} {share:.3f}" for name, share in zip(scenes.CLASSES, shares))
    print(f"{count} {name} scenes: mean IoU {np.mean(shares):.4f} ({by_class})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=pathlib.Path, default=FOLDER / "1" / "model.onnx")
    parser.add_argument("--checkpoint", type=pathlib.Path, default=pathlib.Path("build/train/clothes_unet.pt"))
    parser.add_argument("--trial", action="store_true", help="stop after the validation scenes")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    training, validation = fashion.split(*fashion.load("train"))
    wardrobe = scenes.Wardrobe(*training)
    state = Training(arguments.checkpoint)
    for number in range(len(STAGES)):
        train_stage(state, number, wardrobe)
    network = state.network.eval()
    print(f"parameters: {sum(value.numel() for value in network.parameters()):,}")
    report(network, *validation, VALIDATION_SCENES, "validation")
    if arguments.trial:
        return
    example = torch.zeros(2, 3, scenes.SERVED.size, scenes.SERVED.size)
    onnx_file.save(nn.Sequential(network, nn.Softmax(1)), example, "probabilities", arguments.output,
                   open_axes={2: "height", 3: "width"})
    report(network, *fashion.load("t10k"), TEST_SCENES, "test")


if __name__ == "__main__":
    main()
