"""Clients and load tools as their users have them, unmodified, against the real program: image_client.py and its fellows of Triton's
client repository, perf_analyzer, grpcurl, grpc-health-probe, ghz; and the example repository of Triton. What cannot be
had is skipped by name.

    stock_clients.sh BUILD_DIR/stock-clients
    run.sh BUILD_DIR stock_clients_test.py
"""

import csv
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
import tritonclient.grpc as grpcclient
from PIL import Image
from tritonclient.grpc import model_config_pb2, service_pb2

import harness

TOOLS = pathlib.Path(harness.CONVOY).resolve().parent / "stock-clients"
DATA = harness.testdata()
LENET5 = harness.BUNDLED / "lenet5"
PHOTOS = ["airliner.jpeg", "bee.jpeg", "pelican.jpeg", "snail.jpeg", "zebra.jpeg"]
MOBILENET_CONFIG = """
name: "mobilenet"
platform: "onnxruntime_onnx"
max_batch_size: 4
input [ { name: "input" data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, 224, 224 ] } ]
output [ { name: "t173" data_type: TYPE_FP32 dims: [ 1001 ] label_filename: "labels.txt" } ]
"""


def call(*command, env=None, code=0):
    """What a program prints. It must end with the exit code."""
    done = subprocess.run([str(word) for word in command], env={**os.environ, **(env or {})}, timeout=100, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != code:
        raise AssertionError(f"{command} ended with code {done.returncode}, not {code}:\n{done.stdout}")
    return done.stdout


def wanted_classes():
    """Photo -> class of mobilenetv2, whose class 0 is the background."""
    with open(DATA / "images" / "expected_imagenet.tsv", newline="") as file:
        rows = {row["file"]: int(row["accepted_ids"]) + 1 for row in csv.DictReader(file, delimiter="\t") if row["file"] in PHOTOS}
    return [rows[photo] for photo in PHOTOS]


def go_tool(name):
    path = TOOLS / "go" / name
    if not path.exists():
        raise unittest.SkipTest(f"{name} is not installed")
    return path


class GoToolsTest(unittest.TestCase):
    """Without a .proto file: by reflection."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.Server([LENET5]))

    def test_grpcurl(self):
        grpcurl = [go_tool("grpcurl"), "-plaintext"]
        services = call(*grpcurl, self.server.url, "list").split()
        for service in ("inference.GRPCInferenceService", "convoy.v1.ClassifyService", "grpc.health.v1.Health"):
            self.assertIn(service, services)
        described = call(*grpcurl, self.server.url, "describe", "inference.GRPCInferenceService")
        self.assertIn("rpc ModelStreamInfer ( stream .inference.ModelInferRequest )", described)
        self.assertIn("bool live", call(*grpcurl, self.server.url, "describe", "inference.ServerLiveResponse"))
        self.assertEqual(json.loads(call(*grpcurl, self.server.url, "inference.GRPCInferenceService/ServerLive")), {"live": True})
        metadata = json.loads(call(*grpcurl, "-d", '{"name":"lenet5"}', self.server.url, "inference.GRPCInferenceService/ModelMetadata"))
        self.assertEqual(metadata["inputs"][0], {"name": "image", "datatype": "FP32", "shape": ["-1", "1", "28", "28"]})
        refused = call(*grpcurl, "-d", '{"name":"nosuch"}', self.server.url, "inference.GRPCInferenceService/ModelMetadata", code=64 + 5)
        self.assertIn("Code: NotFound", refused)

    def test_grpc_health_probe(self):
        probe = [go_tool("grpc-health-probe"), f"-addr={self.server.url}"]
        self.assertIn("status: SERVING", call(*probe))
        for service in ("inference.GRPCInferenceService", "convoy.v1.ClassifyService"):
            self.assertIn("status: SERVING", call(*probe, f"-service={service}"))
        self.assertIn("code = NotFound", call(*probe, "-service=nosuch", code=3))

    def test_ghz(self):
        request = service_pb2.ModelInferRequest(model_name="lenet5", raw_input_contents=[bytes(28 * 28 * 4)])
        request.inputs.add(name="image", datatype="FP32", shape=[1, 1, 28, 28])
        with tempfile.TemporaryDirectory() as folder:
            body = pathlib.Path(folder) / "request.bin"
            body.write_bytes(request.SerializeToString())
            report = json.loads(call(go_tool("ghz"), "--insecure", "--call", "inference.GRPCInferenceService.ModelInfer", "-B", body,
                                     "-n", "400", "-c", "8", "-O", "json", self.server.url))
        self.assertEqual(report["statusCodeDistribution"], {"OK": 400})


class PerfAnalyzerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        venv = TOOLS / "perf_analyzer"
        cls.program = venv / "bin" / "perf_analyzer"
        libraries = [*venv.glob("lib/python*/site-packages/nvidia/cuda_runtime/lib"), *TOOLS.glob("lib/usr/lib/*")]
        cls.env = {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
        try:
            call(cls.program, "--version", env=cls.env)
        except (OSError, AssertionError) as error:
            raise unittest.SkipTest(f"perf_analyzer does not run here: {error}") from None
        cls.metrics_port = harness.free_port()
        flags = ["--allow-client-shm=true", f"--metrics-port={cls.metrics_port}"]
        cls.server = cls.enterClassContext(harness.Server([LENET5], flags=flags))

    def analyze(self, *arguments, code=0):
        # Windows of 100 requests, and any spread is stable: it is the conversation that is tested, not the speed.
        return call(self.program, "-m", "lenet5", "-i", "grpc", "-u", self.server.url, "--measurement-mode", "count_windows",
                    "--measurement-request-count", "100", "-s", "999", *arguments, env=self.env, code=code)

    def check_counts(self, report, rows=1):
        """The server's statistics agree with what the client counted, but for the calls at a window's edges."""
        counted = [int(number) for number in re.findall(r"Request count: (\d+)", report)]
        succeeded = [int(number) for number in re.findall(r"Successful request count: (\d+)", report)]
        inferred = [int(number) for number in re.findall(r"Inference count: (\d+)", report)]
        self.assertEqual(len(counted), len(succeeded), report)
        for ours, theirs, inference in zip(counted, succeeded, inferred, strict=True):
            self.assertGreater(ours, 0)
            self.assertLessEqual(abs(ours - theirs), 40)
            self.assertEqual(inference, rows * theirs)
        self.assertRegex(report, r"queue \d+ usec \+ compute input \d+ usec \+ compute infer \d+ usec")
        return len(counted)

    def test_concurrency_sweep(self):
        self.assertEqual(self.check_counts(self.analyze("--concurrency-range", "1:3")), 3)

    def test_request_rates(self):
        self.assertEqual(self.check_counts(self.analyze("--request-rate-range", "100:200:100")), 2)

    def test_system_shared_memory(self):
        self.check_counts(self.analyze("--shared-memory", "system", "-b", "4", "--concurrency-range", "2"), rows=4)
        with grpcclient.InferenceServerClient(self.server.url) as client:
            self.assertFalse(client.get_system_shared_memory_status().regions)

    def test_streams(self):
        self.check_counts(self.analyze("--streaming", "--async", "--concurrency-range", "4"))

    def test_compression(self):
        self.check_counts(self.analyze("--grpc-compression-algorithm", "gzip", "--async", "--concurrency-range", "2"))

    def test_metrics(self):
        report = self.analyze("--collect-metrics", "--metrics-url", f"127.0.0.1:{self.metrics_port}/metrics", "--metrics-interval", "100",
                              "--concurrency-range", "2")
        self.check_counts(report)
        self.assertIn("Server Prometheus Metrics", report)

    def test_refusals(self):
        self.assertIn("batch-size must be", self.analyze("-b", "17", code=99))
        self.assertIn("Request for unknown model: 'nosuch' is not found", self.analyze("-m", "nosuch", code=99))


def example(name, *arguments, code=0):
    program = TOOLS / "examples" / f"{name}.py"
    if not program.exists():
        raise unittest.SkipTest(f"{name}.py is not installed")
    python = TOOLS / "tritonclient" / "bin" / "python"
    if not python.exists():
        raise unittest.SkipTest("tritonclient[all] is not installed")
    return call(python, program, *arguments, code=code)


@unittest.skipIf(DATA is None, "there is no test data")
class ImageClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.repository = cls.enterClassContext(harness.Repository())
        labels = (DATA / "labels" / "imagenet_1001_background_first.txt").read_text().splitlines()
        cls.repository.add("mobilenet", DATA / "models" / "mobilenetv2-w8", MOBILENET_CONFIG, labels)
        cls.server = cls.enterClassContext(harness.Server([cls.repository.path]))
        cls.photos = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for photo in PHOTOS:
            shutil.copy(DATA / "images" / photo, cls.photos)

    def names(self, *arguments, images=None):
        """The classes that image_client.py prints for the photos. Calls that run at once end in any order; the program numbers them."""
        printed = example("image_client", "-m", "mobilenet", "-s", "INCEPTION", "-i", "grpc", "-u", self.server.url, *arguments,
                          images or self.photos)
        self.assertIn("PASS", printed)
        requests = re.findall(r"^Request (\d+), batch size \d+\n((?: +[\d.]+ \(\d+\) = .*\n)+)", printed, re.MULTILINE)
        self.assertTrue(requests, printed)
        ordered = "".join(lines for _, lines in sorted(requests, key=lambda request: int(request[0])))
        return [int(index) for index in re.findall(r"\((\d+)\) = ", ordered)]

    def test_one_photo(self):
        self.assertEqual(self.names("-c", "3", "-x", "1", images=self.photos / "zebra.jpeg")[0], wanted_classes()[-1])

    def test_one_at_a_time(self):
        self.assertEqual(self.names(), wanted_classes())

    def test_in_batches(self):  # filled up from the beginning
        self.assertEqual(self.names("-b", "3"), wanted_classes() + wanted_classes()[:1])

    def test_asynchronously(self):
        self.assertEqual(self.names("-a", "-b", "2"), wanted_classes() + wanted_classes()[:1])

    def test_on_a_stream(self):
        self.assertEqual(self.names("-a", "--streaming"), wanted_classes())

    def test_its_calls_without_it(self):
        """What image_client.py does, where it cannot be had: batches of 3 after one another, at once, and on a stream."""
        with grpcclient.InferenceServerClient(self.server.url) as client:
            metadata, config = client.get_model_metadata("mobilenet"), client.get_model_config("mobilenet").config
            self.assertEqual((len(metadata.inputs), len(metadata.outputs), len(config.input)), (1, 1, 1))
            self.assertEqual(config.input[0].format, model_config_pb2.ModelInput.FORMAT_NCHW)
            self.assertEqual(list(metadata.inputs[0].shape), [-1, 3, 224, 224])
            photos = [Image.open(self.photos / photo).convert("RGB").resize((224, 224), Image.BILINEAR) for photo in PHOTOS + PHOTOS[:1]]
            pixels = (np.array([np.array(photo, np.float32) for photo in photos]) / 127.5 - 1).transpose(0, 3, 1, 2)
            outputs = [grpcclient.InferRequestedOutput(metadata.outputs[0].name, class_count=1)]
            batches = []
            for first in (0, 3):
                tensor = grpcclient.InferInput(metadata.inputs[0].name, [3, 3, 224, 224], metadata.inputs[0].datatype)
                tensor.set_data_from_numpy(np.ascontiguousarray(pixels[first:first + 3]))
                batches.append(("mobilenet", [tensor]))
            answers = [[client.infer(*batch, outputs=outputs) for batch in batches]]
            calls = [queue.Queue() for _ in batches]
            for batch, call_queue in zip(batches, calls):
                client.async_infer(*batch, callback=lambda result, error, to=call_queue: to.put(error or result), outputs=outputs)
            answers.append([one.get(timeout=60) for one in calls])
            replies = queue.Queue()
            client.start_stream(lambda result, error: replies.put(error or result))
            for i, batch in enumerate(batches):
                client.async_stream_infer(*batch, outputs=outputs, request_id=str(i))
            answers.append([replies.get(timeout=60) for _ in batches])
            client.stop_stream()
        self.assertEqual([result.get_response().id for result in answers[2]], ["0", "1"])
        for mode in answers:
            names = [row[0].decode() for result in mode for row in result.as_numpy(metadata.outputs[0].name)]
            self.assertEqual([int(name.split(":")[1]) for name in names], wanted_classes() + wanted_classes()[:1])
            self.assertRegex(names[4], r"^0\.99\d{4}:341:zebra$")

    def test_unknown_version(self):
        printed = example("image_client", "-m", "mobilenet", "-x", "2", "-i", "grpc", "-u", self.server.url, self.photos, code=1)
        self.assertIn("[StatusCode.NOT_FOUND] Request for unknown model: 'mobilenet' version 2 is not found", printed)


def densenet():
    """A network with the inputs and outputs of the example repository's densenet_onnx, whose file is not in it."""
    model = harness.MESSAGES["onnx.ModelProto"](ir_version=8)
    model.opset_import.add(version=13)
    graph = model.graph
    graph.name = "densenet"
    for values, name, shape in ((graph.input, "data_0", [1, 3, 224, 224]), (graph.output, "fc6_1", [1, 1000, 1, 1])):
        tensor = values.add(name=name).type.tensor_type
        tensor.elem_type = 1
        for extent in shape:
            tensor.shape.dim.add(dim_value=extent)
    weights = np.random.default_rng(1).random((1000, 3, 1, 1), np.float32)
    graph.initializer.add(name="weights", data_type=1, dims=weights.shape, raw_data=weights.tobytes())
    graph.node.add(op_type="GlobalAveragePool", name="pool", input=["data_0"], output=["pooled"])
    graph.node.add(op_type="Conv", name="fc6", input=["pooled", "weights"], output=["fc6_1"])
    return model.SerializeToString()


@unittest.skipIf(DATA is None, "there is no test data")
class ExampleRepositoryTest(unittest.TestCase):
    """Triton's example repository: what is a network is served, what is not is told and harms nothing."""

    FLAGS = ["--strict-readiness=false", "--exit-on-error=false", "--server-name=triton", "--allow-client-shm=true"]

    @classmethod
    def setUpClass(cls):
        cls.repository = cls.enterClassContext(harness.Repository())
        shutil.copytree(DATA / "triton_model_repository", cls.repository.path, dirs_exist_ok=True)
        folder = cls.repository.path / "densenet_onnx" / "1"
        folder.parent.chmod(0o755)
        folder.mkdir()
        (folder / "model.onnx").write_bytes(densenet())
        cls.server = cls.enterClassContext(harness.Server([], flags=[f"--model-repository={cls.repository.path}", *cls.FLAGS]))

    def passes(self, name, *arguments):
        self.assertRegex(example(name, "-u", self.server.url, *arguments), "PASS")

    def test_answers(self):
        first, second = np.arange(16, dtype=np.int32)[None], np.ones((1, 16), np.int32)
        with grpcclient.InferenceServerClient(self.server.url) as client:
            for model, dtype, word in (("simple", np.int32, "INT32"), ("simple_int8", np.int8, "INT8")):
                inputs = [grpcclient.InferInput(name, [1, 16], word) for name in ("INPUT0", "INPUT1")]
                for tensor, array in zip(inputs, (first, second)):
                    tensor.set_data_from_numpy(array.astype(dtype))
                result = client.infer(model, inputs)
                np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), (first + second).astype(dtype))
                np.testing.assert_array_equal(result.as_numpy("OUTPUT1"), (first - second).astype(dtype))
            index = {model.name: model for model in client.get_model_repository_index().models}
            self.assertEqual({name for name in index if index[name].state == "READY"}, {"simple", "simple_int8", "densenet_onnx"})
            self.assertIn("sequence_batching", index["simple_sequence"].reason)
            self.assertIn("INPUT0", index["simple_string"].reason)

    def test_validate(self):
        printed = call(harness.CONVOY, "validate", self.repository.path, code=1)
        for model, said in (("simple_sequence", "'sequence_batching' is not supported"), ("simple_string", "element type 8")):
            self.assertRegex(printed, rf"error: .*{model}.*{said}")
        self.assertNotRegex(printed, r"error: \S*/(simple|simple_int8|densenet_onnx)[/:]")
        self.assertIn("of 6 models: 3 errors", printed)

    def test_health_and_metadata(self):
        example("simple_grpc_health_metadata", "-u", self.server.url)

    def test_inference(self):
        self.passes("simple_grpc_infer_client", "-t", "30")
        self.passes("simple_grpc_infer_client", "-C", "gzip")
        self.passes("simple_grpc_infer_client", "-C", "deflate")

    def test_other_ways_to_ask(self):
        for name in ("async_infer", "aio_infer", "keepalive", "custom_args"):
            self.passes(f"simple_grpc_{name}_client")

    def test_typed_contents(self):
        self.passes("grpc_explicit_int_content_client")
        self.passes("grpc_explicit_int8_content_client")

    def test_shared_memory(self):
        self.passes("simple_grpc_shm_client")

    def test_bare_messages(self):
        self.passes("grpc_client")

    def test_model_control(self):
        with harness.Repository() as eight:  # as many as the program counts
            shutil.copytree(DATA / "triton_model_repository", eight.path, dirs_exist_ok=True)
            for name in ("seventh", "eighth"):
                (eight.path / name).mkdir()
            with harness.Server([eight.path], flags=["--model-control-mode=explicit"]) as server:
                self.assertIn("PASS: model control", example("simple_grpc_model_control", "-u", server.url))


if __name__ == "__main__":
    unittest.main(verbosity=2)
