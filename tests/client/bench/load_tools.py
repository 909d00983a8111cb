"""The measurements of docs/load-testing.md: `convoy bench`, ghz and perf_analyzer beside each other, against slow_server.

    load_tools.py BUILD_FOLDER drill|rate|limit

drill: the server stalls 1 s in every 10 at 200 calls/s; which tool shows it? rate: 1,000 calls/s for 30 s. limit: calls a second and a
core of the tool. ghz and perf_analyzer are those that tests/end_to_end/stock_clients.sh installs; one that is not there is left out.
"""

import json
import os
import pathlib
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def message(number, payload):
    """One length-delimited field of a protocol buffer."""
    return bytes([number << 3 | 2, len(payload)]) + payload


# ModelInferRequest of model echo: input x, FP32 [1,16], zeros.
TENSOR = message(1, b"x") + message(2, b"FP32") + message(3, bytes([1, 16]))
REQUEST = message(1, b"echo") + message(5, TENSOR) + message(7, struct.pack("<16f", *[0.0] * 16))


class Bench:
    def __init__(self, build, server_arguments):
        self.build = pathlib.Path(build).resolve()
        self.tools = self.build / "stock-clients"
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.server = subprocess.Popen([self.build / "tests/client/slow_server", str(port), *server_arguments], stdout=subprocess.PIPE)
        self.server.stdout.readline()
        self.folder = tempfile.TemporaryDirectory()
        self.body = pathlib.Path(self.folder.name, "request.bin")
        self.body.write_bytes(REQUEST)

    def close(self):
        self.server.kill()
        self.server.wait()
        self.folder.cleanup()

    def timed(self, *command, env=None):
        """Output, seconds, and seconds of processor time."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, env={**os.environ, **(env or {})})
        seconds = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print("$", *[str(word).replace(str(self.build), "BUILD").replace(str(ROOT) + "/", "") for word in command], flush=True)
        return result.stdout + ("" if result.stdout else result.stderr), seconds, used

    def convoy(self, *flags):
        output, seconds, used = self.timed(self.build / "convoy", "bench", "-u", self.address, "-m", "echo", "--random", "-q", "--json", *flags)
        return json.loads(output), seconds, used

    def ghz(self, *flags):
        program = self.tools / "go" / "ghz"
        if not program.exists():
            return None, 0, 0
        output, seconds, used = self.timed(program, "--insecure", "--proto", ROOT / "proto/inference/grpc_service.proto", "-i", ROOT / "proto",
                                           "--call", "inference.GRPCInferenceService.ModelInfer", "-B", self.body, "-O", "json", *flags, self.address)
        return json.loads(output), seconds, used

    def perf_analyzer(self, *flags):
        venv = self.tools / "perf_analyzer"
        libraries = [*venv.glob("lib/python*/site-packages/nvidia/cuda_runtime/lib"), *self.tools.glob("lib/usr/lib/*")]
        if not (venv / "bin/perf_analyzer").exists():
            return None, 0, 0
        return self.timed(venv / "bin/perf_analyzer", "-m", "echo", "-i", "grpc", "-u", self.address, "-s", "999", *flags,
                          env={"LD_LIBRARY_PATH": ":".join(map(str, libraries))})


def ghz_percentile(report, percent):
    return next(row["latency"] / 1e6 for row in report["latencyDistribution"] if row["percentage"] == percent)


def drill(build):
    bench = Bench(build, ["2000", "1000", "10000"])
    for cap in ("4", "10000"):
        report, _, _ = bench.convoy("--rate", "200", "-z", "40s", "--warm-up", "0s", "--max-in-flight", cap)
        print(f"convoy bench, at most {cap} in flight: response p50 {report['latency_ms']['p50']:.2f} p99 {report['latency_ms']['p99']:.1f} ms, "
              f"service p99 {report['service_ms']['p99']:.2f} ms, valid {report['verdict']['valid']}, held {report['calls']['held']}")
    report, _, _ = bench.ghz("-r", "200", "-c", "4", "-z", "40s")
    if report:
        print(f"ghz: p50 {ghz_percentile(report, 50):.2f} p99 {ghz_percentile(report, 99):.2f} ms, {report['rps']:.1f} calls/s")
    output, _, _ = bench.perf_analyzer("--request-rate-range", "200", "--max-threads", "4", "--measurement-interval", "10000", "--percentile", "99")
    if output:
        print("perf_analyzer:", *re.findall(r"(?:p\d\d latency|Throughput|Delayed Request Count): [^\n]*", output), sep=" | ")
    bench.close()


def rate(build):
    bench = Bench(build, [])
    for arrivals in ("constant", "poisson"):
        report, _, _ = bench.convoy("--rate", "1000", "-z", "30s", "--arrivals", arrivals)
        lag = report["send_lag_ms"]
        print(f"{arrivals}: sent {report['sent_per_second']:.2f}/s, send lag p50 {lag['p50']:.3f} p99 {lag['p99']:.3f} max {lag['max']:.2f} ms, "
              f"late {report['calls']['late']}, valid {report['verdict']['valid']} {report['verdict']['reasons']}, "
              f"{report['generator']['cores']:.2f} cores")
    bench.close()


def limit(build):
    bench = Bench(build, [])
    for repeat in range(3):
        report, seconds, used = bench.convoy("-c", "32", "-z", "6s", "--warm-up", "0s", "--connections", "1")
        calls = report["calls"]["good"]
        print(f"convoy bench: {calls / seconds:.0f} calls/s, {calls / used:.0f} calls a second and core")
        report, seconds, used = bench.ghz("-c", "32", "-z", "6s")
        if report:
            calls = report["count"]
            print(f"ghz: {calls / seconds:.0f} calls/s, {calls / used:.0f} calls a second and core")
        output, seconds, used = bench.perf_analyzer("--concurrency-range", "32", "-a", "--measurement-interval", "1500", "--request-count", "0")
        found = re.search(r"Throughput: ([\d.]+)", output or "")
        if found:
            per_second = float(found.group(1))
            print(f"perf_analyzer: {per_second:.0f} calls/s, {per_second * seconds / used:.0f} calls a second and core")
    bench.close()


if __name__ == "__main__":
    {"drill": drill, "rate": rate, "limit": limit}[sys.argv[2]](sys.argv[1])
