"""Writes a PyTorch network as the ONNX file of a bundled model."""

import onnx
import torch

OPSET = 13


def save(network, example, output_name, path, open_axes=None):
    """Input "image", output `output_name`. Symbolic are the batch and the axes of `open_axes`, axis -> name;
    `example` gives the other extents. Batch normalisations stay nodes of their own."""
    axes = {0: "batch", **(open_axes or {})}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.eval(), example, path, opset_version=OPSET,
        # PRESERVE: EVAL would fold the batch normalisations into the convolutions.
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["image"], output_names=[output_name],
        dynamic_axes={"image": axes, output_name: axes})
    onnx.checker.check_model(onnx.load(path), full_check=True)
