"""ONNX's nine "light" networks (AlexNet to DenseNet, as their frameworks exported them) served by the real program.

    run.sh BUILD_DIR light_test.py DEVICE

Their files hold no weights but nodes that make constant ones. Each is asked twice: as it is, against the published answer, and with seeded
random weights in place of those nodes, against ONNX Runtime's answer.
"""

import sys
import unittest

import numpy as np
import onnxruntime
import tritonclient.grpc as grpcclient

import harness

DEVICE = "cpu"
DATA = harness.testdata() / "light"
BOUND = 1e-4  # of the largest value of the expected answer; for the published answers, too
FLOAT, INT64 = 1, 7  # onnx.TensorProto.DataType


def random_weights(shape, generator):
    """He's initialisation, so that values neither grow nor vanish on their way; vectors (biases, scales, variances) stay near 1."""
    if len(shape) < 2:
        return generator.uniform(0.5, 1.5, shape).astype(np.float32)
    return (generator.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))).astype(np.float32)


def with_random_weights(messages, onnx):
    """The ONNX file with an initializer for each node that makes a constant filling."""
    model = messages["onnx.ModelProto"]()
    model.ParseFromString(onnx)
    shapes = {tensor.name: list(tensor.int64_data) or np.frombuffer(tensor.raw_data, np.int64).tolist()
              for tensor in model.graph.initializer if tensor.data_type == INT64}
    generator = np.random.default_rng(7)
    kept = []
    for node in model.graph.node:
        if node.op_type != "ConstantOfShape":
            kept.append(node)
            continue
        shape = shapes[node.input[0]]
        tensor = model.graph.initializer.add(name=node.output[0], data_type=FLOAT, dims=shape)
        tensor.raw_data = random_weights(shape, generator).tobytes()
    if kept[-1].op_type == "Softmax":  # it would turn random scores into a 1 and zeros
        softmax = kept.pop()
        kept[-1].output[0] = softmax.output[0]
    nodes = [messages["onnx.NodeProto"].FromString(node.SerializeToString()) for node in kept]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model.SerializeToString()


def dummy_image():
    """The input of the published answers."""
    count = 3 * 224 * 224
    return (np.arange(count) / count).astype(np.float32).reshape(1, 3, 224, 224)


class LightTest(unittest.TestCase):
    def ask(self, name, onnx, image):
        oracle = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        declared = next(value for value in oracle.get_inputs() if value.shape == list(image.shape))
        output = oracle.get_outputs()[0].name
        with harness.Repository() as repository:
            repository.add_bytes(name, onnx)
            with harness.Server([repository.path], DEVICE) as server, grpcclient.InferenceServerClient(server.url) as client:
                request = grpcclient.InferInput(declared.name, list(image.shape), "FP32")
                request.set_data_from_numpy(image)
                got = client.infer(name, [request], client_timeout=600).as_numpy(output)
        return got, lambda: oracle.run([output], {declared.name: image})[0]

    def compare(self, name, what, got, wanted):
        self.assertEqual(got.shape, wanted.shape)
        worst = float(np.abs(got.astype(np.float64) - wanted).max() / np.abs(wanted).max())
        print(f"{DEVICE:8} {name:16} {what:24} worst error {worst:.1e}, largest value {np.abs(wanted).max():.3g}", flush=True)
        self.assertTrue(worst <= BOUND, f"{worst} > {BOUND}")

    def test_published_answers(self):
        for path in sorted(DATA.glob("light_*.onnx")):
            name = path.stem.removeprefix("light_")
            with self.subTest(name):
                got, _ = self.ask(name, path.read_bytes(), dummy_image())
                self.compare(name, "published answer", got, harness.read_tensor(DATA / f"{path.stem}_output_0.pb"))

    def test_random_weights(self):
        messages = harness.Messages()
        image = np.random.default_rng(3).standard_normal((1, 3, 224, 224), np.float32)
        for path in sorted(DATA.glob("light_*.onnx")):
            name = path.stem.removeprefix("light_")
            with self.subTest(name):
                got, answer = self.ask(name, with_random_weights(messages, path.read_bytes()), image)
                self.compare(name, "random weights", got, answer())


if __name__ == "__main__":
    DEVICE = sys.argv.pop(1)
    if not DATA.is_dir():
        harness.skip(f"{DATA} is absent")
    unittest.main(verbosity=2)
