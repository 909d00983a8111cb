"""Requests that no server should trust. Each gets its code and a message that names what was given and what is allowed; then the
server still answers.

    run.sh BUILD_DIR bad_requests_test.py
"""

import io
import struct
import unittest
import zlib

import grpc
import numpy as np
import tritonclient.grpc as grpcclient
from PIL import Image
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException

import harness

MODEL = "lenet5"
INPUT = "image"
OUTPUT = "probabilities"
MAX_BATCH = 16
ROW_BYTES = 28 * 28 * 4
SAMPLES = harness.BUNDLED / MODEL / "samples"
ECHO_LIMIT = 4096  # characters; gRPC's metadata, which carries the message, holds 16 KiB


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_declares(width, height):
    """A well-formed PNG file of a few bytes whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg_file():
    picture = Image.effect_noise((200, 100), 64).convert("RGB")
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


class BadRequestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.Server([harness.BUNDLED]))
        cls.client = cls.enterClassContext(grpcclient.InferenceServerClient(cls.server.url))
        channel = grpc.insecure_channel(cls.server.url, options=[("grpc.max_send_message_length", -1)])
        cls.channel = cls.enterClassContext(channel)
        cls.stub = service_pb2_grpc.GRPCInferenceServiceStub(cls.channel)

    def tearDown(self):
        # Whatever a test sent, the next good request is answered, by tensor and by image.
        self.assertIsNone(self.server.process.poll(), self.server.log)
        result = self.infer(zeros(1, 1, 28, 28)).as_numpy(OUTPUT)
        self.assertAlmostEqual(float(result.sum()), 1, places=4)
        answer = harness.classify(self.server.url, [(SAMPLES / "digit_7.png").read_bytes()], MODEL)
        self.assertEqual(answer.results[0].classes[0].label, "7")

    def infer(self, array, model=MODEL, version="", name=INPUT, outputs=None, datatype="FP32", timeout=60):
        tensor = grpcclient.InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array)
        wanted = [grpcclient.InferRequestedOutput(each) for each in outputs] if outputs else None
        return self.client.infer(model, [tensor], version, wanted, client_timeout=timeout)

    def refused(self, code, patterns, call):
        """`call` fails with `code`; its message has all the patterns and is short."""
        with self.assertRaises((InferenceServerException, grpc.RpcError)) as caught:
            call()
        error = caught.exception
        if isinstance(error, InferenceServerException):
            got, message = error.status().removeprefix("StatusCode."), error.message()
        else:
            got, message = error.code().name, error.details()
        self.assertEqual(got, code, message)
        for pattern in patterns:
            self.assertRegex(message, pattern)
        self.assertLessEqual(len(message), ECHO_LIMIT)

    def raw_request(self, shape=(1, 1, 28, 28), raw=bytes(ROW_BYTES), datatype="FP32", name=INPUT):
        request = service_pb2.ModelInferRequest(model_name=MODEL)
        request.inputs.add(name=name, datatype=datatype, shape=shape)
        if raw is not None:
            request.raw_input_contents.append(raw)
        return request

    def refused_raw(self, request, *patterns, code="INVALID_ARGUMENT"):
        self.refused(code, patterns, lambda: self.stub.ModelInfer(request, timeout=60))

    # Names.

    def test_unknown_model(self):
        good = zeros(1, 1, 28, 28)
        self.refused("NOT_FOUND", ["Request for unknown model.*nosuch.*lenet5"], lambda: self.infer(good, model="nosuch"))
        self.refused("NOT_FOUND", ["nosuch"], lambda: self.client.get_model_metadata("nosuch"))
        self.refused("NOT_FOUND", ["nosuch"], lambda: self.client.get_model_config("nosuch"))
        # Triton 2.51 says "not ready", 2.73 says NOT_FOUND; clients take both.
        try:
            self.assertFalse(self.client.is_model_ready("nosuch"))
        except InferenceServerException as error:
            self.assertEqual(error.status(), "StatusCode.NOT_FOUND")
        self.refused("NOT_FOUND", ["nosuch"], lambda: harness.classify(self.server.url, [b"x"], "nosuch"))

    def test_unknown_version(self):
        good = zeros(1, 1, 28, 28)
        self.refused("NOT_FOUND", [MODEL, "7", "has 1"], lambda: self.infer(good, version="7"))
        self.refused("INVALID_ARGUMENT", ["abc", "integral"], lambda: self.infer(good, version="abc"))
        self.refused("INVALID_ARGUMENT", ["-1"], lambda: self.infer(good, version="-1"))

    def test_unknown_input(self):
        self.refused("INVALID_ARGUMENT", ["pixels", MODEL, f"takes '{INPUT}'"], lambda: self.infer(zeros(1, 1, 28, 28), name="pixels"))

    def test_unknown_output(self):
        self.refused("INVALID_ARGUMENT", ["logits", MODEL, f"gives '{OUTPUT}'"], lambda: self.infer(zeros(1, 1, 28, 28), outputs=["logits"]))
        self.refused("INVALID_ARGUMENT", ["logits"], lambda: self.infer(zeros(1, 1, 28, 28), outputs=[OUTPUT, "logits"]))

    def test_long_names_are_cut_in_the_answer(self):
        name = "x" * 100_000
        self.refused("NOT_FOUND", ["xxx"], lambda: self.infer(zeros(1, 1, 28, 28), model=name))
        self.refused("INVALID_ARGUMENT", ["xxx"], lambda: self.infer(zeros(1, 1, 28, 28), name=name))
        self.refused_raw(self.raw_request(datatype=name))
        self.refused_raw(self.raw_request(shape=[1] * 100_000))

    # Types, shapes, bytes.

    def test_wrong_datatype(self):
        array = zeros(1, 1, 28, 28, dtype=np.float64)
        self.refused("INVALID_ARGUMENT", ["FP64", "FP32"], lambda: self.infer(array, datatype="FP64"))
        self.refused_raw(self.raw_request(datatype="FLOAT"), "FP32")
        self.refused_raw(self.raw_request(datatype=""), "FP32")

    def test_wrong_rank(self):
        self.refused("INVALID_ARGUMENT", ["784", "1,28,28"], lambda: self.infer(zeros(1, 784)))
        self.refused("INVALID_ARGUMENT", ["28"], lambda: self.infer(zeros(1, 1, 1, 28, 28)))
        self.refused_raw(self.raw_request(shape=()), INPUT)

    def test_wrong_dimension(self):
        self.refused("INVALID_ARGUMENT", ["27", "28"], lambda: self.infer(zeros(1, 1, 28, 27)))
        self.refused("INVALID_ARGUMENT", ["3", "28"], lambda: self.infer(zeros(1, 3, 28, 28)))

    def test_negative_and_overflowing_dimensions(self):
        self.refused_raw(self.raw_request(shape=(1, 1, 28, -1)), "-1")
        self.refused_raw(self.raw_request(shape=(-1, 1, 28, 28)), "-1")
        self.refused_raw(self.raw_request(shape=(2**62, 1, 28, 28)), INPUT)
        self.refused_raw(self.raw_request(shape=(2**63 - 1, 2**63 - 1, 28, 28)), INPUT)

    def test_wrong_byte_count(self):
        for size in (0, 1, ROW_BYTES - 1, ROW_BYTES + 1, 2 * ROW_BYTES):
            self.refused_raw(self.raw_request(raw=bytes(size)), str(ROW_BYTES), rf"\b{size}\b")

    def test_batch_too_large(self):
        self.refused("INVALID_ARGUMENT", [str(MAX_BATCH), str(MAX_BATCH + 1), MODEL], lambda: self.infer(zeros(MAX_BATCH + 1, 1, 28, 28)))
        self.assertEqual(self.infer(zeros(MAX_BATCH, 1, 28, 28)).as_numpy(OUTPUT).shape, (MAX_BATCH, 10))

    def test_batch_zero(self):
        self.refused_raw(self.raw_request(shape=(0, 1, 28, 28), raw=b""), INPUT)
        self.refused_raw(self.raw_request(shape=(0, 1, 28, 28)), INPUT)

    # Contents.

    def test_raw_and_typed_contents(self):
        request = self.raw_request()
        request.inputs[0].contents.fp32_contents.extend([0.0] * 784)
        self.refused_raw(request, "raw_input_contents", INPUT)

    def test_typed_contents(self):
        good = self.raw_request(raw=None)
        good.inputs[0].contents.fp32_contents.extend([0.0] * 784)
        self.assertEqual(len(self.stub.ModelInfer(good, timeout=60).raw_output_contents), 1)
        short = self.raw_request(raw=None)
        short.inputs[0].contents.fp32_contents.extend([0.0] * 783)
        self.refused_raw(short, INPUT, "783", "784")
        wrong = self.raw_request(raw=None)
        wrong.inputs[0].contents.int_contents.extend([0] * 784)
        self.refused_raw(wrong, INPUT, "FP32")

    def test_no_contents_and_surplus_contents(self):
        self.refused_raw(self.raw_request(raw=None), INPUT)
        surplus = self.raw_request()
        surplus.raw_input_contents.append(bytes(ROW_BYTES))
        self.refused_raw(surplus)

    def test_missing_extra_and_duplicate_inputs(self):
        self.refused_raw(service_pb2.ModelInferRequest(model_name=MODEL), INPUT)
        extra = self.raw_request()
        extra.inputs.add(name="more", datatype="FP32", shape=[1])
        extra.raw_input_contents.append(bytes(4))
        self.refused_raw(extra)
        twice = self.raw_request()
        twice.inputs.add(name=INPUT, datatype="FP32", shape=[1, 1, 28, 28])
        twice.raw_input_contents.append(bytes(ROW_BYTES))
        self.refused_raw(twice)

    def test_more_than_any_model_needs(self):
        inputs = self.raw_request()
        for i in range(10_000):
            inputs.inputs.add(name=f"input{i}", datatype="FP32", shape=[1])
        self.refused_raw(inputs, "10001 inputs", "1024")
        outputs = self.raw_request()
        for i in range(10_000):
            outputs.outputs.add(name=OUTPUT)
        self.refused_raw(outputs, "10000 outputs", "1024")
        parameters = self.raw_request()
        for i in range(10_000):
            parameters.parameters[str(i)].int64_param = i
        self.refused_raw(parameters, "10000 parameters", "256")
        parameters = self.raw_request()
        for i in range(10_000):
            parameters.inputs[0].parameters[str(i)].int64_param = i
        self.refused_raw(parameters, "10000 parameters", "256")
        named = self.raw_request()
        named.parameters["k" * 1_000_000].bool_param = True
        self.refused_raw(named, "kkk", "1024")

    def test_names_of_many_bytes_a_character(self):
        # Messages are cut between characters, also where gRPC spends three bytes on each byte.
        for character in ("\N{LATIN SMALL LETTER O WITH DIAERESIS}", "\N{EURO SIGN}", "\N{GRINNING FACE}", "%"):
            for shift in range(4):
                name = "n" * shift + character * (1000 // len(character.encode()))
                self.refused_raw(self.raw_request(name=name), "unexpected inference input")
                self.refused("NOT_FOUND", ["unknown model"], lambda: self.infer(zeros(1, 1, 28, 28), model=name))

    def test_streams_of_bad_messages(self):
        good = self.raw_request()
        replies = list(self.stub.ModelStreamInfer(iter([self.raw_request(name="pixels"), self.raw_request(raw=b""), good]), timeout=60))
        self.assertEqual([bool(reply.error_message) for reply in replies], [True, True, False])
        method = self.channel.stream_stream("/inference.GRPCInferenceService/ModelStreamInfer")
        for body in (b"\xff" * 64, b"\x0a\xff\xff\xff\xff\x0f"):
            replies = [service_pb2.ModelStreamInferResponse.FromString(reply)
                       for reply in method(iter([good.SerializeToString(), body, good.SerializeToString()]), timeout=60)]
            self.assertEqual([reply.error_message for reply in replies], ["", "Unable to parse request", ""])

    def test_body_that_is_no_message(self):
        for method in ("/inference.GRPCInferenceService/ModelInfer", "/convoy.v1.ClassifyService/Classify"):
            for body in (b"\xff" * 64, b"\x0a\xff\xff\xff\xff\x0f", bytes(1000)):
                with self.assertRaises(grpc.RpcError):
                    self.channel.unary_unary(method)(body, timeout=60)

    def test_unknown_method(self):
        self.refused("UNIMPLEMENTED", [], lambda: self.channel.unary_unary("/inference.GRPCInferenceService/Nothing")(b"", timeout=60))

    # Images.

    def classify(self, *images, top_k=1):
        return harness.classify(self.server.url, list(images), MODEL, top_k)

    def check_bad_image(self, image, *patterns):
        """A bad image fails alone: the good one in the same call is answered."""
        good = (SAMPLES / "digit_3.png").read_bytes()
        results = self.classify(image, good).results
        self.assertEqual(results[0].error.code, grpc.StatusCode.INVALID_ARGUMENT.value[0], results[0])
        for pattern in patterns:
            self.assertRegex(results[0].error.message, pattern)
        self.assertEqual(results[1].classes[0].label, "3")

    def test_not_an_image(self):
        self.check_bad_image(b"<html>no picture</html>", "JPEG", "PNG")
        self.check_bad_image(b"", "JPEG|empty")
        self.check_bad_image(b"\xff\xd8\xff", "JPEG")
        self.check_bad_image(b"\x89PNG\r\n\x1a\n", "PNG")

    def test_truncated_jpeg(self):
        whole = jpeg_file()
        for share in (0.1, 0.5, 0.9, 0.99):
            self.check_bad_image(whole[:int(len(whole) * share)], "JPEG")
        self.assertFalse(self.classify(whole).results[0].HasField("error"))

    def test_truncated_png(self):
        whole = (SAMPLES / "digit_3.png").read_bytes()
        for size in (9, 40, len(whole) // 2, len(whole) - 8):
            self.check_bad_image(whole[:size], "PNG")

    def test_huge_declared_image(self):
        self.check_bad_image(png_that_declares(60_000, 60_000), "60000")
        self.check_bad_image(png_that_declares(1_000_000, 1), "1000000")

    def test_number_of_images_and_classes(self):
        sample = (SAMPLES / "digit_3.png").read_bytes()
        self.refused("INVALID_ARGUMENT", ["0"], lambda: self.classify())
        self.refused("INVALID_ARGUMENT", ["129", "128"], lambda: self.classify(*[sample] * 129))
        self.refused("INVALID_ARGUMENT", ["100000", "1000"], lambda: self.classify(sample, top_k=100_000))
        self.assertEqual(len(self.classify(sample, top_k=1000).results[0].classes), 10)

    # Time.

    def test_deadline_in_the_past(self):
        self.refused("DEADLINE_EXCEEDED", [], lambda: self.infer(zeros(1, 1, 28, 28), timeout=-1))

    def test_cancelled_calls(self):
        calls = [self.stub.ModelInfer.future(self.raw_request(), timeout=60) for _ in range(50)]
        for call in calls:
            call.cancel()
        for call in calls:
            if not call.cancelled():
                self.assertIsNone(call.exception())


if __name__ == "__main__":
    unittest.main(verbosity=2)
