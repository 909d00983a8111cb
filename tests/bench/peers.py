"""Images per second of Convoy beside other engines on this machine: every answer checked, no time asserted.

    peers.sh BUILD_DIR [--quick | --short] [--rounds 5] [--seconds 0.5] [--network resnet50 ...] [--engine convoy ...]
                       [--batch 1 8] [--threads 1 2] [--models DIR] [--save FILE]
    peers.sh BUILD_DIR --report FILE...

Within a round all engines take turns, each in a process of its own, so that a busy moment of the machine meets all of them; a
figure is the median of its rounds' medians. The time is that of the network alone: no request, no image decoding. Engines whose
Python package is absent are left out: set CONVOY_PEERS_VENV to a virtual environment with openvino, ncnn, pnnx and MNN in it.
A batch of ncnn's is one call or one an image, whichever is faster.
Networks are those of the zoo unless --models names a folder of .onnx files (one FP32 input, one output, a symbolic batch).
"""

import argparse
import importlib.util
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
from peer_engines import ENGINES, available, error_of, onnxruntime_cpu, prepared

HERE = pathlib.Path(__file__).resolve().parent
ANSWER_BOUND = 1e-3  # of the largest value of ONNX Runtime's answer
CONVOY = {"convoy": "cpu", "convoy-vulkan": "vulkan"}  # and the device of each
# The families that compare: Convoy's engine first, then its peers.
FAMILIES = {"cpu": ["convoy", "onnxruntime", "openvino", "ncnn", "mnn"], "vulkan": ["convoy-vulkan", "ncnn-vulkan"]}
ZOO = {"lenet5": [], "squeezenet": [], "mobilenet_v2": [], "alexnet_one_tower": [], "resnet50": [], "unet": ["--width", "32"], "vgg16": []}
SHORT = ["lenet5", "squeezenet", "resnet50"]
QUICK = {"resnet18": ["--size", "64", "--width", "16"]}


def run(command, **options):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def networks(options):
    if options.models:
        paths = sorted(options.models.glob("*.onnx"))
        return [path for path in paths if not options.network or path.stem in options.network]
    chosen = QUICK if options.quick else ZOO
    names = options.network or ([*chosen] if options.quick or not options.short else SHORT)
    folder = options.build / "peers"
    folder.mkdir(exist_ok=True)
    for name in names:
        if not (folder / f"{name}.onnx").exists():
            run([options.build / "models" / "zoo" / "zoo_dump", name, folder / f"{name}.onnx", *chosen[name]])
    return [folder / f"{name}.onnx" for name in names]


def prepare(model, batches, engines):
    """Makes what is missing: inputs, answers, the forms that ncnn and MNN read."""
    folder = prepared(model)
    folder.mkdir(parents=True, exist_ok=True)
    import onnxruntime
    shape = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"]).get_inputs()[0].shape[1:]
    for batch in batches:
        if (folder / f"answer_b{batch}.npy").exists():
            continue
        x = np.random.default_rng(batch).standard_normal((batch, *shape), np.float32)
        np.save(folder / f"input_b{batch}.npy", x)
        x.tofile(folder / f"input_b{batch}.bin")
        np.save(folder / f"answer_b{batch}.npy", onnxruntime_cpu(model, batch, 1)(x))
    if any(engine.startswith("ncnn") for engine in engines) and not (folder / f"{model.stem}.ncnn.bin").exists():
        convert_ncnn(model, folder, [1, *shape])
    if "mnn" in engines and not (folder / f"{model.stem}.mnn").exists():
        run([pathlib.Path(sys.executable).parent / "mnnconvert", "-f", "ONNX", "--modelFile", model, "--MNNModel",
             folder / f"{model.stem}.mnn", "--bizCode", "x"], stderr=subprocess.DEVNULL)


def convert_ncnn(model, folder, shape):
    pnnx = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
    pnnx.chmod(0o755)
    link = folder / model.name  # pnnx writes beside what it reads
    if not link.exists():
        link.symlink_to(model.resolve())
    run([pnnx, model.name, f"inputshape={shape}".replace(" ", ""), "fp16=0"], cwd=folder, stderr=subprocess.DEVNULL)
    for leftover in folder.glob("*pnnx*"):
        leftover.unlink()


def time_convoy(options, engine, model, batch, threads):
    folder = prepared(model)
    output = folder / f"{engine}.bin"
    text = run([options.build / "convoy", "profile", model, "--device", CONVOY[engine], "--threads", threads, "--batch", batch,
                "--seconds", options.seconds, "--input", folder / f"input_b{batch}.bin", "--output", output, "--json"])
    profile = json.loads(text)
    kept = ("median_ms", "min_ms", "images_per_s", "peak_rss_bytes", "start_to_answer_ms", "arena_bytes", "arena_peak_bytes")
    return {**{key: profile[key] for key in kept}, "error": error_of(np.fromfile(output, np.float32), model, batch)}


def time_engine(options, engine, model, batch, threads):
    if engine in CONVOY:
        return time_convoy(options, engine, model, batch, threads)
    command = [sys.executable, HERE / "peer_engines.py", engine, model, batch, threads, options.seconds]
    text = run(command, env={**os.environ, "PEERS_BORN": repr(time.time()), "LP_NUM_THREADS": str(threads)}, stderr=subprocess.DEVNULL)
    return json.loads(text.splitlines()[-1])


def measure(options, engines, model, batch, threads):
    """One result an engine and round."""
    for number in range(options.rounds):
        for engine in engines:
            result = {"network": model.stem, "batch": batch, "threads": threads, "engine": engine, "round": number}
            try:
                result.update(time_engine(options, engine, model, batch, threads))
            except (subprocess.CalledProcessError, json.JSONDecodeError, IndexError) as error:
                result["failure"] = str(error)
            yield result


def median_of(results, key):
    return statistics.median(result[key] for result in results)


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def speeds_of(results):
    """Images per second by (network, batch, threads) and engine; a word where there is no figure."""
    groups, speeds = {}, {}
    for result in results:
        groups.setdefault((result["network"], result["batch"], result["threads"]), {}).setdefault(result["engine"], []).append(result)
    for key, engines in groups.items():
        for engine, rounds in engines.items():
            if any("failure" in result for result in rounds):
                speed = "failed"
            elif max(result["error"] for result in rounds) > ANSWER_BOUND:
                speed = "wrong"
            else:
                speed = median_of(rounds, "images_per_s")
            speeds.setdefault(key, {})[engine] = speed
    return speeds


def print_family(speeds, engines):
    """A row a network, batch and number of threads, and the geometric mean of the ratios to the fastest peer."""
    present = [engine for engine in engines if any(engine in row for row in speeds.values())]
    if engines[0] not in present:
        return
    print("| network | batch | threads | " + " | ".join(present) + " | x best peer |")
    print("|---" * (4 + len(present)) + "|")
    ratios = {}
    for (network, batch, threads), row in speeds.items():
        if engines[0] not in row:
            continue
        peers = [row[engine] for engine in present[1:] if isinstance(row.get(engine), float)]
        ratio = ""
        if peers and isinstance(row[engines[0]], float):
            ratio = f"{row[engines[0]] / max(peers):.2f}"
            ratios.setdefault((batch, threads), []).append(row[engines[0]] / max(peers))
        cells = [row.get(engine, "") for engine in present]
        cells = [figure(cell) if isinstance(cell, float) else cell for cell in cells]
        print(f"| {network} | {batch} | {threads} | " + " | ".join(cells) + f" | {ratio} |")
    for (batch, threads), values in sorted(ratios.items()):
        mean = math.exp(statistics.fmean(map(math.log, values)))
        print(f"| geometric mean of {len(values)} | {batch} | {threads} | " + " | " * len(present) + f"{mean:.2f} |")
    print()


def print_start(results):
    """Process start to first answer and the most memory, where a result has them: medians of the rounds."""
    groups = {}
    for result in results:
        if "failure" not in result:
            groups.setdefault((result["network"], result["batch"], result["threads"], result["engine"]), []).append(result)
    print("| network | batch | threads | engine | start to answer ms | peak RSS MiB | error |\n" + "|---" * 7 + "|")
    for key, rounds in groups.items():
        print("| " + " | ".join(map(str, key)) + f" | {median_of(rounds, 'start_to_answer_ms'):.0f} | "
              f"{median_of(rounds, 'peak_rss_bytes') / 2**20:.0f} | {max(result['error'] for result in rounds):.0e} |")
    print()


def report(results, start):
    speeds = speeds_of(results)
    for engines in FAMILIES.values():
        print_family(speeds, engines)
    if start:
        print_start(results)
    bad = [(key, engine, speed) for key, row in speeds.items() for engine, speed in row.items() if isinstance(speed, str)]
    for key, engine, speed in bad:
        print(f"{speed.upper()}: {engine} on {key[0]}, batch {key[1]}, {key[2]} threads", file=sys.stderr)
    return 1 if any(engine in CONVOY for _, engine, _ in bad) else 0


def parse_arguments():
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="one small network for a few seconds: what the tests run")
    parser.add_argument("--short", action="store_true", help="three networks, three rounds: what `make bench` runs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement [0.5]")
    parser.add_argument("--network", nargs="+")
    parser.add_argument("--engine", nargs="+", choices=[*CONVOY, *ENGINES])
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--threads", nargs="+", type=int, default=[cores])
    parser.add_argument("--models", type=pathlib.Path, help="a folder of .onnx files instead of the zoo")
    parser.add_argument("--save", type=pathlib.Path, help="append a line of JSON for each measurement")
    parser.add_argument("--report", nargs="+", type=pathlib.Path, help="print the tables of saved files, measure nothing")
    parser.add_argument("--start", action="store_true", help="print start-up times and memory too")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 0.1
    if options.short:
        options.rounds = 3
    return options


def main():
    options = parse_arguments()
    if options.report:
        return report([json.loads(line) for path in options.report for line in path.read_text().splitlines()], options.start)
    engines = options.engine or [engine for family in FAMILIES.values() for engine in family]
    absent = [engine for engine in engines if engine in ENGINES and not available(engine)]
    if absent:
        print(f"Left out, for their Python packages are absent: {', '.join(absent)}", file=sys.stderr)
    engines = [engine for engine in engines if engine not in absent]
    results = []
    for model in networks(options):
        prepare(model, options.batch, engines)
        for batch in options.batch:
            for threads in options.threads:
                for result in measure(options, engines, model, batch, threads):
                    results.append(result)
                    print(json.dumps(result), file=sys.stderr)
                    if options.save:
                        with options.save.open("a") as file:
                            file.write(json.dumps(result) + "\n")
    return report(results, options.start)


if __name__ == "__main__":
    sys.exit(main())
