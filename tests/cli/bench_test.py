"""`convoy bench` against the real server: its loads, reports, comparisons and exit codes. Standard library only.

    bench_test.py PATH_OF_CONVOY

Times are never asserted; on a busy machine a run may be INVALID (exit code 4) and is good all the same.
"""

import array
import base64
import csv
import html.parser
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LENET5 = ROOT / "models" / "bundled" / "lenet5"
SAMPLES = LENET5 / "samples"
CONVOY = ""

DONE = (0, 4)


def run(*arguments, env=None):
    return subprocess.run([CONVOY, *map(str, arguments)], capture_output=True, timeout=300, env={**os.environ, **(env or {})})


def npy(floats, shape):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + array.array("f", floats).tobytes()


class UsageTest(unittest.TestCase):
    def check(self, arguments, message, code=2):
        result = run("bench", *arguments)
        self.assertEqual(result.returncode, code, (arguments, result.stderr))
        self.assertEqual(result.stdout, b"")
        self.assertRegex(result.stderr.decode(), message)

    def test_wrong_flags_get_code_2(self):
        self.check(["-m", "x", "--random", "-z", "10"], "10s or 10ms")
        self.check(["-m", "x"], "--images DIR")
        self.check(["--random"], "-m MODEL")
        self.check(["-m", "x", "--random", "--images", "d"], "one thing to send")
        self.check(["-m", "x", "--random", "--labels", "f"], "--images DIR")
        self.check(["-m", "x", "--random", "--rate", "fast"], "'fast' is no rate")
        self.check(["-m", "x", "--random", "--rate", "9", "--arrivals", "uniform"], "'uniform' is none of")
        self.check(["-m", "x", "--random", "--slo", "p99=15"], "p99=15ms")
        self.check(["-m", "x", "--random", "--find-max-rate"], "--slo p99=15ms")
        self.check(["-m", "x", "--random", "--scenario", "edge"], "single-stream")
        self.check(["-m", "x", "--random", "--scenario", "server"], "--rate")
        self.check(["-m", "x", "--random", "--replay", "/nonexistent"], "/nonexistent")
        self.check(["-m", "x", "--random", "--concurency", "3"], "Did you mean '--concurrency'")
        self.check(["-m", "x", "--random", "-i", "http"], "'http' is not spoken")
        self.check(["compare", "a"], "AFTER")
        self.check(["compare", "a", "b", "--fail-no", "p99=+5%"], "Did you mean '--fail-on'")
        self.check(["compare", "/nonexistent", "b"], "/nonexistent")

    def test_no_server_gets_code_3(self):
        self.check(["-u", "127.0.0.1:1", "-m", "x", "--random"], "No server answers", code=3)


class PageReader(html.parser.HTMLParser):
    """Every element is closed in its order, and nothing is fetched."""

    VOID = {"meta", "line", "path", "rect", "circle"}

    def __init__(self):
        super().__init__()
        self.open, self.foreign, self.headings = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        self.foreign += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


class WithServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        cls.url = f"127.0.0.1:{port}"
        cls.log = tempfile.TemporaryFile("w+")
        cls.server = subprocess.Popen([CONVOY, "serve", LENET5, "--device", "cpu", "--host", "127.0.0.1", "--grpc-port", str(port),
                                       "--metrics-port", "0", "--lame-duck-seconds", "0"], stdout=cls.log, stderr=cls.log)
        for _ in range(600):
            if run("health", "--quiet", "--url", cls.url).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError("the server does not become ready")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(60)
        cls.log.close()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, content=None):
        path = pathlib.Path(self.folder.name, name)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bench(self, *arguments, codes=DONE):
        result = run("bench", "--url", self.url, "--warm-up", "100ms", "-q", "--json", *arguments)
        self.assertIn(result.returncode, codes, result.stderr)
        return json.loads(result.stdout)

    def check(self, report, rows=1):
        self.assertEqual(report["schema_version"], 2)
        self.assertGreater(report["calls"]["good"], 0)
        self.assertEqual(report["calls"]["failed"], 0)
        self.assertEqual(report["errors"], {})
        self.assertEqual(report["load"]["rows_per_call"], rows)
        self.assertAlmostEqual(report["images_per_second"], rows * report["calls"]["good"] / report["seconds"], delta=1)
        for view in ("latency_ms", "service_ms"):
            order = [report[view][key] for key in ("min", "p50", "p90", "p95", "p99", "p99.9", "max")]
            self.assertEqual(order, sorted(order))
        self.assertEqual(sum(count for _, count in report["histogram_us"]), report["calls"]["good"])

    def test_closed_loops(self):
        report = self.bench("-m", "lenet5", "--random", "-c", "4", "-z", "1s")
        self.check(report)
        # Four callers who wait for each other's batches spend the whole time in calls.
        self.assertLessEqual(report["latency_ms"]["mean"] * report["calls"]["good"], 4 * report["seconds"] * 1000 * 1.01)
        self.assertGreater(report["server_means"]["requests"], 0)
        self.check(self.bench("-m", "lenet5", "--random", "-b", "3", "-n", "50"), rows=3)
        sweep = self.bench("-m", "lenet5", "--random", "-c", "1,3", "-n", "30")
        self.assertEqual([level["load"]["concurrency"] for level in sweep["runs"]], [1, 3])
        self.assertEqual([level["calls"]["good"] for level in sweep["runs"]], [30, 30])

    def test_open_loops(self):
        for flags in (["--rate", "50"], ["--rate", "50", "--arrivals", "poisson"], ["--rate", "20@500ms,80@500ms"],
                      ["--rate", "20..80", "--arrivals", "gamma:2"], ["--request-rate-range", "50", "--request-distribution", "poisson"]):
            report = self.bench("-m", "lenet5", "--random", "-z", "1s", *flags)
            self.check(report)
            self.assertEqual(report["load"]["mode"], "open")
            self.assertAlmostEqual(report["calls"]["good"], 50, delta=40)
            self.assertGreaterEqual(report["latency_ms"]["max"], report["service_ms"]["max"] * 0.999)
        replay = self.path("times", "0\n0.1\n0.1\n0.3\n")
        self.assertEqual(self.bench("-m", "lenet5", "--random", "--replay", replay)["calls"]["good"], 4)
        gaps = self.path("gaps", "10000\n30000\n")
        self.assertAlmostEqual(self.bench("-m", "lenet5", "--random", "--request-intervals", gaps, "-p", "1000")["calls"]["good"], 50, delta=2)

    def test_images_in_every_form_are_named_right(self):
        for form in ("classify", "bytes", "tensor"):
            report = self.bench("-m", "lenet5", "--images", SAMPLES, "--as", form, "--labels", SAMPLES / "labels.txt", "-n", "40")
            self.check(report)
            self.assertEqual(report["accuracy"], {"judged": 40, "top1": 1.0, "top5": 1.0}, form)
        self.assertNotIn("stages_ms", report)
        report = self.bench("--images", SAMPLES, "-b", "2", "-n", "40")
        self.check(report, rows=2)
        for row in ("all", "median", "slowest_1_percent"):
            self.assertGreater(report["stages_ms"][row]["compute"], 0)
        wrong = self.path("labels", "".join(f"digit_{i}.png {(i + 1) % 10}\n" for i in range(10)))
        self.assertEqual(self.bench("--images", SAMPLES, "--labels", wrong, "-n", "10")["accuracy"]["top1"], 0)

    def test_tensors_from_files(self):
        pixels = [0.5] * (3 * 28 * 28)
        rows = self.path("rows.npy", npy(pixels, (3, 1, 28, 28)))
        self.check(self.bench("-m", "lenet5", "--npy", rows, "-n", "10"))
        values = {"data": [{"image": pixels[:784]}, {"image": {"b64": base64.b64encode(array.array("f", pixels[:784]).tobytes()).decode()}}]}
        data = self.path("data.json", json.dumps(values))
        self.check(self.bench("-m", "lenet5", "--input-data", data, "-n", "10"))
        wrong = run("bench", "--url", self.url, "-m", "lenet5", "--npy", self.path("wrong.npy", npy([1.0], (1,))))
        self.assertEqual(wrong.returncode, 5)
        self.assertRegex(wrong.stderr.decode(), r"FP32 \[1\]; the model takes FP32 \[1,28,28\]")

    def test_reports(self):
        page, table, report = self.path("page.html"), self.path("table.csv"), self.path("report.json")
        result = run("bench", "--url", self.url, "-m", "lenet5", "--random", "-c", "1,2", "-n", "50", "--html", page, "-f", table,
                     "--json", report, "--label", "build=7")
        self.assertIn(result.returncode, DONE, result.stderr)
        for pattern in (r"throughput +\d+\.\d images/s", r"calls +50 good, 0 failed", r"p50 .* p90 .* p99 .* max ", r"verdict +(IN)?VALID"):
            self.assertRegex(result.stdout.decode(), pattern)
        reader = PageReader()
        reader.feed(page.read_text())
        self.assertEqual((reader.open, reader.foreign), ([], []))
        self.assertIn("Latency against rate", reader.headings)
        rows = list(csv.DictReader(table.read_text().splitlines()))
        self.assertEqual([row["Concurrency"] for row in rows], ["1", "2"])
        self.assertTrue(all(int(row["p99 latency"]) > 0 for row in rows))
        self.assertEqual(json.loads(report.read_text())["labels"], {"build": "7"})

    def test_reports_hold_no_value_of_a_header(self):
        report = self.bench("-m", "lenet5", "--random", "-n", "10", "-H", "authorization:Bearer s3cret")
        self.assertIn("-H authorization:***", report["command"])
        self.assertNotIn("s3cret", json.dumps(report))

    def test_compare(self):
        a, b = self.path("a.json"), self.path("b.json")
        for file in (a, b):
            run("bench", "--url", self.url, "-m", "lenet5", "--random", "--rate", "40", "-z", "6s", "-q", "--json", file)
        result = run("bench", "compare", a, b)
        self.assertEqual(result.returncode, 0, result.stderr)
        for word in ("throughput", "p50", "p99", "95 % interval"):
            self.assertIn(word, result.stdout.decode())
        slower = json.loads(b.read_text())
        for buckets in [slower["histogram_us"]] + [window["response_us"] for window in slower["windows"]]:
            for bucket in buckets:
                bucket[0] *= 3
        b.write_text(json.dumps(slower))
        result = run("bench", "compare", a, b, "--fail-on", "p50=+20%")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("worse", result.stdout.decode())
        slower["model"] = "other"
        b.write_text(json.dumps(slower))
        self.assertEqual(run("bench", "compare", a, b).returncode, 2)
        self.assertEqual(run("bench", "compare", a, b, "--force").returncode, 0)

    def test_goals_and_scenarios(self):
        met = self.bench("-m", "lenet5", "--random", "-n", "20", "--slo", "p50=1h,error=1%")
        self.assertTrue(all(goal["met"] for goal in met["slo"]))
        self.bench("-m", "lenet5", "--random", "-n", "20", "--slo", "p50=1us", codes=(1, 4))
        stream = self.bench("-m", "lenet5", "--random", "-z", "500ms", "--scenario", "multi-stream", codes=(1, 4))
        self.assertEqual(stream["load"]["rows_per_call"], 8)
        self.assertFalse(stream["scenario"]["valid"])
        self.assertEqual([line["name"].split()[0] for line in stream["scenario"]["reasons"]], ["Performance", "Min", "Min", "Early"])

    def test_the_search_tells_its_probes(self):
        report = self.bench("-m", "lenet5", "--random", "--slo", "p99=1h,error=100%", "--find-max-rate", "--rate", "400", "--probe-time",
                            "300ms", "--confirm-time", "300ms", codes=(0, 1))
        probes = report["search"]["probes"]
        self.assertLessEqual(len(probes), 15)
        self.assertEqual(len(report["runs"]), len(probes))
        self.assertTrue(report["search"]["why_ended"])

    def test_failures_have_codes_of_their_own(self):
        result = run("bench", "--url", self.url, "-m", "nosuch", "--random", "-z", "1s")
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"nosuch", result.stderr)
        result = run("bench", "--url", self.url, "-m", "lenet5", "--random", "-b", "17", "-z", "1s")
        self.assertEqual(result.returncode, 5)
        self.assertRegex(result.stderr.decode(), "17.*16|16.*17")
        timed_out = self.bench("-m", "lenet5", "--random", "-b", "16", "--rate", "50", "-z", "1s", "-t", "60s", "--max-error-rate", "100")
        self.assertGreater(timed_out["calls"]["good"], 0)

    def test_an_interrupt_still_reports(self):
        bench = subprocess.Popen([CONVOY, "bench", "--url", self.url, "-m", "lenet5", "--random", "-z", "1h", "-q", "--json"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)
        bench.send_signal(signal.SIGINT)
        output, errors = bench.communicate(timeout=60)
        self.assertEqual(bench.returncode, 130, errors)
        self.assertTrue(json.loads(output)["interrupted"])

    def test_progress_is_shown_on_a_terminal(self):
        primary, terminal = os.openpty()
        result = subprocess.run([CONVOY, "bench", "--url", self.url, "-m", "lenet5", "--random", "-z", "3s"], stdout=subprocess.PIPE,
                                stderr=terminal, timeout=60)
        os.close(terminal)
        self.assertIn(result.returncode, DONE)
        self.assertRegex(os.read(primary, 65536).decode(), r"c=1 .*calls/s .*p99 .*in flight")
        os.close(primary)


if __name__ == "__main__":
    CONVOY = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
