"""Every network of the zoo, small and with its seeded random weights, served by the real program: its answers against ONNX Runtime's.

    run.sh BUILD_DIR zoo_test.py DEVICE

Prints the worst error of each network over batches of 1, 3 and 8.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import onnxruntime
import tritonclient.grpc as grpcclient

import harness

DEVICE = "cpu"
ZOO_DUMP = pathlib.Path(os.environ["CONVOY"]).parent / "models" / "zoo" / "zoo_dump"
BATCHES = (1, 3, 8)
BOUND = 1e-4  # of the largest value of ONNX Runtime's answer
NETWORKS_PER_SERVER = 8  # keeps a server's start within the harness's patience on a software driver


def zoo(*arguments):
    return subprocess.run([ZOO_DUMP, *arguments], check=True, capture_output=True, text=True).stdout


def small_network(name):
    """The bytes of its ONNX file."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.onnx"
        zoo(name, path, "--small")
        return path.read_bytes()


def relative_error(got, wanted):
    error = float(np.abs(got.astype(np.float64) - wanted).max() / np.abs(wanted).max())
    return error if np.isfinite(error) else np.inf


class ZooTest(unittest.TestCase):
    def check(self, client, name, onnx):
        oracle = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        declared = oracle.get_inputs()[0]
        worst = 0.0
        for rows in BATCHES:
            batch = np.random.default_rng(rows).standard_normal((rows, *declared.shape[1:]), np.float32)
            request = grpcclient.InferInput(declared.name, list(batch.shape), "FP32")
            request.set_data_from_numpy(batch)
            got = client.infer(name, [request], client_timeout=600).as_numpy("logits")
            wanted = oracle.run(None, {declared.name: batch})[0]
            self.assertEqual(got.shape, wanted.shape)
            worst = max(worst, relative_error(got, wanted))
        print(f"{DEVICE:8} {name:20} worst error {worst:.1e}", flush=True)
        self.assertLessEqual(worst, BOUND)

    def test_answers_like_onnx_runtime(self):
        networks = zoo("--list").split()
        self.assertGreater(len(networks), 20)
        for first in range(0, len(networks), NETWORKS_PER_SERVER):
            files = {name: small_network(name) for name in networks[first:first + NETWORKS_PER_SERVER]}
            with harness.Repository() as repository:
                for name, onnx in files.items():
                    repository.add_bytes(name, onnx)
                with harness.Server([repository.path], DEVICE) as server, grpcclient.InferenceServerClient(server.url) as client:
                    for name, onnx in files.items():
                        with self.subTest(name):
                            self.check(client, name, onnx)


if __name__ == "__main__":
    DEVICE = sys.argv.pop(1)
    unittest.main(verbosity=2)
