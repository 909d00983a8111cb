"""drill.py [SECONDS]: docs/operations.md's failure drills with figures. Three replicas of one thread behind HAProxy, under `convoy bench`:
one is stopped, one killed, all are rolled to a new model version; then the killed one under a client with the retry policy, and one and two
replicas of one core each. Not a test: it takes minutes, and its rates want an idle machine."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import tritonclient.grpc as triton

import fleet
from harness import CONVOY, Repository

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
CALLERS = 8


def bench(url, seconds, callers=CALLERS, model="lenet5", flags=()):
    """A `convoy bench` that runs; its report is read by report()."""
    return subprocess.Popen([CONVOY, "bench", "-u", url, "-m", model, "-c", str(callers), "-z", f"{seconds}s", "--warm-up", "1s", "--random",
                             "--json", *flags], stdout=subprocess.PIPE, text=True)


def report(process):
    text, _ = process.communicate()
    return json.loads(text)


def calls(replicas):
    return [each.calls() if each.process.poll() is None else float("nan") for each in replicas]


def spread(before, after):
    done = [late - early for early, late in zip(before, after)]
    return max(done) / (sum(done) / len(done)) - 1


def drill(name, act, flags=()):
    """Runs the load, acts in its middle, and prints what callers saw."""
    with Repository() as repository:
        repository.add_bundled("lenet5")
        with fleet.Replicas(3, repository.path, ("--threads", "1", *flags)) as replicas, fleet.HaProxy(replicas) as balancer:
            before = calls(replicas)
            load = bench(balancer.url, SECONDS)
            time.sleep(1 + SECONDS / 3)
            act(replicas, repository.path)
            result = report(load)
            line = (f"{name}: {result['calls']['good']} answered ({result['calls_per_second']:.0f}/s, p99 {result['latency_ms']['p99']:.1f} ms), "
                    f"{result['calls']['failed']} failed {result['errors']}")
            if all(each.process.poll() is None for each in replicas):
                line += f"; most loaded replica {spread(before, calls(replicas)):+.1%} of the mean"
            print(line, flush=True)


def stop_one(replicas, _):
    replicas[1].signal(signal.SIGTERM)
    assert replicas[1].wait() == 0


def kill_one(replicas, _):
    replicas[1].signal(signal.SIGKILL)


def roll_all(replicas, path):
    shutil.copytree(path / "lenet5" / "1", path / "lenet5" / "2")
    for each in replicas:
        with triton.InferenceServerClient(each.url) as client:
            client.load_model("lenet5")


def kill_under_retries():
    with Repository() as repository:
        repository.add_bundled("lenet5")
        with fleet.Replicas(3, repository.path) as replicas, fleet.HaProxy(replicas) as balancer:
            load = fleet.Load(balancer.url, CALLERS, retry=True).start()
            load.after(1000)
            replicas[1].signal(signal.SIGKILL)
            load.after(2000)
            load.stop()
            print(f"SIGKILL under the retry policy: {load.good} answered, {len(load.failures)} failed", flush=True)


def scaling(model="clothes_unet"):
    """One replica and two, each on a core of its own and with four callers; balancer and callers share both. The network is one whose work outweighs theirs."""
    rates = []
    cores = sorted(os.sched_getaffinity(0))[:2]
    with Repository() as repository:
        repository.add_bundled(model)
        for count in (1, 2):
            pins = [("taskset", "-c", str(core)) for core in cores[:count]]
            with fleet.Replicas(count, repository.path, prefixes=pins) as replicas, fleet.HaProxy(replicas) as balancer:
                rates.append(report(bench(balancer.url, SECONDS, 4 * count, model, ("--extent", "192")))["calls_per_second"])
    print(f"{model}, replicas of one core: {rates[0]:.1f} and {rates[1]:.1f} calls/s, a factor of {rates[1] / rates[0]:.2f}", flush=True)


if __name__ == "__main__":
    drill("nothing happens", lambda *_: None)
    drill("SIGTERM", stop_one)
    drill("SIGKILL", kill_one)
    drill("new version", roll_all, ("--model-control-mode", "explicit", "--load-model", "*"))
    kill_under_retries()
    scaling()
