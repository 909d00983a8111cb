"""What a server on an open port must live through. Behind every test the next good request is answered, and the server's own
numbers are at rest.

    run.sh BUILD_DIR survive_test.py

docs/security.md says which test stands for which danger.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import random
import re
import resource
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request
import zlib

import grpc
import numpy as np
from tritonclient.grpc import service_pb2, service_pb2_grpc

import harness
import raw_http2

MODEL = "lenet5"
INFER = "/inference.GRPCInferenceService/ModelInfer"
LIVE = "/inference.GRPCInferenceService/ServerLive"
SEED = 20_261_125
ROW = bytes(28 * 28 * 4)


def good_request(rows=1):
    request = service_pb2.ModelInferRequest(model_name=MODEL)
    request.inputs.add(name="image", datatype="FP32", shape=[rows, 1, 28, 28])
    request.raw_input_contents.append(ROW * rows)
    return request


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def read_metrics(port):
    """Values by series, as "name{labels}"."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
        lines = page.read().decode().splitlines()
    return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def sum_of(metrics, name, *labels):
    return sum(value for key, value in metrics.items()
               if key.split("{")[0] == name and all(label in key for label in labels))


@contextlib.contextmanager
def quota_group(cores):
    """A control group (cgroups(7), either version) of so many cores; None where this process may not make one."""
    root = pathlib.Path("/sys/fs/cgroup")
    v2 = (root / "cgroup.controllers").exists()
    group = (root if v2 else root / "cpu") / f"convoy-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        yield None
        return
    try:
        if v2:
            (group / "cpu.max").write_text(f"{int(cores * 100_000)} 100000")
        else:
            (group / "cpu.cfs_quota_us").write_text(str(int(cores * 100_000)))
    except OSError:
        group.rmdir()
        yield None
        return
    try:
        yield group
    finally:
        group.rmdir()


class SurviveTest(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.metrics_port = harness.free_port()
        cls.server = cls.enterClassContext(harness.Server(
            [harness.BUNDLED / MODEL], flags=["--metrics-port", str(cls.metrics_port), "--grpc-max-message-mib", "1", *cls.flags]))
        cls.channel = cls.enterClassContext(grpc.insecure_channel(cls.server.url, options=[("grpc.max_send_message_length", -1)]))
        cls.stub = service_pb2_grpc.GRPCInferenceServiceStub(cls.channel)

    def check_answers(self):
        self.assertIsNone(self.server.process.poll(), self.server.log)
        reply = self.stub.ModelInfer(good_request(), timeout=30, wait_for_ready=True)
        self.assertEqual(len(np.frombuffer(reply.raw_output_contents[0], np.float32)), 10)

    def tearDown(self):
        self.check_answers()
        deadline = time.monotonic() + 30
        while sum_of(read_metrics(self.metrics_port), "convoy_inflight_requests") and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(sum_of(read_metrics(self.metrics_port), "convoy_inflight_requests"), 0)
        self.assertEqual(sum_of(read_metrics(self.metrics_port), "convoy_queue_depth"), 0)

    # Bytes.

    def test_any_bytes_on_both_ports(self):
        dice = random.Random(SEED)
        openings = (b"", raw_http2.PREFACE, raw_http2.PREFACE + raw_http2.frame(raw_http2.SETTINGS, 0, 0),
                    b"GET /metrics HTTP/1.1\r\n", b"\x16\x03\x01")
        for port in (self.server.port, self.metrics_port):
            for i in range(150):
                body = openings[i % len(openings)] + dice.randbytes(dice.choice((1, 9, 100, 5000)))
                with socket.create_connection(("127.0.0.1", port)) as raw:
                    try:
                        raw.sendall(body)
                        if i % 3 == 0:
                            raw.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass  # it was refused while it was sent

    def test_any_frames(self):
        dice = random.Random(SEED)
        for _ in range(100):
            with raw_http2.RawHttp2(self.server.port) as raw:
                try:
                    for _ in range(20):
                        kind, flags, stream = dice.randrange(12), dice.randrange(256), dice.choice((0, 1, 2, 3, 2**31 - 1))
                        raw.socket.sendall(raw_http2.frame(kind, flags, stream, dice.randbytes(dice.choice((0, 4, 8, 60)))))
                except OSError:
                    pass

    # Messages.

    def fill(self, message, dice, depth=0):
        """Random values in random fields; names that mean something now and then."""
        words = ("", MODEL, "image", "probabilities", "FP32", "BYTES", "1", "..", "\0", "a\nb", "x" * 300)
        for field in message.DESCRIPTOR.fields:
            if dice.random() < 0.4 or depth > 5:
                continue
            count = dice.choice((1, 1, 2, 40)) if field.label == field.LABEL_REPEATED else 1
            if field.message_type and field.message_type.GetOptions().map_entry:
                self.fill_map(getattr(message, field.name), field, dice, depth)
            elif field.message_type:
                for _ in range(min(count, 3)):
                    inner = getattr(message, field.name)
                    self.fill(inner.add() if count != 1 or field.label == field.LABEL_REPEATED else inner, dice, depth + 1)
            else:
                values = [self.scalar(field, dice, words) for _ in range(count)]
                if field.label == field.LABEL_REPEATED:
                    getattr(message, field.name).extend(values)
                else:
                    setattr(message, field.name, values[0])

    def fill_map(self, target, field, dice, depth):
        value = field.message_type.fields_by_name["value"]
        for key in ("classification", "timeout", "priority", "shared_memory_region", "trace_rate", "k" * 20):
            if dice.random() < 0.5:
                continue
            if value.message_type:
                self.fill(target[key], dice, depth + 1)
            else:
                target[key] = self.scalar(value, dice, ("",))

    @staticmethod
    def scalar(field, dice, words):
        kinds = field.CPPTYPE_STRING, field.CPPTYPE_BOOL, field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT
        if field.type == field.TYPE_BYTES:
            return dice.randbytes(dice.choice((0, 4, 3136)))
        if field.cpp_type == kinds[0]:
            return dice.choice(words)
        if field.cpp_type == kinds[1]:
            return dice.random() < 0.5
        if field.cpp_type in kinds[2:]:
            return dice.choice((0.0, float("nan"), -1e300 if field.cpp_type == kinds[2] else -1e30))
        if field.cpp_type == field.CPPTYPE_ENUM:
            return dice.choice([value.number for value in field.enum_type.values])
        bits = 31 if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32) else 63
        signed = field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_INT64)
        return dice.choice((0, 1, 2, 28, 2**bits - 1) + ((-1, -2**bits) if signed else (2**(bits + 1) - 1,)))

    def test_any_message_on_any_rpc(self):
        dice = random.Random(SEED)
        service = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"]
        # Settings of the log and of traces are given back; the log is the test's own witness.
        answered = 0
        for method in service.methods:
            stream = method.name == "ModelStreamInfer"
            path = f"/{service.full_name}/{method.name}"
            call = self.channel.stream_stream(path) if stream else self.channel.unary_unary(path)
            for _ in range(120):
                message = getattr(service_pb2, method.input_type.name)()
                self.fill(message, dice)
                body = message.SerializeToString()
                try:
                    if stream:
                        answered += len(list(call(iter([body, body]), timeout=30)))
                    else:
                        call(body, timeout=30)
                        answered += 1
                except grpc.RpcError as error:
                    self.assertNotIn(error.code(), (grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED), (method.name, message))
        self.assertGreater(answered, 100)
        call = self.channel.unary_unary("/convoy.v1.ClassifyService/Classify")
        for _ in range(120):
            message = harness.MESSAGES["convoy.v1.ClassifyRequest"]()
            self.fill(message, dice)
            try:
                call(message.SerializeToString(), timeout=30)
            except grpc.RpcError as error:
                self.assertNotIn(error.code(), (grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED), message)

    def test_names_that_are_no_names(self):
        names = ("a\0b", "a\nb", "..", "../lenet5", "/etc/passwd", "lenet5/../lenet5", "-x", "n" * 1_000_000, "\N{EURO SIGN}" * 9000)
        calls = (lambda name: self.stub.ModelMetadata(service_pb2.ModelMetadataRequest(name=name), timeout=30),
                 lambda name: self.stub.ModelConfig(service_pb2.ModelConfigRequest(name=name), timeout=30),
                 lambda name: self.stub.ModelStatistics(service_pb2.ModelStatisticsRequest(name=name), timeout=30),
                 lambda name: self.stub.ModelInfer(service_pb2.ModelInferRequest(model_name=name), timeout=30),
                 lambda name: self.stub.ModelInfer(service_pb2.ModelInferRequest(model_name=MODEL, model_version=name), timeout=30),
                 lambda name: self.stub.RepositoryModelLoad(service_pb2.RepositoryModelLoadRequest(model_name=name), timeout=30),
                 lambda name: self.stub.RepositoryModelUnload(service_pb2.RepositoryModelUnloadRequest(model_name=name), timeout=30))
        for name in names:
            for call in calls:
                with self.assertRaises(grpc.RpcError) as caught:
                    call(name)
                self.assertIn(caught.exception.code(), (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT,
                                                        grpc.StatusCode.UNAVAILABLE))
                self.assertNotIn("\n", caught.exception.details())

    def test_a_body_at_the_limit_and_one_byte_more(self):
        limit = 1 << 20
        request = good_request()
        room = limit - len(request.SerializeToString())
        request.id = "i" * (room - 4)  # its own tag and length
        for extra, code in ((0, "INVALID_ARGUMENT"), (1, "RESOURCE_EXHAUSTED")):
            request.id = "i" * (len(request.id) + limit + extra - len(request.SerializeToString()))
            self.assertEqual(len(request.SerializeToString()), limit + extra)
            try:
                reply = self.stub.ModelInfer(request, timeout=30)
                self.assertEqual((extra, reply.id), (0, request.id))
            except grpc.RpcError as error:
                self.assertEqual(error.code().name, code, error.details())

    def test_a_body_that_grows_when_it_is_unpacked(self):
        """A thousand times as large as what travels, and far beyond the limit."""
        self.refuse_what_grows(grpc.StatusCode.RESOURCE_EXHAUSTED, self.stub)

    def refuse_what_grows(self, code, stub):
        request = good_request()
        request.raw_input_contents[0] = bytes(64 << 20)
        with self.assertRaises(grpc.RpcError) as caught:
            stub.ModelInfer(request, timeout=60, compression=grpc.Compression.Gzip)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())

    def test_nothing_grows_where_nothing_is_unpacked(self):
        port = harness.free_port()
        with harness.Server([harness.BUNDLED / MODEL], flags=["--metrics-port", str(port), "--grpc-accept-compressed=false"]) as server, \
                grpc.insecure_channel(server.url, options=[("grpc.max_send_message_length", -1)]) as channel:
            before = read_metrics(port)["process_resident_memory_bytes"]
            self.refuse_what_grows(grpc.StatusCode.UNIMPLEMENTED, service_pb2_grpc.GRPCInferenceServiceStub(channel))
            self.assertLess(read_metrics(port)["process_resident_memory_bytes"] - before, 16 << 20)

    # Clients that do not keep to their part.

    def flood(self, count):
        """So many requests over one connection; the server's memory behind it, in bytes."""
        chunk = 1000
        with raw_http2.RawHttp2(self.server.port) as raw:
            for first in range(0, count, chunk):
                frames = b"".join(raw_http2.call_frames(2 * i + 1, LIVE, b"") for i in range(first, first + chunk))
                raw.socket.sendall(frames)
                # A real flood would not read; a thousand unread answers are as many as the server must hold here.
                raw.read_until(lambda: raw.ended >= first)
            raw.read_until(lambda: raw.ended >= count)
            self.assertEqual((raw.ended, raw.gone), (count, False))
            self.check_answers()
            time.sleep(1)  # the silence
        return read_metrics(self.metrics_port)["process_resident_memory_bytes"]

    def test_a_hundred_thousand_requests_then_silence(self):
        once = self.flood(50_000)
        # What the first flood took serves the second: measured, it rises by a few MiB and falls again.
        self.assertLess(self.flood(50_000) - once, 48 << 20)

    def test_slow_and_half_open_connections(self):
        """Two hundred that have sent a part of something and say no more; the others do not feel it."""
        parts = (raw_http2.PREFACE[:10], raw_http2.PREFACE + raw_http2.frame(raw_http2.SETTINGS, 0, 0),
                 raw_http2.PREFACE + raw_http2.frame(raw_http2.SETTINGS, 0, 0) +
                 raw_http2.frame(raw_http2.HEADERS, raw_http2.END_HEADERS, 1, raw_http2.request_headers(INFER)),
                 raw_http2.PREFACE + raw_http2.frame(raw_http2.SETTINGS, 0, 0) +
                 raw_http2.frame(raw_http2.HEADERS, raw_http2.END_HEADERS, 1, raw_http2.request_headers(INFER)) +
                 raw_http2.frame(raw_http2.DATA, 0, 1, raw_http2.grpc_message(ROW[:100], declared=3000)))
        idle = []
        try:
            for i in range(200):
                idle.append(socket.create_connection(("127.0.0.1", self.server.port)))
                idle[-1].sendall(parts[i % len(parts)])
            for i in range(3):  # the metrics port answers as soon as its few threads give these up
                idle.append(socket.create_connection(("127.0.0.1", self.metrics_port)))
                idle[-1].sendall(b"GET /metr")
            for byte in raw_http2.PREFACE:  # drop by drop, while good requests are answered
                try:
                    idle[1].sendall(bytes([byte]))
                except OSError:
                    pass  # the server has enough of this one
                self.check_answers()
            self.assertIn("nv_inference_count", " ".join(read_metrics(self.metrics_port)))
        finally:
            for each in idle:
                each.close()

    def test_clients_killed_in_the_middle_of_a_body(self):
        message = good_request(16).SerializeToString()
        whole = raw_http2.grpc_message(message)
        for i in range(100):
            with raw_http2.RawHttp2(self.server.port) as raw:
                raw.headers(1, INFER)
                cut = len(whole) * i // 100
                for at in range(0, cut, 16_384):
                    raw.socket.sendall(raw_http2.frame(raw_http2.DATA, 0, 1, whole[at:min(at + 16_384, cut)]))
                raw.reset()

    def test_cancels_at_every_stage(self):
        """From before a request has left to behind its answer: each call ends once, and the server counts what reached it once."""
        dice = random.Random(SEED)
        codes = []

        def one(delay):
            call = self.stub.ModelInfer.future(good_request(dice.choice((1, 16))), timeout=30)
            time.sleep(delay)
            call.cancel()
            try:
                call.result()
                return "OK"
            except grpc.FutureCancelledError:
                return "CANCELLED"
            except grpc.RpcError as error:
                return error.code().name

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            codes = list(pool.map(one, [dice.random() ** 3 * 0.02 for _ in range(800)]))
        self.assertEqual(set(codes) - {"OK", "CANCELLED"}, set())
        self.assertIn("CANCELLED", codes)

    def test_scrapes_under_load(self):
        """Every page is whole, and no counter ever falls."""
        stop = threading.Event()

        def load():
            count = 0
            while not stop.is_set():
                self.stub.ModelInfer(good_request(), timeout=30)
                count += 1
            return count

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            before = sum_of(read_metrics(self.metrics_port), "nv_inference_request_success")
            loads = [pool.submit(load) for _ in range(4)]
            last = {}
            for _ in range(60):
                page = read_metrics(self.metrics_port)
                for key, value in last.items():
                    if key.startswith(("nv_inference_", "convoy_requests_total", "convoy_stage")) and "pending" not in key:
                        self.assertGreaterEqual(page[key], value, key)
                last = page
            stop.set()
            sent = sum(each.result() for each in loads)
        after = sum_of(read_metrics(self.metrics_port), "nv_inference_request_success")
        self.assertEqual(after - before, sent)


class ScarceTest(unittest.TestCase):
    """Where the host gives little."""

    def check(self, server):
        with grpc.insecure_channel(server.url) as channel:
            stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
            self.assertEqual(len(stub.ModelInfer(good_request(), timeout=30, wait_for_ready=True).raw_output_contents), 1)

    def test_no_more_file_descriptors(self):
        """Beyond the usual soft limit: the server has raised it. The hard limit is the operator's."""
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (96, 4096))

        with harness.Server([harness.BUNDLED / MODEL], preexec_fn=few) as server:
            held = []
            for _ in range(300):
                held.append(socket.create_connection(("127.0.0.1", server.port), timeout=5))
                held[-1].sendall(raw_http2.PREFACE + raw_http2.frame(raw_http2.SETTINGS, 0, 0))
            self.check(server)
            for each in held:
                each.close()
            self.check(server)

    def test_any_user_no_home_and_nothing_to_write_to(self):
        if os.geteuid() != 0:
            self.skipTest("only root may become another user")
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
            with harness.Server([harness.BUNDLED / MODEL], cwd=folder, user=54_321,
                                env={"HOME": None, "XDG_CACHE_HOME": None, "USER": None}) as server:
                self.check(server)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_a_quota_below_a_core(self):
        """Eight callers of a server that stands still most of the time: each call is answered."""
        with quota_group(0.3) as group:
            if group is None:
                self.skipTest("no control group can be made here")

            def join():
                (group / "cgroup.procs").write_text(str(os.getpid()))

            facts = subprocess.run([harness.CONVOY, "devices"], capture_output=True, text=True, check=True, preexec_fn=join).stdout
            self.assertRegex(facts, r"CPU quota +0\.30 cores")
            with harness.Server([harness.BUNDLED / MODEL], preexec_fn=join) as server:
                with grpc.insecure_channel(server.url) as channel, concurrent.futures.ThreadPoolExecutor(8) as callers:
                    stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
                    replies = callers.map(lambda _: stub.ModelInfer(good_request(), timeout=60), range(400))
                    self.assertTrue(all(len(reply.raw_output_contents[0]) == 40 for reply in replies))
            stood_still = int(re.search(r"nr_throttled (\d+)", (group / "cpu.stat").read_text())[1])
            self.assertGreater(stood_still, 0)

    def test_no_more_memory(self):
        """A picture of 49 million pixels where 128 MiB are left: it fails alone, and where there is room again it is read."""
        side = 7000
        rows = zlib.compress(bytes(side * (side + 1)), 1)
        large = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) + \
            chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        small = (harness.BUNDLED / MODEL / "samples" / "digit_3.png").read_bytes()
        with harness.Server([harness.BUNDLED / MODEL]) as server:
            self.check(server)
            mapped = int(pathlib.Path(f"/proc/{server.process.pid}/statm").read_text().split()[0]) * resource.getpagesize()
            before = resource.prlimit(server.process.pid, resource.RLIMIT_AS, (mapped + (128 << 20), resource.RLIM_INFINITY))
            results = harness.classify(server.url, [large, small], MODEL).results
            self.assertEqual(results[0].error.code, grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], results[0])
            self.assertEqual(results[1].classes[0].label, "3")
            resource.prlimit(server.process.pid, resource.RLIMIT_AS, before)
            self.assertFalse(harness.classify(server.url, [large], MODEL).results[0].HasField("error"))

    def test_a_label_file_of_a_gibibyte(self):
        with harness.Repository() as repository:
            repository.add_bundled(MODEL)
            with open(repository.path / MODEL / "labels.txt", "r+b") as labels:
                labels.truncate(1 << 30)  # a hole: it takes no room on disk
            server = harness.Server([repository.path])
            self.assertEqual(server.wait_exit(), 1)
            self.assertRegex(server.log, "labels.txt")


class SignalTest(unittest.TestCase):
    def start(self, repository, *flags):
        return harness.Server([repository], flags=flags)

    def end(self, server):
        code = server.process.wait(harness.STOP_SECONDS)
        server._close_log()
        return code

    def test_sigterm_at_any_moment_of_the_start(self):
        """From the first instruction to behind readiness: before a word is said the signal's own end, then always 0."""
        for delay in (0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8):
            server = self.start(harness.BUNDLED)
            time.sleep(delay)
            server.process.send_signal(signal.SIGTERM)
            code = self.end(server)
            self.assertTrue(code == 0 or (code == -signal.SIGTERM and server.log == ""), (delay, code, server.log))

    def test_sigterm_under_load_loses_nothing(self):
        server = self.start(harness.BUNDLED / MODEL, "--lame-duck-seconds", "1").wait_ready()
        codes = []

        def load():
            with grpc.insecure_channel(server.url) as channel:
                stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
                while True:
                    try:
                        stub.ModelInfer(good_request(), timeout=30)
                        codes.append("OK")
                    except grpc.RpcError as error:
                        codes.append((error.code().name, error.details()))
                        return

        threads = [threading.Thread(target=load) for _ in range(4)]
        for each in threads:
            each.start()
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        for each in threads:
            each.join()
        self.assertEqual(self.end(server), 0, server.log)
        self.assertGreater(codes.count("OK"), 100)
        # The last call of each thread was refused: inside, because nobody listens any more, or (CANCELLED) as the port was closed.
        for code in codes:
            self.assertTrue(code == "OK" or code[0] in ("UNAVAILABLE", "CANCELLED"), code)

    def test_sigterm_twice_ends_at_once(self):
        server = self.start(harness.BUNDLED / MODEL, "--lame-duck-seconds", "600", "--drain-seconds", "600").wait_ready()
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while "SIGTERM" not in server.log and time.monotonic() < deadline:
            time.sleep(0.02)
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(server), 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
