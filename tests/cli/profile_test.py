"""`convoy profile` on the bundled network: text, JSON, page and trace. Standard library only.

    profile_test.py PATH_OF_CONVOY DEVICE...
"""

import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LENET5 = ROOT / "models" / "bundled" / "lenet5"
CONVOY = ""
DEVICES = []


class Page(html.parser.HTMLParser):
    """What a page holds; raises where an element is not closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.text = [], [], [], []
        self.feed(text)
        self.close()
        if self.open:
            raise ValueError(f"not closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href", "srcset", "xlink:href")]
        self.links += [name for name, _ in attributes if name.startswith("on")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise ValueError(f"</{tag}> is not its turn")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


class ProfileReportsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # One for all tests: a Vulkan device tests its kernels where nothing is cached.
        cls.cache = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.cache.cleanup)
        cls.environment = {**os.environ, "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", cls.cache.name)}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.html = pathlib.Path(self.folder.name, "profile.html")
        self.trace = pathlib.Path(self.folder.name, "trace.json")

    def profile(self, *arguments, code=0):
        command = [CONVOY, "profile", *map(str, arguments), "--threads", "2", "--seconds", "0.02"]
        result = subprocess.run(command, capture_output=True, timeout=250, env=self.environment)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stdout.decode() if code == 0 else result.stderr.decode()

    def test_every_report_shows_every_layer(self):
        for device in DEVICES:
            with self.subTest(device):
                text = self.profile(LENET5, "--device", device, "--batch", "1,4", "--explain",
                                    "--html", self.html, "--trace", self.trace)
                self.assertRegex(text, r"\nlayer .* ms +min +p99 +share ")
                self.assertRegex(text, r"\nrun +[\d.]+ ms median, [\d.]+ min, [\d.]+ p99 of \d+ runs")
                self.assertRegex(text, r"(?m)^conv1.*: \S+, and not$")
                self.assertRegex(text, r"(?m)^  [^:\n]+: (.*, )?winograd")
                self.assertRegex(text, r"\nbatch +ms +p99 +images/s +ms/image +x batch 1 +x previous +GF/s\n +1 ")
                self.check_page()
                self.check_trace(device)

    def check_page(self):
        source = self.html.read_text()
        page = Page(source)
        self.assertEqual(page.links, [])
        self.assertNotIn("script", page.tags)
        self.assertNotRegex(source, r"https?:|@import|url\(")
        text = " ".join(page.text)
        for part in ("conv1", "conv2", "fc3", "Roofline", "Batch of 1", "Batch of 4", "Images a second by batch size",
                     "winograd", "Costliest layers"):
            self.assertIn(part, text)
        self.assertGreaterEqual(page.tags.count("details"), 2 * 5)
        self.assertGreaterEqual(page.tags.count("circle"), 2 * 5)

    def check_trace(self, device):
        events = json.loads(self.trace.read_text())["traceEvents"]
        rows = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
        self.assertEqual(sorted(rows.values()), ["batch 1", "batch 4"])
        for row, name in rows.items():
            run, *layers = [event for event in events if event["ph"] == "X" and event["tid"] == row]
            self.assertEqual(run["name"], name)
            self.assertAlmostEqual(sum(layer["dur"] for layer in layers), run["dur"], places=3)
            end = 0
            for layer in layers:
                self.assertAlmostEqual(layer["ts"], end, places=3)
                end = layer["ts"] + layer["dur"]
                self.assertTrue(layer["args"]["kernel"])
                self.assertTrue(layer["args"]["device"].startswith(device))
            conv = next(layer for layer in layers if layer["name"] == "conv1")
            self.assertEqual(conv["args"]["operator"], "Conv")
            self.assertEqual(conv["args"]["output"], f"FP32[{name[6:]}x6x28x28]")
            self.assertGreater(conv["args"]["gflops_per_s"], 0)

    def test_json_tells_why_no_other_kernel(self):
        for device in DEVICES:
            with self.subTest(device):
                facts = json.loads(self.profile(LENET5, "--device", device, "--json"))
                self.assertLessEqual(facts["min_ms"], facts["median_ms"])
                self.assertLessEqual(facts["median_ms"], facts["p99_ms"])
                self.assertGreaterEqual(facts["layer_runs"], 3)
                for layer in facts["layers"]:
                    self.assertLessEqual(layer["min_ms"], layer["median_ms"])
                    self.assertLessEqual(layer["median_ms"], layer["p99_ms"])
                    for other in layer["others"]:
                        self.assertTrue(other["why"], other)
                conv = next(layer for layer in facts["layers"] if layer["name"] == "conv1")
                names = [other["kernel"] for other in conv["others"]]
                self.assertEqual(len(names), len(set(names)))
                # One input channel is nothing for Winograd, whatever the rest of the layer.
                winograd = [other for other in conv["others"] if "winograd" in other["kernel"]]
                self.assertEqual(len(winograd), 2)
                for other in winograd:
                    self.assertRegex(other["why"], r"channels|kernel is not")
                    self.assertIsNone(other["trial_ms"])

    def test_with_timed_kernels_the_slower_ones_tell_their_times(self):
        if "vulkan" not in DEVICES:
            self.skipTest("built without Vulkan")
        facts = json.loads(self.profile(LENET5, "--device", "vulkan", "--tune", "timed", "--json"))
        conv = next(layer for layer in facts["layers"] if layer["name"] == "conv2")
        times = [other["trial_ms"] for other in conv["others"] if other["trial_ms"] is not None]
        self.assertTrue(times)
        self.assertGreaterEqual(min(times) * 1.005, float(re.search(r": ([\d.e-]+) ms", conv["why"]).group(1)))

    def test_names_of_a_hostile_model_are_text(self):
        model = pathlib.Path(self.folder.name, "<script>alert(1)<b>.onnx")
        source = (LENET5 / "1" / "model.onnx").read_bytes()
        self.assertIn(b"softmax", source)
        model.write_bytes(source.replace(b"softmax", b"<script"))
        self.profile(model, "--device", "cpu", "--html", self.html, "--trace", self.trace)
        page = Page(self.html.read_text())
        self.assertNotIn("script", page.tags)
        self.assertTrue(any("<script>alert(1)<b>" in text for text in page.text))
        self.assertIn("<script", page.text)
        names = {event["name"] for event in json.loads(self.trace.read_text())["traceEvents"]}
        self.assertIn("<script", names)

    def test_a_report_that_cannot_be_written_is_an_error(self):
        for flag in "--html", "--trace":
            message = self.profile(LENET5, "--device", "cpu", flag, "/nonexistent/report", code=1)
            self.assertIn("'/nonexistent/report' cannot be written", message)


if __name__ == "__main__":
    CONVOY = shutil.which(sys.argv[1]) or sys.argv[1]
    DEVICES = sys.argv[2:]
    unittest.main(argv=sys.argv[:1])
