"""Other engines behind one interface, and one measurement of one of them in this process:

    peer_engines.py ENGINE MODEL.onnx BATCH THREADS SECONDS

prints one line of JSON. peers.py calls it, and makes before what it reads beside the model (`prepared`). Everything runs in fp32.
"""

import importlib.util
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

LONG_SECONDS = 10  # what is slower than this is not measured three times


def prepared(model):
    """The folder of what is made once from MODEL.onnx: inputs, ONNX Runtime's answers, other engines' forms."""
    return model.parent / "converted" / model.stem


def onnxruntime_cpu(model, batch, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})[0]


def openvino_cpu(model, batch, threads):
    import openvino
    core = openvino.Core()
    network = core.read_model(str(model))
    network.reshape([batch, *[d.get_length() for d in list(network.inputs[0].get_partial_shape())[1:]]])
    compiled = core.compile_model(network, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
                                                   "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()

    def infer(x):
        request.infer({0: openvino.Tensor(x, shared_memory=True)})
        return request.get_output_tensor(0).data
    return infer


def ncnn_any(model, batch, threads, vulkan):
    import ncnn
    net = ncnn.Net()
    net.opt.num_threads, net.opt.use_vulkan_compute = threads, vulkan
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage", "bf16_packed"):
        if hasattr(net.opt, "use_" + option):
            setattr(net.opt, "use_" + option, False)
    base = str(prepared(model) / model.stem) + ".ncnn"
    if net.load_param(base + ".param") != 0 or net.load_model(base + ".bin") != 0:
        raise RuntimeError(f"ncnn cannot load {base}")

    def forward(mat):
        with net.create_extractor() as extractor:
            extractor.input("in0", mat)
            code, out = extractor.extract("out0")
            if code != 0:
                raise RuntimeError(f"ncnn's extract gives {code}")
            return np.array(out) if out.n <= 1 else np.stack([np.array(out.batch(i)) for i in range(out.n)])

    def image_by_image(x):
        return np.stack([forward(ncnn.Mat(image)) for image in x])

    def as_one(x):
        return forward(ncnn.Mat(x, batch_index=0))
    if batch == 1 or vulkan:  # where the batch has never gained anything, and one takes a minute
        return image_by_image
    x = np.load(prepared(model) / f"input_b{batch}.npy")
    return min((image_by_image, as_one), key=lambda infer: min(time_runs(infer, x, 0)))


def ncnn_cpu(model, batch, threads):
    return ncnn_any(model, batch, threads, vulkan=False)


def ncnn_vulkan(model, batch, threads):
    return ncnn_any(model, batch, threads, vulkan=True)


def mnn_cpu(model, batch, threads):
    import MNN
    net = MNN.Interpreter(str(prepared(model) / model.stem) + ".mnn")
    session = net.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
    tensor = net.getSessionInput(session)
    shape = (batch, *tensor.getShape()[1:])
    net.resizeTensor(tensor, shape)
    net.resizeSession(session)
    output = net.getSessionOutput(session)
    host = MNN.Tensor(output.getShape(), MNN.Halide_Type_Float, np.zeros(output.getShape(), np.float32), MNN.Tensor_DimensionType_Caffe)

    def infer(x):
        tensor.copyFrom(MNN.Tensor(shape, MNN.Halide_Type_Float, x, MNN.Tensor_DimensionType_Caffe))
        net.runSession(session)
        output.copyToHostTensor(host)
        return host.getNumpyData()
    infer.keep = net
    return infer


# Name, the Python package it needs, and its loader.
ENGINES = {"onnxruntime": ("onnxruntime", onnxruntime_cpu), "openvino": ("openvino", openvino_cpu), "ncnn": ("ncnn", ncnn_cpu),
           "mnn": ("MNN", mnn_cpu), "ncnn-vulkan": ("ncnn", ncnn_vulkan)}


def available(engine):
    return importlib.util.find_spec(ENGINES[engine][0]) is not None


def peak_rss_bytes():
    """Of this program alone: getrusage counts what the process was before its exec, too."""
    status = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def error_of(answer, model, batch):
    """The largest difference to ONNX Runtime's answer, as a part of its largest value."""
    wanted = np.load(prepared(model) / f"answer_b{batch}.npy")
    if answer.size != wanted.size:
        return float("inf")
    return float(np.abs(answer.reshape(wanted.shape) - wanted).max() / np.abs(wanted).max())


def time_runs(infer, x, seconds):
    """Milliseconds of each run, after a warm-up: at least three, unless they take very long."""
    end = time.perf_counter() + seconds / 4
    while time.perf_counter() < end:
        infer(x)
    times, start = [], time.perf_counter()
    while True:
        begin = time.perf_counter()
        infer(x)
        now = time.perf_counter()
        times.append(1000 * (now - begin))
        if now - start >= (seconds if len(times) >= 3 else LONG_SECONDS):
            return times


def main():
    engine, model, batch, threads, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), *map(float, sys.argv[3:6])
    batch, threads = int(batch), int(threads)
    born = float(os.environ.get("PEERS_BORN", time.time()))
    x = np.load(prepared(model) / f"input_b{batch}.npy")
    infer = ENGINES[engine][1](model, batch, threads)
    answer = np.array(infer(x), copy=True)
    start_to_answer = 1000 * (time.time() - born)
    times = time_runs(infer, x, seconds)
    median = statistics.median(times)
    print(json.dumps({"median_ms": median, "min_ms": min(times), "images_per_s": 1000 * batch / median,
                      "peak_rss_bytes": peak_rss_bytes(),
                      "start_to_answer_ms": start_to_answer, "error": error_of(answer, model, batch)}), flush=True)
    os._exit(0)  # some engines crash while they take themselves down; the figures are out


if __name__ == "__main__":
    main()
