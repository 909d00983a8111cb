"""Whether memory returns when models are unloaded: resident memory over cycles of load, call and unload.

    run.sh BUILD_DIR model_memory_test.py [--device DEVICE] [--cycles N] [--network NAME] [--max-growth-mib N]

Prints the resident memory after the cycles; fails when it grows between a fifth of them and the last. The first ones fill caches
of fixed size.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

import harness
import numpy as np
import tritonclient.grpc as grpcclient

PATIENCE_SECONDS = 60


def resident_mib(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the kernel tells no VmRSS")


def call(client, model):
    declared = client.get_model_metadata(model).inputs[0]
    shape = [1 if dim < 0 else dim for dim in declared.shape]
    tensor = grpcclient.InferInput(declared.name, shape, declared.datatype)
    tensor.set_data_from_numpy(np.zeros(shape, np.float32))
    client.infer(model, [tensor])


def await_unloaded(client):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(model.state == "UNLOADING" for model in client.get_model_repository_index().models):
        if time.monotonic() > deadline:
            raise AssertionError("the model stays UNLOADING")
        time.sleep(0.01)


def settled_mib(process):
    """The memory goes back shortly after the last request has let go: the lowest of a few looks."""
    looks = []
    for _ in range(5):
        looks.append(resident_mib(process))
        time.sleep(0.02)
    return min(looks)


def run_cycles(server, model, cycles):
    after = []
    with grpcclient.InferenceServerClient(server.url) as client:
        empty = resident_mib(server.process)
        for cycle in range(cycles):
            client.load_model(model)
            call(client, model)
            if cycle == 0:
                print(f"empty {empty:.1f} MiB, with {model} {resident_mib(server.process):.1f} MiB")
            client.unload_model(model)
            await_unloaded(client)
            after.append(settled_mib(server.process))
    return after


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--max-growth-mib", type=float, default=16)
    arguments = parser.parse_args()
    with harness.Repository() as repository:
        folder = repository.path / arguments.network / "1"
        folder.mkdir(parents=True)
        zoo_dump = pathlib.Path(os.environ["CONVOY"]).parent / "models" / "zoo" / "zoo_dump"
        subprocess.run([zoo_dump, arguments.network, folder / "model.onnx", "--size", "64"], check=True, stdout=subprocess.DEVNULL)
        (repository.path / arguments.network / "config.pbtxt").write_text("max_batch_size: 2")
        with harness.Server([repository.path], device=arguments.device, flags=["--model-control-mode=explicit"]) as server:
            after = run_cycles(server, arguments.network, arguments.cycles)
    window = max(arguments.cycles // 10, 1)
    early = statistics.median(after[2 * window:3 * window])
    late = statistics.median(after[-window:])
    print(f"after unload: first {after[0]:.1f} MiB, cycles {2 * window}-{3 * window} {early:.1f} MiB, last {window} {late:.1f} MiB, "
          f"highest {max(after):.1f} MiB")
    if late - early > arguments.max_growth_mib:
        print(f"FAILED: grows by {late - early:.1f} MiB")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
