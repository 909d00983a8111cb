"""Trained models with known answers, served by the real program and asked through the stock tritonclient.

    run.sh BUILD_DIR models_test.py DEVICE
"""

import csv
import io
import struct
import sys
import unittest

import numpy as np
import onnxruntime
import tritonclient.grpc as grpcclient
from PIL import Image

import harness

DEVICE = "cpu"
DATA = harness.testdata()
MODELS = ["lenet-caffe", "mnist-8", "squeezenet1.1", "squeezenet-fp16", "resnet20-cifar10", "unet2d-nuclei", "super-resolution-x3"]
GOLDEN_BOUND = 1e-3  # of max(1, largest value of the golden)
PHOTOS = 10

SQUEEZENET_CONFIG = """
name: "squeezenet1.1"
max_batch_size: 8
output [ { name: "%s" data_type: TYPE_FP32 dims: [ 1000 ] label_filename: "labels.txt" } ]
parameters [
  { key: "image_size" value: { string_value: "224x224" } },
  { key: "image_resize" value: { string_value: "shorter_side:256" } },
  { key: "image_mean" value: { string_value: "0.485,0.456,0.406" } },
  { key: "image_std" value: { string_value: "0.229,0.224,0.225" } },
  { key: "classify_softmax" value: { string_value: "true" } }
]
"""

# FP16 from end to end, trained behind Caffe's input: BGR, the mean of ImageNet taken off, not scaled.
SQUEEZENET_FP16_CONFIG = """
name: "squeezenet-fp16"
output [ { name: "softmaxout_1" data_type: TYPE_FP16 dims: [ 1, 1000, 1, 1 ] label_filename: "labels.txt" } ]
parameters [
  { key: "image_resize" value: { string_value: "shorter_side:256" } },
  { key: "image_color" value: { string_value: "bgr" } },
  { key: "image_scale" value: { string_value: "1" } },
  { key: "image_mean" value: { string_value: "104,117,123" } }
]
"""


def model_file(name):
    return DATA / "models" / name / "model.onnx"


def oracle(name, inputs):
    session = onnxruntime.InferenceSession(str(model_file(name)), providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def squeezenet_output():
    return onnxruntime.InferenceSession(str(model_file("squeezenet1.1"))).get_outputs()[0].name


def read_digits():
    folder = DATA / "datasets" / "mnist500"
    images = (folder / "images-idx3-ubyte").read_bytes()
    labels = (folder / "labels-idx1-ubyte").read_bytes()
    count, height, width = struct.unpack(">3I", images[4:16])
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(count, 1, height, width)
    return pixels, np.frombuffer(labels, np.uint8, offset=8)


def read_photos():
    """(file, accepted class ids) of the photos with a single well-known object."""
    with open(DATA / "images" / "expected_imagenet.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[:PHOTOS]
    return [(DATA / "images" / row["file"], {int(id) for id in row["accepted_ids"].split(",")}) for row in rows]


def crop(path):
    """Shorter side to 256, centre crop of 224: the RGB pixels, 0 to 255."""
    image = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize([max(256, int(side * scale)) for side in image.size], Image.BILINEAR)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    return np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32)


def preprocess(path):
    """ImageNet mean and deviation: what squeezenet1.1 was trained behind."""
    pixels = (crop(path) / 255 - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    return pixels.transpose(2, 0, 1)[np.newaxis]


def preprocess_fp16(path):
    pixels = crop(path)[:, :, ::-1] - np.float32([104, 117, 123])
    return pixels.transpose(2, 0, 1)[np.newaxis].astype(np.float16)


class ModelsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.repository = cls.enterClassContext(harness.Repository())
        synset = (DATA / "labels" / "imagenet_synset.txt").read_text().splitlines()
        configs = {"squeezenet1.1": SQUEEZENET_CONFIG % squeezenet_output(), "squeezenet-fp16": SQUEEZENET_FP16_CONFIG}
        for name in MODELS:
            config = configs.get(name)
            cls.repository.add(name, DATA / "models" / name, config, synset if config else None)
        cls.server = cls.enterClassContext(harness.Server([cls.repository.path], DEVICE))
        cls.client = cls.enterClassContext(grpcclient.InferenceServerClient(cls.server.url))

    def infer(self, model, arrays):
        """Outputs by the order of the model's metadata, for inputs in that order."""
        metadata = self.client.get_model_metadata(model)
        inputs = []
        for declared, array in zip(metadata.inputs, arrays, strict=True):
            inputs.append(grpcclient.InferInput(declared.name, list(array.shape), declared.datatype))
            inputs[-1].set_data_from_numpy(array)
        result = self.client.infer(model, inputs, client_timeout=600)
        return [result.as_numpy(output.name) for output in metadata.outputs]

    def check_close(self, what, got, wanted):
        self.assertEqual(got.shape, wanted.shape, what)
        error = float(np.abs(got.astype(np.float64) - wanted).max()) / max(1.0, float(np.abs(wanted).max()))
        print(f"{DEVICE:8} {what:44} error {error:.1e}", flush=True)
        self.assertLessEqual(error, GOLDEN_BOUND, what)

    def check_goldens(self, model):
        sets = sorted((DATA / "models" / model).glob("test_data_set_*"))
        self.assertTrue(sets, model)
        for folder in sets:
            inputs = [harness.read_tensor(path) for path in sorted(folder.glob("input_*.pb"))]
            outputs = self.infer(model, inputs)
            for i, output in enumerate(outputs):
                self.check_close(f"{model} {folder.name} output {i}", output, harness.read_tensor(folder / f"output_{i}.pb"))

    def test_mnist_golden(self):
        self.check_goldens("mnist-8")

    def test_squeezenet_golden(self):
        self.check_goldens("squeezenet1.1")

    def test_resnet20_golden(self):
        self.check_goldens("resnet20-cifar10")

    def test_unet_golden(self):
        self.check_goldens("unet2d-nuclei")

    def test_super_resolution_golden(self):
        self.check_goldens("super-resolution-x3")

    def test_batches_equal_the_oracle(self):
        generator = np.random.default_rng(5)
        for model, shape in [("lenet-caffe", (1, 28, 28)), ("resnet20-cifar10", (3, 32, 32)), ("squeezenet1.1", (3, 224, 224))]:
            name = self.client.get_model_metadata(model).inputs[0].name
            for rows in (1, 3, 8):
                batch = generator.random((rows, *shape), np.float32)
                self.check_close(f"{model} random batch of {rows}", self.infer(model, [batch])[0], oracle(model, {name: batch})[0])

    def test_lenet_reads_digits(self):
        pixels, labels = read_digits()
        right = 0
        for first in range(0, len(labels), 8):
            batch = pixels[first:first + 8].astype(np.float32) / 255
            right += int((self.infer("lenet-caffe", [batch])[0].argmax(1) == labels[first:first + 8]).sum())
        print(f"{DEVICE:8} lenet-caffe names {right} of {len(labels)} digits", flush=True)
        self.assertGreaterEqual(right, 0.99 * len(labels))

    def test_squeezenet_names_photos_from_tensors(self):
        photos = read_photos()
        right = sum(int(self.infer("squeezenet1.1", [preprocess(path)])[0].argmax()) in accepted for path, accepted in photos)
        print(f"{DEVICE:8} squeezenet1.1 names {right} of {len(photos)} photos sent as tensors", flush=True)
        self.assertGreaterEqual(right, 9)

    def test_squeezenet_names_photos_from_files(self):
        photos = read_photos()
        response = harness.classify(self.server.url, [path.read_bytes() for path, _ in photos], "squeezenet1.1", top_k=5)
        self.assertEqual(len(response.results), len(photos))
        right = 0
        for (path, accepted), result in zip(photos, response.results):
            self.assertFalse(result.HasField("error"), result.error.message)
            self.assertEqual(len(result.classes), 5)
            self.assertRegex(result.classes[0].label, r"^n\d{8} ")
            self.assertGreaterEqual(result.classes[0].probability, result.classes[1].probability)
            logits = self.infer("squeezenet1.1", [preprocess(path)])[0][0].astype(np.float64)
            wanted = np.exp(logits - logits.max())[result.classes[0].index] / np.exp(logits - logits.max()).sum()
            # The picture is resized by two libraries: equal but for the rounding of single pixels.
            self.assertAlmostEqual(result.classes[0].probability, wanted, delta=0.05, msg=path.name)
            right += result.classes[0].index in accepted
        print(f"{DEVICE:8} squeezenet1.1 names {right} of {len(photos)} photos sent as files", flush=True)
        self.assertGreaterEqual(right, 9)

    def test_fp16_squeezenet_names_photos(self):
        photos = read_photos()
        response = harness.classify(self.server.url, [path.read_bytes() for path, _ in photos], "squeezenet-fp16", top_k=1)
        right = [0, 0]
        for (path, accepted), result in zip(photos, response.results, strict=True):
            self.assertFalse(result.HasField("error"), result.error.message)
            pixels = preprocess_fp16(path)
            output = self.infer("squeezenet-fp16", [pixels])[0]
            self.assertEqual(output.dtype, np.float16)
            # FP16 keeps three digits; onnxruntime rounds after every layer, Convoy once.
            self.assertLessEqual(np.abs(output - oracle("squeezenet-fp16", {"data_0": pixels})[0]).max(), 0.02, path.name)
            right[0] += int(output.argmax()) in accepted
            right[1] += result.classes[0].index in accepted
        print(f"{DEVICE:8} squeezenet-fp16 names {right[0]} of {len(photos)} photos sent as tensors, {right[1]} sent as files", flush=True)
        self.assertGreaterEqual(min(right), 9)


if __name__ == "__main__":
    if DATA is None:
        harness.skip("there is no test data: set CONVOY_TESTDATA to a folder that has models/")
    DEVICE = sys.argv.pop(1)
    unittest.main(verbosity=2)
