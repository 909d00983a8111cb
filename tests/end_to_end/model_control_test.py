"""Loading, replacing and unloading models of a running server, by the stock client and by changes of the files."""

import shutil
import threading
import time
import unittest

import harness
import numpy as np
import tritonclient.grpc as grpcclient
from tritonclient.utils import InferenceServerException

GOOD = harness.BUNDLED / "lenet5"
PATIENCE_SECONDS = 120
POLL = ["--model-control-mode=poll", "--repository-poll-secs=1"]
EXPLICIT = ["--model-control-mode=explicit"]


def await_that(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}")
        time.sleep(0.05)


def infer(client, model="lenet5"):
    tensor = grpcclient.InferInput(client.get_model_metadata(model).inputs[0].name, [1, 1, 28, 28], "FP32")
    tensor.set_data_from_numpy(np.zeros((1, 1, 28, 28), np.float32))
    return client.infer(model, [tensor])


def index(client):
    """State and reason by model and version."""
    return {(model.name, model.version): (model.state, model.reason) for model in client.get_model_repository_index().models}


class ModelControlTest(unittest.TestCase):
    def fails(self, status, text, call, *arguments, **named):
        with self.assertRaises(InferenceServerException) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.status(), f"StatusCode.{status}")
        self.assertIn(text, caught.exception.message())

    def test_explicit(self):
        with harness.Repository() as repository:
            repository.add_bundled("lenet5")
            repository.add_bytes("broken", (GOOD / "1" / "model.onnx").read_bytes()[:1000])
            with harness.Server([repository.path], flags=EXPLICIT) as server, grpcclient.InferenceServerClient(server.url) as client:
                self.assertEqual(index(client), {("broken", ""): ("", ""), ("lenet5", ""): ("", "")})
                self.fails("NOT_FOUND", "Request for unknown model", infer, client)
                client.load_model("lenet5")
                self.assertEqual(infer(client).get_response().model_version, "1")
                self.assertEqual([model.name for model in client.get_model_repository_index().models if model.state == "READY"],
                                 ["lenet5"])

                client.load_model("lenet5", config='{"max_batch_size": "12"}')
                self.assertEqual(client.get_model_config("lenet5").config.max_batch_size, 12)
                self.assertEqual(len(client.get_model_config("lenet5").config.input), 1)
                self.fails("INTERNAL", "failed to load", client.load_model, "lenet5", config="{")
                self.fails("INTERNAL", "failed to poll from model repository", client.load_model, "lenet5", config="{}",
                           files={"file:" + "x" * 256: b"onnx"})
                self.assertEqual(client.get_model_config("lenet5").config.max_batch_size, 12)
                client.load_model("lenet5")
                self.assertNotEqual(client.get_model_config("lenet5").config.max_batch_size, 12)

                self.fails("INTERNAL", "failed to load", client.load_model, "nosuch")
                self.assertTrue(client.is_server_ready())
                self.fails("INVALID_ARGUMENT", "load failed for model 'broken': version 1 is at UNAVAILABLE state",
                           client.load_model, "broken")
                self.assertEqual(index(client)["broken", "1"][0], "UNAVAILABLE")
                self.assertFalse(client.is_server_ready())
                client.unload_model("broken")
                self.assertTrue(client.is_server_ready())

                client.unload_model("lenet5", unload_dependents=True)
                await_that(lambda: index(client)["lenet5", "1"] == ("UNAVAILABLE", "unloaded"), "unloaded")
                self.assertFalse(client.is_model_ready("lenet5"))
                self.fails("NOT_FOUND", "'lenet5' has no available versions", infer, client)
                client.load_model("lenet5")
                infer(client)

    def test_start_with_chosen_models(self):
        with harness.Repository() as repository:
            repository.add_bundled("lenet5")
            repository.add_bytes("broken", b"no model")
            with harness.Server([repository.path], flags=[*EXPLICIT, "--load-model=lenet5"]) as server:
                with grpcclient.InferenceServerClient(server.url) as client:
                    self.assertTrue(client.is_model_ready("lenet5"))
                    self.assertEqual(index(client)["broken", ""], ("", ""))
            for flags in ([*EXPLICIT, "--load-model=nosuch"], [*EXPLICIT, "--load-model=*"]):
                self.assertEqual(harness.Server([repository.path], flags=flags).wait_exit(), 1)
            self.assertEqual(harness.Server([repository.path], flags=["--load-model=lenet5"]).wait_exit(), 2)

    def test_no_control(self):
        with harness.Server([harness.BUNDLED / "lenet5"]) as server, grpcclient.InferenceServerClient(server.url) as client:
            for call in (client.load_model, client.unload_model):
                self.fails("UNAVAILABLE", "explicit model load / unload is not allowed", call, "lenet5")
            self.assertEqual(index(client), {("lenet5", "1"): ("READY", "")})

    def test_poll(self):
        with harness.Repository() as repository:
            repository.add_bundled("lenet5")
            model = repository.path / "lenet5"
            with harness.Server([repository.path], flags=POLL) as server, grpcclient.InferenceServerClient(server.url) as client:
                shutil.copytree(model, repository.path / "second")
                (repository.path / "second" / "config.pbtxt").write_text("max_batch_size: 2")
                await_that(lambda: ("second", "1") in index(client) and client.is_model_ready("second"), "a new model")
                self.assertEqual(client.get_model_config("second").config.max_batch_size, 2)

                (model / "2").mkdir()
                (model / "2" / "model.onnx").write_bytes(b"no model")
                await_that(lambda: ("lenet5", "2") in index(client) and index(client)["lenet5", "2"][0] == "UNAVAILABLE",
                           "a broken version")
                self.assertEqual(infer(client).get_response().model_version, "1")
                self.assertTrue(client.is_server_ready())
                shutil.copy(model / "1" / "model.onnx", model / "2" / "model.onnx")
                await_that(lambda: infer(client).get_response().model_version == "2", "the mended version")

                (repository.path / "second" / "config.pbtxt").write_text("max_batch_size: many")
                await_that(lambda: "config.pbtxt" in index(client)["second", "1"][1], "why the new config is not in force")
                self.assertEqual(client.get_model_config("second").config.max_batch_size, 2)
                (repository.path / "second" / "config.pbtxt").write_text("max_batch_size: 4")
                await_that(lambda: client.get_model_config("second").config.max_batch_size == 4, "the new config")
                self.assertEqual(index(client)["second", "1"], ("READY", ""))

                shutil.rmtree(repository.path / "second")
                await_that(lambda: ("second", "1") not in index(client), "a removed model")
                infer(client)

    def test_poll_follows_a_link_that_is_swapped(self):
        """As Kubernetes replaces what a ConfigMap holds: the model is a link that changes its target at once."""
        with harness.Repository() as repository:
            for name, rows in (("old", 2), ("new", 4)):
                shutil.copytree(GOOD, repository.path / ".store" / name)
                (repository.path / ".store" / name / "config.pbtxt").write_text(f"max_batch_size: {rows}")
            (repository.path / "lenet5").symlink_to(".store/old")
            (repository.path / "dangling").symlink_to(".store/nothing")
            (repository.path / "loop").symlink_to("loop")
            with harness.Server([repository.path], flags=POLL) as server, grpcclient.InferenceServerClient(server.url) as client:
                self.assertEqual(client.get_model_config("lenet5").config.max_batch_size, 2)
                (repository.path / "next").symlink_to(".store/new")
                (repository.path / "next").rename(repository.path / "lenet5")
                await_that(lambda: client.get_model_config("lenet5").config.max_batch_size == 4, "the new target")
                self.assertEqual(index(client), {("lenet5", "1"): ("READY", "")})

    def test_nothing_is_lost_while_models_change(self):
        with harness.Repository() as repository:
            repository.add_bundled("lenet5")
            config = repository.path / "lenet5" / "config.pbtxt"
            text = config.read_text()
            with harness.Server([repository.path], flags=[*EXPLICIT, "--load-model=*"]) as server:
                stop, failures, answers = threading.Event(), [], []

                def ask():
                    with grpcclient.InferenceServerClient(server.url) as client:
                        while not stop.is_set():
                            try:
                                infer(client)
                                answers.append(1)
                            except InferenceServerException as failure:
                                failures.append(str(failure))

                clients = [threading.Thread(target=ask) for _ in range(3)]
                for client in clients:
                    client.start()
                with grpcclient.InferenceServerClient(server.url) as client:
                    for round in range(10):
                        config.write_text(text + f"# round {round}\n")
                        client.load_model("lenet5")
                stop.set()
                for client in clients:
                    client.join()
                self.assertEqual(failures, [])
                self.assertGreater(len(answers), 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
