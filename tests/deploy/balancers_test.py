"""The balancers' configurations under the real HAProxy and nginx: calls are spread, not connections; a replica that is stopped, killed or
loads a new version costs what docs/operations.md says, and no more."""

import shutil
import signal
import unittest

import tritonclient.grpc as triton

import fleet
from harness import Repository, skip

CALLERS = 8


def spread(before, after):
    """The farthest that a replica's share lies from the mean, as a part of it."""
    calls = [late - early for early, late in zip(before, after)]
    mean = sum(calls) / len(calls)
    return max(abs(each - mean) for each in calls) / mean


def repository_of_lenet5():
    repository = Repository()
    repository.add_bundled("lenet5")
    return repository


@unittest.skipUnless(shutil.which("haproxy"), "HAProxy is not installed: scripts/install_packages.sh fleet")
class HaProxyTest(unittest.TestCase):
    def setUp(self):
        self._repository = repository_of_lenet5()
        self.addCleanup(self._repository.__exit__, None, None, None)
        self.path = self._repository.path

    def fleet(self, count=3, flags=("--threads", "1")):
        replicas = self.enterContext(fleet.Replicas(count, self.path, flags))
        return replicas, self.enterContext(fleet.HaProxy(replicas))

    def test_calls_of_one_connection_are_spread(self):
        replicas, balancer = self.fleet()
        before = [each.calls() for each in replicas]
        load = fleet.Load(balancer.url, callers=1, calls=300).start().finish()
        self.assertEqual((load.good, load.failures), (300, []))
        self.assertLess(spread(before, [each.calls() for each in replicas]), 0.1)

    def test_a_replica_that_is_stopped_costs_no_call(self):
        replicas, balancer = self.fleet()
        load = fleet.Load(balancer.url, CALLERS).start()
        load.after(200)
        replicas[1].signal(signal.SIGTERM)
        self.assertEqual(replicas[1].wait(), 0)
        load.after(200)
        self.assertEqual(balancer.active(), 2, balancer.log)
        replicas[1].start()  # and back again
        fleet.wait_for("the replica is back", lambda: balancer.active() == 3)
        before = replicas[1].calls()
        load.after(200)
        self.assertGreater(replicas[1].calls(), before)
        self.assertEqual(load.stop().failures, [])

    def test_a_killed_replica_costs_at_most_the_calls_inside(self):
        replicas, balancer = self.fleet()
        load = fleet.Load(balancer.url, CALLERS).start()
        load.after(200)
        replicas[1].signal(signal.SIGKILL)
        replicas[1].wait()
        load.after(400)
        self.assertLessEqual(len(load.stop().failures), CALLERS, load.failures)
        self.assertTrue(all(each.startswith("UNAVAILABLE") for each in load.failures), load.failures)

    def test_with_the_retry_policy_a_killed_replica_costs_no_call(self):
        replicas, balancer = self.fleet()
        load = fleet.Load(balancer.url, CALLERS, retry=True).start()
        load.after(200)
        replicas[1].signal(signal.SIGKILL)
        replicas[1].wait()
        load.after(400)
        self.assertEqual(load.stop().failures, [])

    def test_a_new_version_costs_no_call(self):
        replicas, balancer = self.fleet(flags=("--threads", "1", "--model-control-mode", "explicit", "--load-model", "*"))
        load = fleet.Load(balancer.url, CALLERS).start()
        load.after(200)
        shutil.copytree(self.path / "lenet5" / "1", self.path / "lenet5" / "2")
        for each in replicas:  # one after the other
            with triton.InferenceServerClient(each.url) as client:
                client.load_model("lenet5")
                self.assertTrue(client.is_model_ready("lenet5", "2"))
            load.after(100)
        self.assertEqual(load.stop().failures, [])

    def test_large_requests_pass(self):
        _, balancer = self.fleet(count=1)
        fleet.ask_6_megabytes(balancer.url)


@unittest.skipUnless(shutil.which("nginx"), "nginx is not installed: scripts/install_packages.sh fleet")
class NginxTest(unittest.TestCase):
    def setUp(self):
        repository = repository_of_lenet5()
        self.addCleanup(repository.__exit__, None, None, None)
        self.replicas = self.enterContext(fleet.Replicas(2, repository.path))
        self.balancer = self.enterContext(fleet.Nginx(self.replicas))

    def test_calls_of_one_connection_are_spread(self):
        before = [each.calls() for each in self.replicas]
        load = fleet.Load(self.balancer.url, callers=1, calls=200).start().finish()
        self.assertEqual((load.good, load.failures), (200, []))
        self.assertLess(spread(before, [each.calls() for each in self.replicas]), 0.1)

    def test_with_the_retry_policy_a_killed_replica_costs_no_call(self):
        load = fleet.Load(self.balancer.url, CALLERS, retry=True).start()
        load.after(200)
        self.replicas[1].signal(signal.SIGKILL)
        self.replicas[1].wait()
        load.after(200)
        self.assertEqual(load.stop().failures, [])

    def test_large_requests_pass(self):
        fleet.ask_6_megabytes(self.balancer.url)


if __name__ == "__main__":
    if not shutil.which("haproxy") and not shutil.which("nginx"):
        skip("neither HAProxy nor nginx is installed: scripts/install_packages.sh fleet")
    unittest.main(verbosity=2)
