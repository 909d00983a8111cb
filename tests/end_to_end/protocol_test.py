"""The protocol as stock clients speak it: tritonclient's calls, one after another, in threads, by asyncio and on streams; shared memory,
typed contents, pictures as tensors, classification, statistics and settings. What is honoured stands in docs/protocol.md.

    run.sh BUILD_DIR protocol_test.py
"""

import asyncio
import os
import queue
import unittest

import grpc
import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.grpc.aio as aioclient
import tritonclient.utils.shared_memory as shm
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException

import harness

MODEL = "lenet5"
INPUT = "image"
OUTPUT = "probabilities"
SAMPLES = harness.BUNDLED / MODEL / "samples"
SHM_PREFIX = f"/convoy_e2e_{os.getpid()}_"


def picture(digit):
    return (SAMPLES / f"digit_{digit}.png").read_bytes()


def random_batch(rows, seed=3):
    return np.random.default_rng(seed).random((rows, 1, 28, 28), np.float32)


def tensor_input(array):
    tensor = grpcclient.InferInput(INPUT, list(array.shape), "FP32")
    tensor.set_data_from_numpy(array)
    return tensor


def picture_input(*digits, shape=None):
    files = np.array([picture(digit) for digit in digits], dtype=object)
    tensor = grpcclient.InferInput(INPUT, shape or [len(digits)], "BYTES")
    tensor.set_data_from_numpy(files.reshape(shape) if shape else files)
    return tensor


class Stream:
    """A stream of a client's, and its replies as (result, error)."""

    def __init__(self, client):
        self._client = client
        self._replies = queue.Queue()
        client.start_stream(lambda result, error: self._replies.put((result, error)))

    def send(self, array, id, **more):
        self._client.async_stream_infer(more.pop("model", MODEL), [tensor_input(array)], request_id=id, **more)

    def reply(self):
        return self._replies.get(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self._client.stop_stream()


class ProtocolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        flags = ["--allow-client-shm=true", f"--client-shm-prefix={SHM_PREFIX}", "--server-name=triton"]
        cls.server = cls.enterClassContext(harness.Server([harness.BUNDLED], flags=flags))
        cls.client = cls.enterClassContext(grpcclient.InferenceServerClient(cls.server.url))
        channel = cls.enterClassContext(grpc.insecure_channel(cls.server.url))
        cls.stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)

    def tearDown(self):
        self.assertIsNone(self.server.process.poll(), self.server.log)

    def infer(self, array, **more):
        return self.client.infer(MODEL, [tensor_input(array)], **more).as_numpy(OUTPUT)

    def refused(self, code, pattern, call, *arguments, **more):
        with self.assertRaisesRegex((InferenceServerException, grpc.RpcError), pattern) as caught:
            call(*arguments, **more)
        error = caught.exception
        self.assertEqual(error.status() if isinstance(error, InferenceServerException) else str(error.code()), f"StatusCode.{code}")

    # What there is.

    def test_server_metadata(self):
        metadata = self.client.get_server_metadata()
        self.assertEqual(metadata.name, "triton")
        self.assertEqual(len(set(metadata.extensions)), len(metadata.extensions))
        for extension in ("statistics", "classification", "binary_tensor_data", "system_shared_memory", "logging"):
            self.assertIn(extension, metadata.extensions)
        for extension in ("sequence", "cuda_shared_memory"):
            self.assertNotIn(extension, metadata.extensions)

    def test_what_image_clients_read(self):
        config = self.client.get_model_config(MODEL).config
        self.assertEqual(len(config.input), 1)
        self.assertEqual(config.input[0].format, 2)  # FORMAT_NCHW
        metadata = self.client.get_model_metadata(MODEL)
        self.assertEqual(list(metadata.inputs[0].shape), [-1, 1, 28, 28])

    # Ways to ask.

    def test_asynchronous_calls(self):
        batches = [random_batch(1 + i % 4, seed=i) for i in range(24)]
        answers = queue.Queue()
        for i, batch in enumerate(batches):
            self.client.async_infer(MODEL, [tensor_input(batch)], lambda result, error, i=i: answers.put((i, result, error)))
        for _ in batches:
            i, result, error = answers.get(timeout=60)
            self.assertIsNone(error)
            np.testing.assert_allclose(result.as_numpy(OUTPUT), self.infer(batches[i]), atol=1e-5)

    def test_asyncio_calls_and_streams(self):
        batches = [random_batch(1, seed=i) for i in range(8)]

        async def requests():
            for i, batch in enumerate(batches):
                yield {"model_name": MODEL, "inputs": [tensor_input(batch)], "request_id": str(i)}

        async def ask():
            async with aioclient.InferenceServerClient(self.server.url) as client:
                self.assertTrue(await client.is_server_ready())
                results = await asyncio.gather(*(client.infer(MODEL, [tensor_input(batch)]) for batch in batches))
                streamed = [reply async for reply in client.stream_infer(requests())]
            return results, streamed

        results, streamed = asyncio.run(ask())
        self.assertEqual(len(streamed), len(batches))
        for i, batch in enumerate(batches):
            wanted = self.infer(batch)
            np.testing.assert_allclose(results[i].as_numpy(OUTPUT), wanted, atol=1e-5)
            result, error = streamed[i]
            self.assertIsNone(error)
            self.assertEqual(result.get_response().id, str(i))
            np.testing.assert_allclose(result.as_numpy(OUTPUT), wanted, atol=1e-5)

    def test_compression_and_parameters(self):
        batch = random_batch(2)
        wanted = self.infer(batch)
        for algorithm in ("gzip", "deflate"):
            np.testing.assert_allclose(self.infer(batch, compression_algorithm=algorithm), wanted, atol=1e-5)
        parameters = {"note": "custom", "weight": 1.5, "count": 3, "flag": True}
        np.testing.assert_allclose(self.infer(batch, parameters=parameters, priority=1, timeout=60_000_000, request_id="mine"), wanted,
                                   atol=1e-5)

    # Streams.

    def test_stream_answers_in_order(self):
        batches = [random_batch(1 + i % 3, seed=i) for i in range(40)]
        with Stream(self.client) as stream:
            for i, batch in enumerate(batches):
                stream.send(batch, str(i), enable_empty_final_response=i % 2 == 0)
            for i, batch in enumerate(batches):
                result, error = stream.reply()
                self.assertIsNone(error)
                self.assertEqual(result.get_response().id, str(i))
                self.assertTrue(result.get_response().parameters["triton_final_response"].bool_param)
                np.testing.assert_allclose(result.as_numpy(OUTPUT), self.infer(batch), atol=1e-5)

    def test_stream_goes_on_behind_an_error(self):
        good = random_batch(1)
        with Stream(self.client) as stream:
            stream.send(good, "first")
            stream.send(good, "second", model="nosuch")
            stream.send(np.zeros((1, 1, 28, 27), np.float32), "third")
            stream.send(good, "fourth")
            self.assertEqual(stream.reply()[0].get_response().id, "first")
            self.assertIn("Request for unknown model: 'nosuch'", stream.reply()[1].message())
            self.assertIn("[1,1,28,27]", stream.reply()[1].message())
            self.assertEqual(stream.reply()[0].get_response().id, "fourth")

    def test_stream_raw(self):
        """What the stock client hides: the id beside an error, the end by status, the end of a stream without requests."""
        good = service_pb2.ModelInferRequest(model_name=MODEL, id="good")
        good.inputs.add(name=INPUT, datatype="FP32", shape=(1, 1, 28, 28))
        good.raw_input_contents.append(bytes(28 * 28 * 4))
        bad = service_pb2.ModelInferRequest(model_name="nosuch", id="bad")
        replies = list(self.stub.ModelStreamInfer(iter([good, bad, good]), timeout=60))
        self.assertEqual([reply.infer_response.id for reply in replies], ["good", "bad", "good"])
        self.assertEqual([bool(reply.error_message) for reply in replies], [False, True, False])
        self.assertEqual(list(self.stub.ModelStreamInfer(iter([]), timeout=60)), [])
        with self.assertRaises(grpc.RpcError) as caught:
            list(self.stub.ModelStreamInfer(iter([good, bad, good]), timeout=60, metadata=[("triton_grpc_error", "true")]))
        self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)

    def test_stream_cancelled(self):
        for _ in range(20):
            client = grpcclient.InferenceServerClient(self.server.url)
            client.start_stream(lambda result, error: None)
            for i in range(20):
                client.async_stream_infer(MODEL, [tensor_input(random_batch(1))], request_id=str(i))
            client.stop_stream(cancel_requests=True)
            client.close()
        self.assertEqual(self.infer(random_batch(1)).shape, (1, 10))

    # Forms of data.

    def test_typed_contents(self):
        batch = random_batch(2)
        request = service_pb2.ModelInferRequest(model_name=MODEL)
        request.inputs.add(name=INPUT, datatype="FP32", shape=batch.shape).contents.fp32_contents.extend(batch.ravel().tolist())
        response = self.stub.ModelInfer(request, timeout=60)
        self.assertEqual(len(response.raw_output_contents), 1)
        got = np.frombuffer(response.raw_output_contents[0], np.float32).reshape(2, 10)
        np.testing.assert_allclose(got, self.infer(batch), atol=1e-5)

    def test_pictures_as_tensors(self):
        digits = [7, 3, 0]
        answer = harness.classify(self.server.url, [picture(digit) for digit in digits], MODEL)
        for shape in (None, [3, 1]):
            scores = self.client.infer(MODEL, [picture_input(*digits, shape=shape)]).as_numpy(OUTPUT)
            self.assertEqual(list(scores.argmax(1)), digits)
            for row, result in zip(scores, answer.results, strict=True):
                self.assertAlmostEqual(float(row.max()), result.classes[0].probability, places=5)
        broken = grpcclient.InferInput(INPUT, [2], "BYTES")
        broken.set_data_from_numpy(np.array([picture(1), b"no picture"], dtype=object))
        self.refused("INVALID_ARGUMENT", "element 1 of input 'image'", self.client.infer, MODEL, [broken])

    def test_classification(self):
        wanted = grpcclient.InferRequestedOutput(OUTPUT, class_count=3)
        result = self.client.infer(MODEL, [picture_input(7, 2)], outputs=[wanted], request_id="top")
        classes = result.as_numpy(OUTPUT)
        self.assertEqual(classes.shape, (2, 3))
        self.assertEqual(result.get_response().id, "top")
        for row, digit in zip(classes, (7, 2)):
            fields = [text.decode().split(":") for text in row]
            self.assertEqual(fields[0][1:], [str(digit), str(digit)])  # index and label
            values = [float(field[0]) for field in fields]
            self.assertEqual(values, sorted(values, reverse=True))
            self.assertRegex(fields[0][0], r"^\d\.\d{6}$")
        everything = grpcclient.InferRequestedOutput(OUTPUT, class_count=99)
        self.assertEqual(self.client.infer(MODEL, [picture_input(7)], outputs=[everything]).as_numpy(OUTPUT).shape, (1, 10))

    # Shared memory.

    def register(self, name, size):
        region = shm.create_shared_memory_region(name, SHM_PREFIX + name, size)
        self.addCleanup(shm.destroy_shared_memory_region, region)
        self.client.register_system_shared_memory(name, SHM_PREFIX + name, size)
        return region

    def test_shared_memory(self):
        # As perf_analyzer and the stock examples begin.
        self.client.unregister_system_shared_memory()
        self.client.unregister_cuda_shared_memory()
        batch = random_batch(3)
        given = self.register("given", batch.nbytes + 64)
        taken = self.register("taken", 4096)
        shm.set_shared_memory_region(given, [batch], offset=64)
        tensor = grpcclient.InferInput(INPUT, list(batch.shape), "FP32")
        tensor.set_shared_memory("given", batch.nbytes, offset=64)
        wanted = grpcclient.InferRequestedOutput(OUTPUT)
        wanted.set_shared_memory("taken", 3 * 10 * 4, offset=128)
        result = self.client.infer(MODEL, [tensor], outputs=[wanted])
        described = result.get_output(OUTPUT)
        self.assertEqual(list(described.shape), [3, 10])
        got = shm.get_contents_as_numpy(taken, np.float32, [3, 10], offset=128)
        np.testing.assert_allclose(got, self.infer(batch), atol=1e-5)

        status = self.client.get_system_shared_memory_status()
        self.assertEqual(sorted(status.regions), ["given", "taken"])
        self.assertEqual(status.regions["given"].byte_size, batch.nbytes + 64)
        self.refused("ALREADY_EXISTS", "already in manager", self.client.register_system_shared_memory, "given", SHM_PREFIX + "given", 64)
        self.refused("PERMISSION_DENIED", "client-shm-prefix", self.client.register_system_shared_memory, "other", "/psm_other", 64)
        self.client.unregister_system_shared_memory("given")
        self.refused("NOT_FOUND", "Unable to find shared memory region: 'given'", self.client.infer, MODEL, [tensor], outputs=[wanted])
        self.client.unregister_system_shared_memory()
        self.assertFalse(self.client.get_system_shared_memory_status().regions)
        self.assertFalse(self.client.get_cuda_shared_memory_status().regions)

    def test_shared_memory_that_shrinks(self):
        batch = random_batch(3)
        self.register("shrinks", batch.nbytes)
        tensor = grpcclient.InferInput(INPUT, list(batch.shape), "FP32")
        tensor.set_shared_memory("shrinks", batch.nbytes)
        self.assertEqual(self.client.infer(MODEL, [tensor]).as_numpy(OUTPUT).shape, (3, 10))
        os.truncate("/dev/shm" + SHM_PREFIX + "shrinks", 16)
        self.refused("INVALID_ARGUMENT", "has become smaller", self.client.infer, MODEL, [tensor])
        self.client.unregister_system_shared_memory("shrinks")
        self.assertEqual(self.infer(batch).shape, (3, 10))

    # Counters and settings.

    def test_statistics(self):
        model = "fashion_resnet"  # asked by no other test
        for rows in (1, 4, 4):
            self.client.infer(model, [tensor_input(random_batch(rows))])
        self.refused("INVALID_ARGUMENT", "27", self.client.infer, model, [tensor_input(np.zeros((1, 1, 28, 27), np.float32))])
        statistics = self.client.get_inference_statistics(model).model_stats
        self.assertEqual(len(statistics), 1)
        one = statistics[0]
        self.assertEqual((one.name, one.version), (model, "1"))
        self.assertEqual((one.inference_count, one.execution_count), (9, 3))
        self.assertEqual((one.inference_stats.success.count, one.inference_stats.fail.count), (3, 0))
        self.assertEqual({line.batch_size: line.compute_infer.count for line in one.batch_stats}, {1: 1, 4: 2})
        self.assertGreater(one.inference_stats.compute_infer.ns, 0)
        self.assertLessEqual(one.inference_stats.compute_infer.ns, one.inference_stats.success.ns)
        self.assertGreater(one.memory_usage[0].byte_size, 0)
        everything = self.client.get_inference_statistics().model_stats
        self.assertEqual(sorted(each.name for each in everything), ["clothes_unet", "fashion_resnet", "lenet5"])
        self.refused("INVALID_ARGUMENT", "requested model 'nosuch' is not available", self.client.get_inference_statistics, "nosuch")

    def test_log_settings(self):
        before = self.client.get_log_settings(as_json=True)["settings"]
        self.assertEqual(before["log_format"]["string_param"], "ISO8601")
        changed = self.client.update_log_settings({"log_format": "default", "log_info": False}, as_json=True)["settings"]
        self.assertEqual(changed["log_format"]["string_param"], "default")
        self.refused("UNIMPLEMENTED", "log file location", self.client.update_log_settings, {"log_file": "/tmp/log"})
        self.refused("INVALID_ARGUMENT", "log_format, got: 'xml'", self.client.update_log_settings, {"log_format": "xml"})
        self.client.update_log_settings({"log_format": "ISO8601", "log_info": True})

    def test_trace_settings(self):
        settings = self.client.get_trace_settings(as_json=True)["settings"]
        self.assertEqual(settings["trace_level"]["value"], ["OFF"])
        self.client.update_trace_settings(MODEL, {"trace_rate": "7"})
        self.assertEqual(self.client.get_trace_settings(MODEL, as_json=True)["settings"]["trace_rate"]["value"], ["7"])
        self.client.update_trace_settings(MODEL, {"trace_rate": None})
        self.assertEqual(self.client.get_trace_settings(MODEL, as_json=True)["settings"]["trace_rate"]["value"], ["1000"])
        self.refused("UNIMPLEMENTED", "trace file location", self.client.update_trace_settings, MODEL, {"trace_file": "/tmp/trace"})


class WithoutSharedMemoryTest(unittest.TestCase):
    def test_is_off_by_default(self):
        with harness.Server([harness.BUNDLED / MODEL]) as server, grpcclient.InferenceServerClient(server.url) as client:
            self.assertNotIn("system_shared_memory", client.get_server_metadata().extensions)
            self.assertEqual(client.get_server_metadata().name, "convoy")
            with self.assertRaisesRegex(InferenceServerException, "Client shared memory is disabled") as caught:
                client.register_system_shared_memory("r", "/r", 64)
            self.assertEqual(caught.exception.status(), "StatusCode.UNIMPLEMENTED")
            client.unregister_cuda_shared_memory()


if __name__ == "__main__":
    unittest.main(verbosity=2)
