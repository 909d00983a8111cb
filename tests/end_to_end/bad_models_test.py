"""Models and machines that cannot be served. The program says what is wrong, by name, and what can be served is served.

    run.sh BUILD_DIR bad_models_test.py
"""

import socket
import unittest

import numpy as np
import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException

import harness

GOOD = harness.BUNDLED / "lenet5" / "1" / "model.onnx"
NO_VULKAN_DRIVER = {"VK_DRIVER_FILES": "/nonexistent/driver.json", "VK_ICD_FILENAMES": "/nonexistent/driver.json"}


def read_model():
    return harness.MESSAGES["onnx.ModelProto"].FromString(GOOD.read_bytes())


def truncated():
    content = GOOD.read_bytes()
    return content[:len(content) // 2]


def with_unknown_operator():
    """(bytes, name of the node) of the network with its second node turned into an operator of ours."""
    model = read_model()
    node = model.graph.node[1]
    node.op_type = "Telepathy"
    node.name = node.name or "mind_reader"
    return model.SerializeToString(), node.name


def with_missing_weights():
    """The network with its first weights in a file that is not there."""
    model = read_model()
    weights = model.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.ClearField("float_data")
    weights.data_location = weights.EXTERNAL
    weights.external_data.add(key="location", value="weights.bin")
    return model.SerializeToString()


def with_escaping_weights():
    """The network with its first weights outside of its folder."""
    model = read_model()
    weights = model.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.ClearField("float_data")
    weights.data_location = weights.EXTERNAL
    weights.external_data.add(key="location", value="../../../../../../../etc/passwd")
    return model.SerializeToString()


def answers(url, model):
    with grpcclient.InferenceServerClient(url) as client:
        name = client.get_model_metadata(model).inputs[0].name
        tensor = grpcclient.InferInput(name, [1, 1, 28, 28], "FP32")
        tensor.set_data_from_numpy(np.zeros((1, 1, 28, 28), np.float32))
        return client.infer(model, [tensor]).get_response().model_name == model


class BadModelsTest(unittest.TestCase):
    def check_broken_model(self, content, patterns, config=None):
        """With --exit-on-error=false the good model serves beside it; without, the program ends with code 1. Both name what is
        wrong."""
        with harness.Repository() as repository:
            repository.add_bundled("lenet5")
            repository.add_bytes("broken", content, config)
            with harness.Server([repository.path], flags=["--exit-on-error=false", "--strict-readiness=false"]) as server:
                self.check_log(server.log, ["broken", *patterns])
                self.assertTrue(answers(server.url, "lenet5"))
                with grpcclient.InferenceServerClient(server.url) as client:
                    self.assertFalse(client.is_model_ready("broken"))
                    self.assertTrue(client.is_model_ready("lenet5"))
                with self.assertRaises(InferenceServerException) as caught:
                    answers(server.url, "broken")
                self.assertEqual(caught.exception.status(), "StatusCode.NOT_FOUND")
                self.assertIn("broken", caught.exception.message())
                self.assertTrue(answers(server.url, "lenet5"))
            self.check_refusal(harness.Server([repository.path]), ["broken", *patterns])

    def check_refusal(self, server, patterns):
        self.assertEqual(server.wait_exit(), 1, server.log)
        self.check_log(server.log, patterns)

    def check_log(self, log, patterns):
        for pattern in patterns:
            self.assertRegex(log, pattern)

    def test_truncated_onnx(self):
        self.check_broken_model(truncated(), ["(?i)onnx"])

    def test_empty_and_foreign_files(self):
        self.check_broken_model(b"", ["(?i)onnx|empty"])
        self.check_broken_model(b"\x89PNG\r\n\x1a\n" * 100, ["(?i)onnx"])

    def test_unsupported_operator(self):
        content, node = with_unknown_operator()
        self.check_broken_model(content, ["Telepathy", node])

    def test_missing_weights(self):
        self.check_broken_model(with_missing_weights(), [r"weights\.bin"])

    def test_weights_outside_of_the_model(self):
        self.check_broken_model(with_escaping_weights(), ["passwd"])

    def test_config_that_does_not_parse_or_fit(self):
        good = GOOD.read_bytes()
        self.check_broken_model(good, ["config.pbtxt"], config="max_batch_size: many")
        self.check_broken_model(good, ["nosuch"], config='max_batch_size: 8 input [ { name: "nosuch" data_type: TYPE_FP32 dims: [ 1 ] } ]')

    def test_nothing_to_serve(self):
        self.check_refusal(harness.Server(["/nonexistent/models"]), ["/nonexistent/models"])
        with harness.Repository() as repository:
            repository.add_bytes("broken", truncated())
            self.check_refusal(harness.Server([repository.path], flags=["--exit-on-error=false"]), ["broken"])

    def test_port_in_use(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            self.check_refusal(harness.Server([harness.BUNDLED], port=port), [str(port)])
        with harness.Server([harness.BUNDLED]) as server:
            self.check_refusal(harness.Server([harness.BUNDLED], port=server.port), [str(server.port)])
            self.assertTrue(answers(server.url, "lenet5"))

    def test_no_vulkan_driver(self):
        for device in ("vulkan", "vulkan:0", "vulkan:geforce"):
            self.check_refusal(harness.Server([harness.BUNDLED], device=device, env=NO_VULKAN_DRIVER), [r"(?i)vulkan", r"--device cpu"])
        with harness.Server([harness.BUNDLED], device="auto", env=NO_VULKAN_DRIVER) as server:
            self.assertTrue(answers(server.url, "lenet5"))

    def test_unknown_device(self):
        self.check_refusal(harness.Server([harness.BUNDLED], device="toaster"), ["toaster", "vulkan"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
