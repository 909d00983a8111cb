"""Every subcommand of the program, as a user types it. Standard library only.

    program_test.py PATH_OF_CONVOY
"""

import array
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "models" / "bundled"
LENET5 = BUNDLED / "lenet5"
SAMPLES = LENET5 / "samples"
CONVOY = ""


def run(*arguments, stdin=None, env=None):
    return subprocess.run([CONVOY, *map(str, arguments)], capture_output=True, input=stdin, timeout=300,
                          env={**os.environ, **(env or {})})


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def expected_labels():
    return dict(line.split() for line in (SAMPLES / "labels.txt").read_text().splitlines())


class UsageTest(unittest.TestCase):
    def check_usage(self, arguments, message):
        result = run(*arguments)
        self.assertEqual(result.returncode, 2, arguments)
        self.assertEqual(result.stdout, b"")
        self.assertRegex(result.stderr.decode(), message)

    def test_wrong_words_get_code_2_and_the_nearest_word(self):
        self.check_usage(["clasify", "x.png"], "no 'clasify'(?s:.*)Did you mean 'classify'")
        self.check_usage(["classify", "--tpo", "3", "x.png"], "no '--tpo'(?s:.*)Did you mean '--top'")
        self.check_usage(["serve", "models", "--devcie=cpu"], "Did you mean '--device'")
        self.check_usage([], "(?i)subcommand")
        self.check_usage(["classify"], "IMAGE")
        self.check_usage(["classify", "--top", "0", "x.png"], "--top")
        self.check_usage(["serve"], "model repository")
        self.check_usage(["inspect"], "MODEL")
        self.check_usage(["profile"], "MODEL")
        self.check_usage(["profile", "x.onnx", "--batch", "1,0"], "--batch")
        self.check_usage(["profile", "x.onnx", "--batch", "1,2", "--output", "y"], "one batch size")
        self.check_usage(["profile", "x.onnx", "--precision", "fp8"], "--precision")
        self.check_usage(["validate"], "PATH")
        self.check_usage(["verify"], "MODEL")
        self.check_usage(["verify", "x.onnx", "--tolerance", "-1"], "--tolerance")
        self.check_usage(["inspect", "x.onnx", "--json", "--dot"], "--dot")
        self.check_usage(["inspect", "x.onnx", "--batch", "0"], "--batch")

    def test_help_fits_a_screen_and_starts_with_examples(self):
        commands = [[], ["serve"], ["classify"], ["bench"], ["tune"], ["profile"], ["inspect"], ["validate"], ["verify"],
                    ["devices"], ["health"], ["version"], ["demo"]]
        for command in commands:
            result = run(*command, "--help")
            text = result.stdout.decode()
            self.assertEqual(result.returncode, 0)
            self.assertLessEqual(len(text.splitlines()), 50, command)
            self.assertLessEqual(max(len(line) for line in text.splitlines()), 200, command)
        for command in [[], ["serve"], ["classify"], ["bench"], ["tune"], ["profile"], ["inspect"], ["validate"],
                        ["verify"]]:
            lines = run(*command, "--help").stdout.decode().splitlines()
            self.assertIn("Examples:", lines[:4], command)


class WithoutServerTest(unittest.TestCase):
    def test_version(self):
        self.assertRegex(run("version").stdout.decode(), r"^convoy \d+\.\d+\.\d+\n")
        facts = json.loads(run("version", "--json").stdout)
        self.assertRegex(facts["version"], r"^\d+\.\d+\.\d+$")
        for library in ("grpc", "protobuf", "onednn", "turbojpeg", "spng"):
            self.assertRegex(facts[library], r"^\d+\.\d+", library)

    def test_devices(self):
        facts = json.loads(run("devices", "--json").stdout)
        ids = [device["id"] for device in facts["devices"]]
        self.assertIn("cpu", ids)
        self.assertIn("reference", ids)
        for device in facts["devices"]:
            if device["kind"] != "vulkan":
                continue
            self.assertTrue(device["kernels"])
            for kernel in device["kernels"]:
                self.assertTrue(kernel["passed"] or kernel["reason"], kernel)
        self.assertEqual("no_vulkan" in facts, not any(id.startswith("vulkan") for id in ids))
        text = run("devices").stdout.decode()
        for id in ids:
            self.assertIn(id, text)

    def test_devices_says_why_there_is_no_vulkan(self):
        result = run("devices", env={"VK_DRIVER_FILES": "/nonexistent", "VK_ICD_FILENAMES": "/nonexistent"})
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout.decode(), "No Vulkan device: .*cpu")

    def doctor(self, driver_files=None):
        env = {"VK_DRIVER_FILES": driver_files, "VK_ICD_FILENAMES": driver_files} if driver_files else {}
        result = run("devices", "--doctor", "--json", env=env)
        answer = json.loads(result.stdout)
        self.assertEqual(result.returncode, 0 if answer["usable"] else 1, result.stderr)
        return answer

    def test_the_doctor_says_which_driver_gives_what(self):
        answer = self.doctor()
        listed = [device for device in json.loads(run("devices", "--json").stdout)["devices"] if device["kind"] == "vulkan"]
        self.assertEqual([device["name"] for device in answer["devices"]], [device["name"] for device in listed])
        for driver in answer["drivers"]:
            if driver["devices"]:
                self.assertRegex(driver["result"], "^gives .*usable")
        if listed and all(device["software"] for device in listed):
            self.assertIn("software on CPU cores", " ".join(answer["findings"]))
            self.assertIn("--device cpu", answer["command"])
        text = run("devices", "--doctor").stdout.decode()
        for driver in answer["drivers"]:
            self.assertIn(driver["manifest"], text)
            self.assertIn(driver["result"], text)

    def test_the_doctor_says_why_a_driver_fails(self):
        missing = self.doctor("/nonexistent.json")
        self.assertFalse(missing["usable"])
        self.assertRegex(missing["drivers"][0]["manifest_problem"], "No such file")
        with tempfile.TemporaryDirectory() as folder:
            manifest = pathlib.Path(folder) / "driver.json"
            manifest.write_text('{"ICD": {"library_path": "libno_such_driver.so.1", "api_version": "1.3.0"}}')
            answer = self.doctor(str(manifest))
        self.assertFalse(answer["usable"])
        self.assertRegex(answer["drivers"][0]["library_error"], "libno_such_driver.so.1: cannot open shared object file")
        self.assertEqual(answer["drivers"][0]["named_by"], "VK_DRIVER_FILES")

    def test_health_without_server_fails(self):
        result = run("health", "--url", f"127.0.0.1:{free_port()}", "--timeout", "500ms")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"No server answers", result.stderr)
        self.assertEqual(run("health", "--url", "http://x").returncode, 1)

    def test_classify_without_a_server(self):
        result = run("classify", "--repository", BUNDLED, "--device", "cpu", "-m", "lenet5", "--json", SAMPLES)
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        got = {pathlib.Path(row["image"]).name: row["classes"][0]["label"] for row in answer["results"]}
        self.assertEqual(got, expected_labels())
        self.assertEqual({row["batch_size"] for row in answer["results"]}, {8, 2})

    def test_classify_without_a_server_refuses_what_is_not_there(self):
        sample = SAMPLES / "digit_0.png"
        for arguments, message in [
            (["--repository", "/nonexistent", sample], "/nonexistent"),
            (["--repository", BUNDLED, "-m", "nosuch", sample], "nosuch.*lenet5"),
            (["--repository", BUNDLED, "-x", "9", "-m", "lenet5", sample], "'9'.*1"),
            (["--repository", LENET5, "--device", "toaster", sample], "toaster"),
            (["--repository", BUNDLED, "/nonexistent.png"], "/nonexistent.png"),
        ]:
            result = run("classify", *arguments)
            self.assertEqual(result.returncode, 1, arguments)
            self.assertRegex(result.stderr.decode(), message)


class InspectTest(unittest.TestCase):
    def inspect(self, *arguments):
        result = run("inspect", *arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_counts_lenet5(self):
        facts = self.inspect("--repository", BUNDLED, "lenet5", "--batch", "8")
        # LeCun et al. 1998, with the full connection table of C3 and plain subsampling.
        self.assertEqual(facts["totals"]["parameters"], 61706)
        self.assertEqual(facts["totals"]["weight_bytes"], 4 * 61706)
        self.assertEqual(facts["inputs"], [{"name": "image", "datatype": "FP32", "shape": [8, 1, 28, 28]}])
        self.assertEqual(facts["outputs"][0]["shape"], [8, 10])
        conv = facts["layers"][0]
        self.assertEqual((conv["name"], conv["operator"], conv["parameters"]), ("conv1", "Conv", 6 * 25 + 6))
        self.assertEqual(conv["macs"], 8 * 6 * 28 * 28 * 25)
        self.assertEqual({row["operator"]: row["layers"] for row in facts["coverage"]},
                         {"Conv": 2, "Gemm": 3, "Pool": 2, "Reshape": 1, "Softmax": 1})

    def test_one_model_by_its_three_names(self):
        file, folder = BUNDLED / "lenet5" / "1" / "model.onnx", BUNDLED / "lenet5"
        layers = self.inspect("--repository", BUNDLED, "lenet5")["layers"]
        self.assertEqual(self.inspect(folder)["layers"], layers)
        self.assertEqual(self.inspect(file)["layers"], layers)

    def test_raw_shows_what_the_passes_take_away(self):
        self.assertIn("act=relu", self.inspect(BUNDLED / "lenet5")["layers"][0]["attributes"])
        raw = self.inspect(BUNDLED / "lenet5", "--raw")
        self.assertNotIn("act=relu", raw["layers"][0]["attributes"])
        self.assertGreater(len(raw["layers"]), 9)

    def test_prints_text_and_a_picture(self):
        text = run("inspect", BUNDLED / "lenet5", "--device", "cpu").stdout.decode()
        self.assertRegex(text, r"layer +operator +attributes +output +parameters +MACs +kernel\n")
        self.assertRegex(text, r"\nparameters +61,706\n")
        self.assertRegex(text, r"\nPool +2 +formula +onednn +own shaders\n")
        dot = run("inspect", BUNDLED / "lenet5", "--dot").stdout.decode()
        self.assertTrue(dot.startswith('digraph "lenet5:1" {') and dot.endswith("}\n"), dot)

    def test_names_what_it_cannot_find(self):
        for arguments, message in [
            (["/nonexistent.onnx"], "/nonexistent.onnx"),
            (["--repository", BUNDLED, "nosuch"], "nosuch.*lenet5"),
            (["--repository", BUNDLED, "lenet5", "-x", "9"], "'9'.*1"),
        ]:
            result = run("inspect", *arguments)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr.decode(), message)


class ProfileTest(unittest.TestCase):
    def profile(self, *arguments):
        result = run("profile", *arguments, "--seconds", "0.02", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_one_object_a_batch_size(self):
        one, three = self.profile(LENET5, "--device", "cpu", "--threads", "1", "--batch", "1,3")
        self.assertEqual((one["batch"], three["batch"]), (1, 3))
        for facts in one, three:
            self.assertEqual((facts["model"], facts["device"], facts["threads"]), ("lenet5", "cpu", 1))
            self.assertLessEqual(facts["min_ms"], facts["median_ms"])
            self.assertAlmostEqual(facts["images_per_s"], 1000 * facts["batch"] / facts["median_ms"])
            self.assertGreater(facts["peak_rss_bytes"], 1 << 20)
            self.assertGreaterEqual(facts["arena_bytes"], facts["arena_peak_bytes"])
            self.assertEqual(facts["roof"]["threads"], 1)
            self.assertAlmostEqual(sum(layer["share"] for layer in facts["layers"]), 1)
        self.assertAlmostEqual(three["flops"], 3 * one["flops"])
        for layer in three["layers"]:
            self.assertEqual(layer["device"], "cpu", layer)
            self.assertTrue(layer["kernel"], layer)
        conv = next(layer for layer in three["layers"] if layer["name"] == "conv1")
        self.assertEqual((conv["operator"], conv["output"]), ("Conv", "FP32[3x6x28x28]"))
        self.assertEqual(conv["flops"], 2 * 3 * 6 * 28 * 28 * 25)

    def test_prints_a_table_and_explains(self):
        result = run("profile", LENET5, "--device", "reference", "--explain", "--seconds", "0")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = result.stdout.decode()
        self.assertRegex(text, r"\nconv1 +Conv +FP32\[1x6x28x28\] +reference +reference +\d")
        self.assertRegex(text, r"\nlayer +kernel +least +moved ")
        self.assertRegex(text, r"\nrun +[\d.]+ ms median, .* of \d+ runs: [\d.]+ images/s\n")
        self.assertRegex(text, r"\nroof +\d+ GF/s .* measured now on 1 thread\n")

    def test_input_and_output_are_files(self):
        with tempfile.TemporaryDirectory() as folder:
            given, wanted, got = (pathlib.Path(folder, name) for name in ("input", "wanted", "got"))
            given.write_bytes(bytes(range(64)) * (2 * 4 * 28 * 28 // 64))
            self.profile(LENET5, "--device", "reference", "--batch", "2", "--input", given, "--output", wanted)
            self.profile(LENET5, "--device", "cpu", "--batch", "2", "--input", given, "--output", got)
            rows = [array.array("f", path.read_bytes()) for path in (wanted, got)]
            self.assertEqual(len(rows[0]), 20)
            for want, have in zip(*rows):
                self.assertAlmostEqual(want, have, delta=1e-5)
            given.write_bytes(b"short")
            result = run("profile", LENET5, "--device", "cpu", "--input", given)
            self.assertEqual(result.returncode, 1)
            self.assertIn("must hold the 3136 bytes", result.stderr.decode())


class ValidateTest(unittest.TestCase):
    def test_the_bundled_repository_is_clean(self):
        result = run("validate", BUNDLED)
        self.assertEqual((result.returncode, result.stderr), (0, b""), result.stdout)
        self.assertRegex(result.stdout.decode(), r"^(\d+) versions? of \1 models?: 0 errors, 0 warnings\.\n$")

    def test_errors_and_warnings_name_their_place_and_show_its_line(self):
        with tempfile.TemporaryDirectory() as repository:
            shutil.copytree(BUNDLED / "lenet5", pathlib.Path(repository) / "good")
            bad = pathlib.Path(repository) / "bad"
            shutil.copytree(BUNDLED / "lenet5", bad)
            (bad / "labels.txt").unlink()
            config = (bad / "config.pbtxt").read_text().replace("max_batch_size: 16", "max_batch_size: 99999")
            (bad / "config.pbtxt").write_text("model_metrics { }\n" + config)
            (bad / "2").mkdir()
            result = run("validate", repository)
            self.assertEqual(result.returncode, 1)
            text = result.stdout.decode()
            self.assertIn("\n    max_batch_size: 99999\n    ^\n", text)
            lines = [line for line in text.splitlines() if not line.startswith("    ")]
            for kind, path, message in [("error", r"bad/config.pbtxt:\d+:\d+", "labels.txt"),
                                        ("error", r"bad/config.pbtxt:\d+:1", "max_batch_size is 99999"),
                                        ("warning", "bad/config.pbtxt:1:1", "'model_metrics'"),
                                        ("warning", "bad/2", "no version"),
                                        ("error", r"(bad|good)/config.pbtxt:\d+:1", "names the model 'lenet5'")]:
                pattern = rf"^{kind}: {repository}/({path}): .*{message}.*\.$"
                self.assertTrue(any(re.match(pattern, line) for line in lines), (pattern, lines))
            facts = json.loads(run("validate", "--json", repository).stdout)
            self.assertEqual(facts["errors"], sum(line.startswith("error: ") for line in lines))
            self.assertEqual(facts["warnings"], sum(line.startswith("warning: ") for line in lines))
            self.assertEqual(len(facts["findings"]), len(lines) - 1)
            self.assertEqual(facts["models"], 2)

    def test_a_path_that_is_not_there_is_an_error(self):
        result = run("validate", "/nonexistent")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"/nonexistent", result.stderr)


class VerifyTest(unittest.TestCase):
    def test_every_layer_is_compared(self):
        result = run("verify", BUNDLED / "lenet5", "--device", "cpu", "--batch", "3", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        facts = json.loads(result.stdout)
        self.assertEqual((facts["device"], facts["batch"], facts["passed"], facts["first_beyond"]), ("cpu", 3, True, None))
        self.assertEqual([layer["operator"] for layer in facts["layers"]],
                         ["Conv", "Pool", "Conv", "Pool", "Reshape", "Gemm", "Gemm", "Gemm", "Softmax"])
        for layer in facts["layers"]:
            self.assertGreater(layer["largest"], 0, layer)
            self.assertLessEqual(layer["relative"], 1e-4, layer)
            self.assertTrue(layer["kernel"], layer)
        self.assertGreater(max(layer["max_abs"] for layer in facts["layers"]), 0, "the device computes for itself")

    def test_the_next_start_chooses_the_same_kernels_and_gives_the_same_bits(self):
        def verify(*flags, cache):
            result = run("verify", LENET5, "--device", "cpu", "-b", "3", "--json", *flags, env={"XDG_CACHE_HOME": cache})
            self.assertEqual(result.returncode, 0, result.stderr)
            return json.loads(result.stdout)["layers"], result.stderr.decode()

        with tempfile.TemporaryDirectory() as cache:
            first, _ = verify(cache=cache)
            files = list(pathlib.Path(cache, "convoy").glob("tune-cpu-*"))
            known = [file.read_bytes() for file in files]
            for flags in ([], ["--tune", "timed"]):
                self.assertEqual(verify(*flags, cache=cache)[0], first)
            self.assertEqual([file.read_bytes() for file in files], known)
            # A damaged file costs one line and is whole again.
            for file in files:
                file.write_bytes(file.read_bytes()[:-3])
                self.assertEqual(len(verify(cache=cache)[1].splitlines()), 1)
                self.assertEqual(verify(cache=cache)[1], "")
        with tempfile.TemporaryDirectory() as cache:
            by_rule, _ = verify("--tune", "off", cache=cache)
            self.assertEqual(verify("--tune", "off", cache=cache)[0], by_rule)
            self.assertEqual(list(pathlib.Path(cache).iterdir()), [])
        with tempfile.NamedTemporaryFile() as no_folder:
            layers, log = verify(cache=no_folder.name)
            self.assertEqual(len(layers), len(first))
            if files:
                self.assertRegex(log, "warning.*tune file '.*' cannot be written")
                self.assertEqual(len(log.splitlines()), 1, log)

    def test_an_unknown_way_to_tune_is_refused(self):
        result = run("verify", LENET5, "--tune", "sometimes")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"--tune: 'sometimes' is none of off, auto, timed", result.stderr)

    def test_a_bound_that_is_too_tight_names_the_first_layer(self):
        result = run("verify", "--repository", BUNDLED, "lenet5", "--device", "cpu", "--tolerance", "0",
                     "--image", SAMPLES / "digit_4.png")
        self.assertEqual(result.returncode, 1)
        text = result.stdout.decode()
        self.assertRegex(text, r"\nFAILED: lenet5 on cpu leaves the bound of 0.0e\+00 at layer '(\w+)'")
        first = re.search(r"at layer '(\w+)'", text).group(1)
        beyond = [line.split()[0] for line in text.splitlines() if line.endswith("BEYOND")]
        self.assertEqual(beyond[0], first)

    def test_the_reference_agrees_with_itself(self):
        result = run("verify", BUNDLED / "lenet5", "--device", "reference", "--tolerance", "0", "--raw", "--seed", "7")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout.decode(), r"\npassed: lenet5 on reference .* in all 13 layers .*worst 0.00e\+00")

    def test_names_what_does_not_fit(self):
        for arguments, message in [
            ([BUNDLED / "lenet5", "--device", "toaster"], "toaster"),
            ([BUNDLED / "lenet5", "--image", "/nonexistent.png"], "/nonexistent.png"),
        ]:
            result = run("verify", *arguments)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr.decode(), message)


class ServerTest(unittest.TestCase):
    """A server of `models` on the CPU, with `flags`, for all tests of a class."""

    flags = []

    @classmethod
    def setUpClass(cls):
        cls.url = f"127.0.0.1:{free_port()}"
        cls.log = tempfile.TemporaryFile("w+")
        port = cls.url.split(":")[1]
        cls.server = subprocess.Popen(
            [CONVOY, "serve", cls.models, "--device", "cpu", "--host", "127.0.0.1", "--grpc-port", port, "--metrics-port", "0",
             "--lame-duck-seconds", "0", *cls.flags], stdout=cls.log, stderr=cls.log)
        deadline = time.monotonic() + 120
        while run("health", "--url", cls.url).returncode != 0:
            if cls.server.poll() is not None or time.monotonic() > deadline:
                cls.log.seek(0)
                raise AssertionError(f"the server does not start:\n{cls.log.read()}")
            time.sleep(0.05)

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(60)
        if code != 0:
            cls.log.seek(0)
            raise AssertionError(f"the server ended with code {code}:\n{cls.log.read()}")


class WithServerTest(ServerTest):
    models = LENET5

    def test_health(self):
        result = run("health", "--url", self.url)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        quiet = run("health", "--quiet", env={"CONVOY_URL": self.url})
        self.assertEqual((quiet.returncode, quiet.stdout, quiet.stderr), (0, b"", b""))

    def test_banner_tells_how_to_call(self):
        self.log.seek(0)
        banner = self.log.read()
        self.assertIn("lenet5", banner)
        self.assertIn("convoy classify --url", banner)

    def test_classify_names_every_sample(self):
        result = run("classify", "--url", self.url, "-m", "lenet5", "--json", "--top", "10", SAMPLES)
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        self.assertEqual(answer["model"], "lenet5")
        got = {pathlib.Path(row["image"]).name: row["classes"][0]["label"] for row in answer["results"]}
        self.assertEqual(got, expected_labels())
        for row in answer["results"]:
            probabilities = [score["probability"] for score in row["classes"]]
            self.assertEqual(len(probabilities), 10)
            self.assertAlmostEqual(sum(probabilities), 1, places=4)
            self.assertEqual(probabilities, sorted(probabilities, reverse=True))
            self.assertGreaterEqual(row["batch_size"], 1)
            self.assertGreaterEqual(row["times_us"]["total"], row["times_us"]["compute"])

    def test_classify_prints_a_table_and_takes_standard_input(self):
        # Without -m: the server has one model.
        result = run("classify", "--url", self.url, "-", SAMPLES / "digit_4.png", stdin=(SAMPLES / "digit_7.png").read_bytes())
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.decode().splitlines()
        self.assertRegex(lines[0], r"^image +label +probability +ms$")
        self.assertRegex(lines[1], r"^- +7 +[01]\.\d{4} ")
        self.assertRegex(lines[2], r"digit_4\.png +4 +[01]\.\d{4} ")

    def test_local_and_remote_answers_agree(self):
        remote = json.loads(run("classify", "--url", self.url, "--json", "-k", "10", SAMPLES).stdout)
        local = json.loads(run("classify", "--repository", LENET5, "--device", "cpu", "--json", "-k", "10", SAMPLES).stdout)
        for a, b in zip(remote["results"], local["results"], strict=True):
            for x, y in zip(a["classes"], b["classes"], strict=True):
                self.assertEqual((x["index"], x["label"]), (y["index"], y["label"]))
                self.assertAlmostEqual(x["probability"], y["probability"], places=6)

    def test_a_bad_image_fails_alone(self):
        with tempfile.NamedTemporaryFile(suffix=".png") as bad:
            bad.write(b"this is no picture")
            bad.flush()
            result = run("classify", "--url", self.url, "--json", bad.name, SAMPLES / "digit_1.png")
            self.assertEqual(result.returncode, 1)
            rows = json.loads(result.stdout)["results"]
            self.assertEqual(rows[0]["error"]["code"], "INVALID_ARGUMENT")
            self.assertEqual(rows[1]["classes"][0]["label"], "1")

    def test_unknown_model_is_named(self):
        result = run("classify", "--url", self.url, "-m", "nosuch", SAMPLES / "digit_1.png")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"nosuch", result.stderr)


class GuardedServerTest(ServerTest):
    models = LENET5

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tokens = pathlib.Path(cls.folder.name, "tokens")
        cls.tokens.write_text("0123456789abcdef\n")
        cls.socket = pathlib.Path(cls.folder.name, "socket")
        cls.flags = ["--auth-token-file", cls.tokens, "--unix-socket", cls.socket]
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def test_a_call_needs_the_token(self):
        sample = SAMPLES / "digit_4.png"
        result = run("classify", "--url", self.url, sample)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"asks for a token", result.stderr)
        result = run("classify", "--url", self.url, sample, "--token-file", self.tokens)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        result = run("classify", "--url", self.url, sample, env={"CONVOY_TOKEN_FILE": str(self.tokens)})
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run("classify", "--url", self.url, sample, "--token-file", "/nonexistent")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"/nonexistent", result.stderr)

    def test_a_probe_does_not(self):
        self.assertEqual(run("health", "--url", self.url).returncode, 0)

    def test_the_socket_is_listened_on(self):
        self.assertTrue(self.socket.is_socket())


class DemoTest(unittest.TestCase):
    def test_demo_on_the_cpu(self):
        result = run("demo", "--repository", BUNDLED, "--device", "cpu", "--device", "reference", "--rounds", "3")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = result.stdout.decode()
        self.assertEqual(len(re.findall(r"digit_\d\.png", text)), 20)
        difference = re.search(r"largest difference of any probability, cpu to reference: (\S+)", text)
        self.assertLess(float(difference.group(1)), 1e-3)

    def test_demo_names_a_device_that_is_not_there(self):
        result = run("demo", "--repository", BUNDLED, "--device", "vulkan",
                     env={"VK_DRIVER_FILES": "/nonexistent", "VK_ICD_FILENAMES": "/nonexistent"})
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr.decode(), "'vulkan'")


if __name__ == "__main__":
    CONVOY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
