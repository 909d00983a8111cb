"""What the end-to-end scripts share: a server process, the wire's messages, repositories in a temporary folder.

    with Server([repository], device="cpu") as server:
        client = grpcclient.InferenceServerClient(server.url)

The scripts are unittest programs; run.sh starts them with CONVOY (the program) and CONVOY_PROTOSET (message descriptors) set.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import grpc
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ["CONVOY"]
BUNDLED = ROOT / "models" / "bundled"
START_SECONDS = 300  # a first start tests every Vulkan kernel, and sanitizers slow it down
STOP_SECONDS = 60


def testdata():
    """The folder of trained models, or None where this machine has none."""
    folder = pathlib.Path(os.environ.get("CONVOY_TESTDATA", ROOT.parent / "shared" / "testdata"))
    return folder if (folder / "models").is_dir() else None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`convoy serve` in a process of its own. Leaving the `with` block stops it by SIGTERM and wants exit code 0."""

    def __init__(self, paths, device="cpu", flags=(), env=None, port=None, **process):
        """`env` are variables to set, or with None to unset; `process` goes to Popen."""
        self.port = port or free_port()
        self.url = f"127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile("w+")
        command = [CONVOY, "serve", *map(str, paths), "--device", device, "--host", "127.0.0.1", "--grpc-port", str(self.port),
                   "--metrics-port", "0", "--lame-duck-seconds", "0", *flags]
        variables = {key: value for key, value in {**os.environ, **(env or {})}.items() if value is not None}
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, env=variables, **process)

    @property
    def log(self):
        """What the server has printed so far; all of it once it has ended."""
        if not self._log.closed:
            self._log.seek(0)
            self._text = self._log.read()
        return self._text

    def _close_log(self):
        self._text = self.log
        self._log.close()

    def wait_ready(self):
        deadline = time.monotonic() + START_SECONDS
        with grpc.insecure_channel(self.url) as channel:
            ready = channel.unary_unary("/inference.GRPCInferenceService/ServerReady")
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise AssertionError(f"the server ended with code {self.process.returncode}:\n{self.log}")
                try:
                    if ready(b"", timeout=1) == b"\x08\x01":  # field 1 is true
                        return self
                except grpc.RpcError:
                    pass
                time.sleep(0.05)
        raise AssertionError(f"the server is not ready after {START_SECONDS} s:\n{self.log}")

    def wait_exit(self):
        """The exit code of a server that is expected to refuse to start."""
        try:
            return self.process.wait(START_SECONDS)
        finally:
            self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._close_log()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server runs {STOP_SECONDS} s after SIGTERM:\n{self.log}") from None
        self._close_log()
        if code != 0:
            raise AssertionError(f"the server ended with code {code} after SIGTERM:\n{self.log}")

    def __enter__(self):
        try:
            return self.wait_ready()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, kind, value, trace):
        self.stop()


class Messages:
    """Message classes by full name, from the descriptor set."""

    def __init__(self):
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(os.environ["CONVOY_PROTOSET"]).read_bytes())
        self._pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self._pool.Add(file)

    def __getitem__(self, name):
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))


MESSAGES = Messages()


def classify(url, images, model="", top_k=1, timeout=60):
    """Calls convoy.v1.ClassifyService/Classify with image files as bytes."""
    request = MESSAGES["convoy.v1.ClassifyRequest"](model_name=model, images=images, top_k=top_k)
    with grpc.insecure_channel(url, options=[("grpc.max_send_message_length", -1)]) as channel:
        call = channel.unary_unary("/convoy.v1.ClassifyService/Classify",
                                   request_serializer=lambda message: message.SerializeToString(),
                                   response_deserializer=MESSAGES["convoy.v1.ClassifyResponse"].FromString)
        return call(request, timeout=timeout)


NUMPY_OF_ONNX = {1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16,
                 11: np.float64}


def read_tensor(path):
    """A serialised onnx.TensorProto as a numpy array."""
    tensor = MESSAGES["onnx.TensorProto"].FromString(path.read_bytes())
    dtype = NUMPY_OF_ONNX[tensor.data_type]
    values = np.frombuffer(tensor.raw_data, dtype) if tensor.raw_data else np.array(list(tensor.float_data), dtype)
    return values.reshape(list(tensor.dims))


class Repository:
    """A model repository in a temporary folder."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="convoy-")
        self.path = pathlib.Path(self._folder.name)

    def add(self, name, version_folder, config=None, labels=None):
        """Model `name` whose version 1 is the folder given, by link; it is not copied."""
        model = self.path / name
        model.mkdir()
        (model / "1").symlink_to(version_folder, target_is_directory=True)
        self._describe(model, config, labels)

    def add_bytes(self, name, onnx, config=None, labels=None):
        """Model `name` whose version 1 is the file with these bytes."""
        model = self.path / name
        (model / "1").mkdir(parents=True)
        (model / "1" / "model.onnx").write_bytes(onnx)
        self._describe(model, config, labels)

    def add_bundled(self, name):
        shutil.copytree(BUNDLED / name, self.path / name)

    @staticmethod
    def _describe(model, config, labels):
        if config is not None:
            (model / "config.pbtxt").write_text(config)
        if labels is not None:
            (model / "labels.txt").write_text("".join(label + "\n" for label in labels))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self._folder.cleanup()


def skip(reason):
    """Ends the script with the exit code that CTest counts as skipped."""
    print(f"SKIPPED: {reason}")
    sys.exit(77)

