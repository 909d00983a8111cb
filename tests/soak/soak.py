"""Mixed load for as long as one likes, and books that must balance to the unit.

    tests/end_to_end/run.sh BUILD_DIR tests/soak/soak.py SECONDS

Unary calls, bursts beyond the queue's bound, streams whose client reads slowly, pictures good and bad, requests that are wrong;
a model that is reloaded all the time; cancels, deadlines, and clients that are killed. Then a pause, in which what the clients
counted, the statistics, /metrics and the access log must say the same; then load again, and SIGTERM in the middle of it: every
request has one answer, and what was answered is in the log.

Three copies of the bundled digits network: `steady` and `reloaded` are asked by clients that wait for every answer, so their
numbers must agree exactly; those who ask `rough` go away, so there only the server's own books can be compared.
"""

import collections
import json
import os
import queue
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

import grpc
import numpy as np
from tritonclient.grpc import service_pb2, service_pb2_grpc

import harness

STEADY, RELOADED, ROUGH = "steady", "reloaded", "rough"
SOURCE = harness.BUNDLED / "lenet5"
MAX_ROWS = 16
QUEUE_LIMIT = 24  # of the steady model
BURST = 128
STREAM_REQUESTS = 60
SAMPLE_SECONDS = 0.5
# How much the memory of the second half may lie above that of the first. Short runs still see the allocator settle.
LONG_SECONDS = 120
LONG_GROWTH, SHORT_GROWTH = 0.03, 0.25
SLACK_BYTES = 8 << 20
# gRPC (1.51) tells CANCELLED to a call that meets the very moment at which the port closes. It has not run: the log has no line of it.
MOST_CUT_OFF = 8
SEED = 20_261_125


def digits():
    """Rows of the sample digits, as bytes, and what each is."""
    from PIL import Image
    pictures = [np.asarray(Image.open(SOURCE / "samples" / f"digit_{i}.png").convert("L"), np.float32) / 255 for i in range(10)]
    return [picture.tobytes() for picture in pictures]


DIGITS = digits()
FILES = [(SOURCE / "samples" / f"digit_{i}.png").read_bytes() for i in range(10)]


def request_for(model, first, rows):
    request = service_pb2.ModelInferRequest(model_name=model, id=f"{model}-{first}-{rows}")
    request.inputs.add(name="image", datatype="FP32", shape=[rows, 1, 28, 28])
    request.raw_input_contents.append(b"".join(DIGITS[(first + i) % 10] for i in range(rows)))
    return request


def check_answer(reply, first, rows):
    scores = np.frombuffer(reply.raw_output_contents[0], np.float32).reshape(rows, 10)
    expected = [(first + i) % 10 for i in range(rows)]
    if list(scores.argmax(axis=1)) != expected:
        raise AssertionError(f"wrong answer: {scores.argmax(axis=1)} for {expected}")


class Books:
    """What clients have counted: answers by (method, model, code), and rows of answered requests. Thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self.sent = 0
        self.answers = collections.Counter()
        self.rows = collections.Counter()
        self.problems = []

    def send(self, count=1):
        with self._lock:
            self.sent += count

    def answer(self, method, model, code, rows=0):
        with self._lock:
            self.answers[method, model, code] += 1
            if code == "OK":
                self.rows[model] += rows

    def problem(self, text):
        with self._lock:
            self.problems.append(text)

    def answered(self, model=None, code=None):
        return sum(count for (_, its_model, its_code), count in self.answers.items()
                   if model in (None, its_model) and code in (None, its_code))


def code_of(error):
    return error.code().name


class Load:
    """The clients. Each method below is the life of one of them, until `stop` is set."""

    def __init__(self, server, books, stop):
        self.url, self.books, self.stop = server.url, books, stop
        self._threads = []

    def run(self, *lives):
        for number, (life, *arguments) in enumerate(lives):
            thread = threading.Thread(target=self._live, args=(life, random.Random(SEED + number), arguments))
            thread.start()
            self._threads.append(thread)

    def join(self):
        for thread in self._threads:
            thread.join()

    def _live(self, life, dice, arguments):
        try:
            with grpc.insecure_channel(self.url, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
                life(self, channel, dice, *arguments)
        except Exception as error:  # a client that fails is what the run is there to find
            self.books.problem(f"{life.__name__}: {error!r}")

    def unary(self, channel, dice, model):
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        while not self.stop.is_set():
            first, rows = dice.randrange(10), dice.choice((1, 1, 2, 3, 8, MAX_ROWS))
            self.books.send()
            try:
                reply = stub.ModelInfer(request_for(model, first, rows), timeout=60)
                check_answer(reply, first, rows)
                self.books.answer("ModelInfer", model, "OK", rows)
            except grpc.RpcError as error:
                self.books.answer("ModelInfer", model, code_of(error))

    def bursts(self, channel, dice, model):
        """More at once than the queue holds: some are refused, each with a code."""
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        while not self.stop.is_set():
            self.books.send(BURST)
            calls = [stub.ModelInfer.future(request_for(model, i, 1), timeout=60) for i in range(BURST)]
            for i, call in enumerate(calls):
                try:
                    check_answer(call.result(), i, 1)
                    self.books.answer("ModelInfer", model, "OK", 1)
                except grpc.RpcError as error:
                    self.books.answer("ModelInfer", model, code_of(error))
            self.stop.wait(dice.random())

    def wrong(self, channel, dice, model):
        """Requests that are refused before they reach the queue."""
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        while not self.stop.is_set():
            request = request_for(model, 0, 1)
            known = dice.random() < 0.5
            if known:
                request.inputs[0].shape[3] = 27
            else:
                request.model_name = "nosuch"
            self.books.send()
            try:
                stub.ModelInfer(request, timeout=60)
                self.books.problem("a wrong request was answered")
            except grpc.RpcError as error:
                self.books.answer("ModelInfer", model if known else "", code_of(error))
            self.stop.wait(0.02)

    def slow_streams(self, channel, dice, model):
        """Sends all at once and takes its time to read; the replies come in order, each once."""
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        while not self.stop.is_set():
            self.books.send(STREAM_REQUESTS)
            replies = stub.ModelStreamInfer(iter([request_for(model, i, 1) for i in range(STREAM_REQUESTS)]), timeout=120)
            number = 0
            for number, reply in enumerate(replies, 1):
                ok = not reply.error_message
                if ok:
                    check_answer(reply.infer_response, number - 1, 1)
                self.books.answer("ModelStreamInfer", model, "OK" if ok else "UNAVAILABLE", 1)
                if dice.random() < 0.1:
                    time.sleep(0.02)
            if number != STREAM_REQUESTS:
                self.books.problem(f"a stream of {STREAM_REQUESTS} requests had {number} replies")

    def pictures(self, channel, dice, model):
        """Four pictures a call, one of them broken now and then: that one fails alone."""
        call = channel.unary_unary("/convoy.v1.ClassifyService/Classify")
        answer = harness.MESSAGES["convoy.v1.ClassifyResponse"]
        while not self.stop.is_set():
            chosen = [dice.randrange(10) for _ in range(4)]
            images = [FILES[i] for i in chosen]
            broken = dice.random() < 0.3
            if broken:
                images[2] = images[2][:-9]
            request = harness.MESSAGES["convoy.v1.ClassifyRequest"](model_name=model, images=images, top_k=1)
            self.books.send()
            try:
                results = answer.FromString(call(request.SerializeToString(), timeout=60)).results
                failed = [i for i, result in enumerate(results) if result.HasField("error")]
                full = [result.error.code for result in results if result.error.code == grpc.StatusCode.UNAVAILABLE.value[0]]
                if not full and failed != ([2] if broken else []):
                    self.books.problem(f"pictures {failed} failed")
                for i, result in enumerate(results):
                    if not result.HasField("error") and result.classes[0].label != str(chosen[i]):
                        self.books.problem(f"picture of {chosen[i]} is called {result.classes[0].label}")
                self.books.answer("Classify", model, "OK", len(results) - len(failed))
            except grpc.RpcError as error:
                self.books.answer("Classify", model, code_of(error))
            self.stop.wait(0.01)

    def reloads(self, channel, dice, model):
        """Another config each time, so that the model is loaded anew beside the one that serves."""
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        self.reloads_done = 0
        while not self.stop.is_set():
            delay = self.reloads_done % 2
            request = service_pb2.RepositoryModelLoadRequest(model_name=model)
            request.parameters["config"].string_param = config_text(model, f"max_queue_delay_microseconds: {delay}")
            stub.RepositoryModelLoad(request, timeout=60)
            self.reloads_done += 1
            self.stop.wait(0.3)

    def cancels(self, channel, dice, model):
        """Cancelled, or out of time, at any moment."""
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        while not self.stop.is_set():
            deadline = dice.choice((60, 60, 0.001, 0.005))
            call = stub.ModelInfer.future(request_for(model, 0, MAX_ROWS), timeout=deadline)
            time.sleep(dice.random() ** 3 * 0.02)
            call.cancel()

    def kills(self, channel, dice, model):
        """Client processes that are killed while they ask."""
        while not self.stop.is_set():
            victim = subprocess.Popen([sys.executable, __file__, "--victim", self.url, model])
            self.stop.wait(1.5 + dice.random())
            victim.send_signal(signal.SIGKILL)
            victim.wait()


def live_as_victim(url, model):
    with grpc.insecure_channel(url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        calls = queue.Queue()

        def endless():
            while True:
                yield request_for(model, 0, 1)
                time.sleep(0.002)

        stream = stub.ModelStreamInfer(endless())
        for _ in stream:
            calls.put(stub.ModelInfer.future(request_for(model, 0, MAX_ROWS), timeout=60))


def config_text(model, batching=""):
    text = re.sub(r"(?m)^(name|dynamic_batching).*\n", "", (SOURCE / "config.pbtxt").read_text())
    return f'name: "{model}"\n{text}\ndynamic_batching {{ {batching} }}\n'


def make_repository(folder):
    for model in (STEADY, RELOADED, ROUGH):
        shutil.copytree(SOURCE, folder / model)
        bound = f"default_queue_policy {{ max_queue_size: {QUEUE_LIMIT} }}" if model == STEADY else ""
        (folder / model / "config.pbtxt").write_text(config_text(model, bound))


SERIES = re.compile(r'(\w+)(?:{(.*)})? (\S+)')


class Metrics:
    """One page of /metrics."""

    def __init__(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
            lines = page.read().decode().splitlines()
        self._series = []
        for line in lines:
            if found := SERIES.fullmatch(line):
                labels = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or ""))
                self._series.append((found[1], labels, float(found[3])))

    def of(self, name, **wanted):
        return sum(value for each, labels, value in self._series
                   if each == name and all(labels.get(key) == word for key, word in wanted.items()))

    def answers(self):
        """convoy_requests_total as Books.answers."""
        return collections.Counter({(labels["method"], labels["model"], labels["code"]): int(value)
                                    for name, labels, value in self._series if name == "convoy_requests_total" and value})


class MemorySampler(threading.Thread):
    def __init__(self, port, stop):
        super().__init__()
        self._port, self._stop_event = port, stop
        self.samples = []

    def run(self):
        while not self._stop_event.wait(SAMPLE_SECONDS):
            self.samples.append(Metrics(self._port).of("process_resident_memory_bytes"))

    def quarters(self):
        """The medians of the second and of the last quarter."""
        size = len(self.samples) // 4
        return statistics.median(self.samples[size:2 * size]), statistics.median(self.samples[-size:])


def read_log(path, start=0):
    """The access log as Books.answers, from the offset `start`; and the offset of its end."""
    answers = collections.Counter()
    with open(path, "rb") as log:
        log.seek(start)
        for line in log:
            if b'"msg":"request"' in line:
                fields = json.loads(line)
                answers[fields["method"], fields["model"], fields["code"]] += 1
        return answers, log.tell()


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def expect_equal(left, right, what):
    expect(left == right, f"{what}: {left} and {right}")


def only(answers, *models):
    return {key: count for key, count in answers.items() if key[1] in models}


def compare(server, port, books, log_path):
    """In the pause: all four books."""
    deadline = time.monotonic() + 60
    while Metrics(port).of("convoy_inflight_requests") and time.monotonic() < deadline:
        time.sleep(0.1)
    metrics = Metrics(port)
    expect_equal(metrics.of("convoy_inflight_requests"), 0, "requests that were never answered")
    expect_equal(metrics.of("convoy_queue_depth"), 0, "requests that still wait")
    log, end = read_log(log_path)
    expect_equal(dict(metrics.answers()), dict(log), "/metrics and the access log")
    known = STEADY, RELOADED, ""
    expect_equal(only(books.answers, *known), only(log, *known), "the clients and the access log")
    expect_equal(books.answered(), books.sent, "answers and requests of clients that wait")
    with grpc.insecure_channel(server.url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        for model in (STEADY, ROUGH):
            told = stub.ModelStatistics(service_pb2.ModelStatisticsRequest(name=model), timeout=60).model_stats[0]
            expect_equal(told.inference_stats.success.count, metrics.of("nv_inference_request_success", model=model), f"{model}: successes")
            expect_equal(told.inference_stats.fail.count, metrics.of("nv_inference_request_failure", model=model), f"{model}: failures")
            expect_equal(told.inference_count, metrics.of("nv_inference_count", model=model), f"{model}: rows")
            expect_equal(told.execution_count, metrics.of("nv_inference_exec_count", model=model), f"{model}: batches")
            expect_equal(told.execution_count, metrics.of("convoy_batch_size_count", model=model), f"{model}: batch sizes")
    for model in (STEADY, RELOADED):
        expect_equal(books.answered(model, "OK"), metrics.of("nv_inference_request_success", model=model), f"{model}: the clients' successes")
        expect_equal(books.rows[model], metrics.of("nv_inference_count", model=model), f"{model}: the clients' rows")
    expect_equal({code for (_, model, code) in books.answers if model == RELOADED}, {"OK"}, "codes while the model was reloaded")
    return metrics, end


def soak(server, port, log_path, seconds):
    books, stop = Books(), threading.Event()
    load, memory = Load(server, books, stop), MemorySampler(port, stop)
    memory.start()
    load.run((Load.unary, STEADY), (Load.unary, STEADY), (Load.bursts, STEADY), (Load.wrong, STEADY), (Load.slow_streams, STEADY),
             (Load.pictures, STEADY), (Load.unary, RELOADED), (Load.slow_streams, RELOADED), (Load.reloads, RELOADED),
             (Load.cancels, ROUGH), (Load.kills, ROUGH))
    time.sleep(seconds)
    stop.set()
    load.join()
    memory.join()
    expect_equal(books.problems, [], "problems of clients")
    metrics, end = compare(server, port, books, log_path)
    early, late = memory.quarters()
    growth = LONG_GROWTH if seconds >= LONG_SECONDS else SHORT_GROWTH
    expect(late <= early * (1 + growth) + SLACK_BYTES, f"memory grows: {early / 1e6:.1f} MB early, {late / 1e6:.1f} MB late")
    codes = collections.Counter()
    for (_, model, code), count in metrics.answers().items():
        codes[f"{model or 'unknown'} {code}"] += count
    print(json.dumps({"seconds": seconds, "requests": sum(codes.values()), "codes": dict(sorted(codes.items())),
                      "reloads": load.reloads_done, "batches": int(metrics.of("nv_inference_exec_count")),
                      "rss_early_mb": round(early / 1e6, 1), "rss_late_mb": round(late / 1e6, 1)}, indent=1))
    return end


def end_under_load(server, log_path, log_end):
    """SIGTERM while clients ask: each call has one answer, and those that were answered are those that the log has."""
    books, stop = Books(), threading.Event()
    load = Load(server, books, stop)
    load.run((Load.unary, STEADY), (Load.unary, STEADY), (Load.bursts, STEADY), (Load.pictures, STEADY))
    time.sleep(1.5)
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(harness.STOP_SECONDS)
    stop.set()
    load.join()
    expect_equal(code, 0, "exit code after SIGTERM")
    expect_equal(books.problems, [], "problems of clients")
    expect_equal(books.answered(), books.sent, "answers and requests at the end")
    log, _ = read_log(log_path, log_end)
    answered = {key: count for key, count in log.items() if key[2] == "OK"}
    expect_equal({key: count for key, count in books.answers.items() if key[2] == "OK"}, answered, "what clients got and the log")
    expect_equal({key[2] for key in books.answers} - {"OK", "UNAVAILABLE", "CANCELLED"}, set(), "codes at the end")
    expect(books.answered(code="CANCELLED") <= MOST_CUT_OFF, f"{books.answered(code='CANCELLED')} calls were cut off")
    print(json.dumps({"at_the_end": {"answered": sum(answered.values()), "refused": books.answered(code="UNAVAILABLE"),
                                     "cut_off": books.answered(code="CANCELLED")}}))


def main(seconds):
    port = harness.free_port()
    with harness.Repository() as repository:
        make_repository(repository.path)
        server = harness.Server([repository.path], flags=[
            "--metrics-port", str(port), "--model-control-mode", "explicit", "--load-model", "*", "--access-log", "all",
            "--log-format", "json"])
        log_path = f"/proc/{os.getpid()}/fd/{server._log.fileno()}"
        try:
            server.wait_ready()
            end_under_load(server, log_path, soak(server, port, log_path, seconds))
        except BaseException:
            print("\n".join(line for line in server.log.splitlines() if '"msg":"request"' not in line)[-5000:], file=sys.stderr)
            raise
        finally:
            server.kill()


if __name__ == "__main__":
    if sys.argv[1] == "--victim":
        live_as_victim(*sys.argv[2:])
    else:
        main(float(sys.argv[1]))
