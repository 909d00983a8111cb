"""Images per second of Convoy's devices beside ONNX Runtime, in one run on one machine. Answers are checked, times never are.

    throughput.sh BUILD_DIR [--quick] [--json FILE] [--device cpu --device vulkan] [--seconds 2] [--rounds 3]

The engines take turns within a round, so that a busy moment of the machine meets all of them; each figure is the median of its
rounds' medians. Times are those of the network alone: no request, no image decoding.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTDATA = pathlib.Path(os.environ.get("CONVOY_TESTDATA", ROOT.parent / "shared" / "testdata"))
ANSWER_BOUND = 1e-3  # of the largest value of ONNX Runtime's answer


class Net:
    def __init__(self, name, path):
        self.name = name
        self.path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        self.oracle = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.oracle.get_inputs()[0]

    def random_batch(self, rows):
        return np.random.default_rng(rows).random((rows, *self.input.shape[1:]), np.float32)


def zoo_net(build, folder, name, *options):
    path = folder / f"{name}.onnx"
    subprocess.run([build / "models" / "zoo" / "zoo_dump", name, path, *options], check=True, stdout=subprocess.DEVNULL)
    return Net(name, path)


def choose_nets(build, folder, quick):
    if quick:
        return [zoo_net(build, folder, "resnet18", "--size", "64", "--width", "16")]
    nets = []
    squeezenet = TESTDATA / "models" / "squeezenet1.1" / "model.onnx"
    if squeezenet.is_file():
        nets.append(Net("squeezenet1.1", squeezenet))
    else:
        print(f"SKIPPED squeezenet1.1: there is no {squeezenet}", file=sys.stderr)
    return [*nets, zoo_net(build, folder, "resnet50")]


def time_oracle(net, batch, seconds):
    """Median milliseconds of a run, and the answer."""
    feed = {net.input.name: batch}
    answer = net.oracle.run(None, feed)[0]
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        begin = time.perf_counter()
        net.oracle.run(None, feed)
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times), answer


def time_convoy(build, folder, net, device, batch, seconds):
    input_path, output_path = folder / "input.bin", folder / "output.bin"
    batch.tofile(input_path)
    command = [build / "tests" / "bench" / "throughput", net.path, device, batch.shape[0], input_path, output_path, seconds]
    result = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(result.stdout)["median_ms"], np.fromfile(output_path, np.float32)


def measure(build, folder, net, rows, options):
    """One result a device: images per second, and the error of its answer."""
    batch = net.random_batch(rows)
    times, errors = {"onnxruntime": []}, {"onnxruntime": 0.0}
    for _ in range(options.rounds):
        median, wanted = time_oracle(net, batch, options.seconds)
        times["onnxruntime"].append(median)
        for device in options.device:
            median, answer = time_convoy(build, folder, net, device, batch, options.seconds)
            times.setdefault(device, []).append(median)
            error = float(np.abs(answer.reshape(wanted.shape) - wanted).max()) / max(1e-30, float(np.abs(wanted).max()))
            errors[device] = max(error, errors.get(device, 0.0))
    return [{"net": net.name, "batch": rows, "engine": engine, "ms": statistics.median(medians),
             "images_per_second": 1000 * rows / statistics.median(medians), "error": errors[engine]}
            for engine, medians in times.items()]


def print_table(results):
    engines = list(dict.fromkeys(result["engine"] for result in results))
    print("images/s".ljust(22) + "".join(engine.rjust(14) for engine in engines))
    for net, batch in dict.fromkeys((result["net"], result["batch"]) for result in results):
        row = {result["engine"]: result["images_per_second"] for result in results if (result["net"], result["batch"]) == (net, batch)}
        print(f"{net} batch {batch}".ljust(22) + "".join(f"{row[engine]:14.1f}" for engine in engines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="one small network for under 30 seconds: what the tests run")
    parser.add_argument("--json", type=pathlib.Path, help="write the results to this file too")
    parser.add_argument("--device", action="append", help="cpu, vulkan, vulkan:INDEX, ... [cpu and vulkan]")
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement [2]")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.device = options.device or ["cpu", "vulkan"]
    if options.quick:
        options.seconds, options.rounds = 0.3, 1

    results = []
    with tempfile.TemporaryDirectory(prefix="convoy-") as name:
        folder = pathlib.Path(name)
        for net in choose_nets(options.build, folder, options.quick):
            for rows in (1, 8):
                results += measure(options.build, folder, net, rows, options)
    print_table(results)
    report = {"schema_version": 1, "machine": platform.machine(), "cores": len(os.sched_getaffinity(0)),
              "onnxruntime": onnxruntime.__version__, "results": results}
    text = json.dumps(report, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    else:
        print(text)
    wrong = [result for result in results if not result["error"] <= ANSWER_BOUND]
    for result in wrong:
        print(f"WRONG: {result['net']} batch {result['batch']} on {result['engine']}: error {result['error']:.1e}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
