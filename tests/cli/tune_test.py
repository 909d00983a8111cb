"""`convoy tune` with real servers: every probe is told, the config loads, other fields stay. Standard library only.

    tune_test.py PATH_OF_CONVOY

What is fast on this machine is not asserted: whether a candidate wins is luck with probes as short as these.
"""

import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LENET5 = ROOT / "models" / "bundled" / "lenet5"
CONVOY = ""

# Objectives that LeNet-5 meets on anything, and one that nothing meets.
EASY, HARD = "p90=2s,error=50%", "p90=1us"


def short(probe="100ms", budget="10m", settings="batch"):
    return ["--device", "cpu", "--settings", settings, "--largest-batch", "4", "-c", "4", "--probe-time", probe,
            "--time-budget", budget]


def run(*arguments, env=None):
    return subprocess.run([CONVOY, *map(str, arguments)], capture_output=True, timeout=300, text=True, env=env)


def told(stderr):
    """The lines of probes: they begin with the seconds since the start."""
    return [line for line in stderr.splitlines() if re.match(r" *\d+ s  ", line)]


class UsageTest(unittest.TestCase):
    def check(self, arguments, message, code):
        result = run("tune", *arguments)
        self.assertEqual(result.returncode, code, (arguments, result.stderr))
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, message)

    def test_wrong_flags_get_code_2(self):
        self.check([], "MODEL", 2)
        self.check([LENET5, "--slo", "p99=15"], "p99=15ms", 2)
        self.check([LENET5, "--slo", "error=1%"], "needs a latency", 2)
        self.check([LENET5, "--settings", "batch,speed"], "--settings", 2)
        self.check([LENET5, "--time-budget", "3"], "3s or 3ms", 2)
        self.check([LENET5, "--time-budget", "0s"], "--time-budget", 2)
        self.check([LENET5, "--write", "--output", "x"], "--output", 2)
        self.check([LENET5, "--largest-bach", "4"], "Did you mean '--largest-batch'", 2)

    def test_what_cannot_be_tuned_gets_code_1(self):
        self.check(["/nonexistent"], "/nonexistent", 1)
        self.check(["--repository", LENET5.parent, "lenet"], "Did you mean 'lenet5'", 1)
        self.check([LENET5, "--device", "tpu"], "tpu", 1)


class TuneTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.repository = pathlib.Path(self.folder.name)
        self.model = self.repository / "lenet5"
        shutil.copytree(LENET5, self.model)
        self.config = self.model / "config.pbtxt"

    def check_listed(self, result, report):
        """Each probe and each candidate has its line, and the end its reason."""
        self.assertEqual(len(told(result.stderr)), len(report["probes"]), result.stderr)
        self.assertEqual(len(re.findall(r"^=> batch", result.stderr, re.M)), len(report["candidates"]), result.stderr)
        for candidate in report["candidates"]:
            self.assertTrue(candidate["rate"] > 0 or candidate["why_dropped"], candidate)
        self.assertIn("candidates were tried", report["why_ended"])
        self.assertIn(report["why_ended"], result.stderr)
        self.assertRegex(result.stderr, r"The load generator took up to \d\.\d+ cores")

    def check_loads(self, config):
        """As the model's own config: the linter finds nothing, and a server serves it."""
        self.config.write_text(config)
        valid = run("validate", self.model)
        self.assertEqual(valid.returncode, 0, valid.stdout)
        self.assertIn("0 errors, 0 warnings", valid.stdout)
        sample = sorted((self.model / "samples").glob("*.png"))[0]
        served = run("classify", "--repository", self.repository, "-m", "lenet5", sample)
        self.assertEqual(served.returncode, 0, served.stderr)

    def test_an_objective(self):
        before = self.config.read_text()
        report_path = self.repository / "report.json"
        result = run("tune", self.model, "--slo", EASY, "--json", report_path, *short())
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(report_path.read_text())
        self.check_listed(result, report)
        self.assertEqual(result.stdout, report["config"])
        self.assertEqual(self.config.read_text(), before)
        self.assertEqual(report["current"]["max_batch_size"], 16)
        self.assertIn(report["result"], [report["best"], report["current"]])
        self.assertGreater(report["rate"], 0)
        self.assertIn("# convoy tune: p90=2s", result.stdout)
        for field in ['name: "lenet5"', 'key: "image_color"', 'label_filename: "labels.txt"']:
            self.assertIn(field, result.stdout)
        self.check_loads(result.stdout)

    def test_most_calls_of_a_closed_loop(self):
        result = run("tune", "--repository", self.repository, "lenet5", "--json", *short())
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.check_listed(result, report)
        self.assertIsNone(report["slo"])
        self.assertTrue(all(probe["concurrency"] == 4 for probe in report["probes"]))
        for candidate in report["candidates"]:
            self.assertEqual(candidate["settings"]["max_queue_delay_microseconds"], 0)
        self.check_loads(report["config"])

    def test_write_changes_the_tuned_fields_alone(self):
        # Four callers never fill a batch of 16: each call waits half a second, until that delay goes.
        slow = self.config.read_text().replace(
            "dynamic_batching {}", "# ours\ndynamic_batching {\n  max_queue_delay_microseconds: 500000  # long\n}")
        self.config.write_text(slow)
        result = run("tune", self.model, "--write", *short(probe="1s", settings="delay"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn("max_queue_delay_microseconds: 500000 -> ", result.stderr)
        written = self.config.read_text()
        kept = [line for line in written.splitlines() if "max_queue_delay" not in line and "# convoy tune" not in line]
        others = [line for line in slow.splitlines() if "max_queue_delay" not in line]
        self.assertEqual([line for line in kept if line != "  # long"], others)  # which stays where the field goes
        self.assertEqual([path.name for path in self.model.iterdir() if path.name.startswith("config")], ["config.pbtxt"])
        self.check_loads(written)

    def test_a_lone_file(self):
        onnx = self.repository / "alone.onnx"
        shutil.copy(LENET5 / "1" / "model.onnx", onnx)
        refused = run("tune", onnx, "--write", *short())
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--output FILE", refused.stderr)
        config = self.repository / "out" / "config.pbtxt"
        result = run("tune", onnx, "--output", config, *short())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(config.read_text(), r"(?m)^max_batch_size: \d+$")
        (config.parent / "1").mkdir()
        shutil.copy(onnx, config.parent / "1" / "model.onnx")
        valid = run("validate", config.parent)
        self.assertEqual(valid.returncode, 0, valid.stdout)

    def test_an_objective_out_of_reach(self):
        result = run("tune", self.model, "--slo", HARD, "--json", *short())
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, r"The lowest p90 seen is [\d.]+ ms")
        self.assertEqual(json.loads(result.stdout)["rate"], 0)

    def test_no_time(self):
        result = run("tune", self.model, "--slo", EASY, *short(budget="1us"))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("--time-budget", result.stderr)

    def test_interrupted(self):
        process = subprocess.Popen([CONVOY, "tune", self.model, "--slo", EASY, *short(probe="1s")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        while line and "best so far" not in line:
            line = process.stderr.readline()
        self.assertNotEqual(self.servers(), "")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertEqual(stdout, "")
        self.assertIn("The best so far, not confirmed", stderr)
        self.assertEqual(self.servers(), "")

    def test_the_server_ends_with_a_tune_that_is_killed(self):
        process = subprocess.Popen([CONVOY, "tune", self.model, "--slo", EASY, *short(probe="1s")],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        while "as it is" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        server = self.servers().split()
        self.assertEqual(len(server), 1)
        server_fd = os.pidfd_open(int(server[0]))  # readable once it has ended
        self.addCleanup(os.close, server_fd)
        process.kill()
        process.wait(timeout=60)
        self.assertEqual(select.select([server_fd], [], [], 60)[0], [server_fd])

    def test_settings_of_another_server_do_not_count(self):
        others = {"CONVOY_AUTH_TOKEN_FILE": "/nonexistent", "CONVOY_LOAD_MODEL": "other", "CONVOY_MAX_QUEUE_DELAY_US": "x"}
        result = run("tune", self.model, "--output", "/dev/null", *short(), env={**os.environ, **others})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())

    def servers(self):
        """The servers of this test's model, by their process numbers."""
        return subprocess.run(["pgrep", "-f", "--", f"--model-repository={self.model}"], capture_output=True, text=True).stdout


if __name__ == "__main__":
    CONVOY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
