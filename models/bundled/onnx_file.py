"""Writes a PyTorch network as the ONNX file of a bundled model."""

import onnx
import torch

OPSET = 13


def save(network, example, output_name, path):
    """Input "image", output `output_name`, the batch symbolic; `example` gives the other extents. Batch
    normalisations stay nodes of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.eval(), example, path, opset_version=OPSET,
        # PRESERVE: EVAL would fold the batch normalisations into the convolutions.
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["image"], output_names=[output_name],
        dynamic_axes={"image": {0: "batch"}, output_name: {0: "batch"}})
    onnx.checker.check_model(onnx.load(path), full_check=True)
