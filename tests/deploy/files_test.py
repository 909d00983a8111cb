"""The files of docker/ by their structure, without an engine, a cluster or a network. What the real programs say of them:
prometheus_test.sh, balancers_test.py, and kubernetes_test.sh on a real control plane."""

import json
import pathlib
import re
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
KUBERNETES = DOCKER / "kubernetes"
VARIANTS = {"cpu": "cpu", "nvidia": "nvidia.com/gpu", "amd": "amd.com/gpu", "intel": "gpu.intel.com/i915"}


def objects(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def base():
    """Every object of the base, by kind; the Services by name."""
    found = {}
    for name in objects(KUBERNETES / "base/kustomization.yaml")[0]["resources"]:
        for each in objects(KUBERNETES / "base" / name):
            found[each["metadata"]["name"] if each["kind"] == "Service" else each["kind"]] = each
    return found


def flags():
    """The options of `convoy serve`, from the page rendered from the code."""
    return set(re.findall(r"^\| `(--[a-z0-9-]+)", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE))


def check_container(test, container, grpc_port):
    """What every way to run Convoy in a cluster has in common."""
    security = container["securityContext"]
    test.assertEqual((security["allowPrivilegeEscalation"], security["readOnlyRootFilesystem"], security["capabilities"]),
                     (False, True, {"drop": ["ALL"]}))
    for probe, service in (("startupProbe", ""), ("readinessProbe", ""), ("livenessProbe", "liveness")):
        test.assertEqual(container[probe]["grpc"], {"port": grpc_port, "service": service}, probe)
    # A start may take ten minutes before it counts as failed.
    startup = container["startupProbe"]
    test.assertGreaterEqual(startup["periodSeconds"] * startup["failureThreshold"], 600)
    test.assertIn("/var/cache/convoy", [mount["mountPath"] for mount in container["volumeMounts"]])
    known = flags()
    for argument in container["args"]:
        if argument.startswith("--"):
            test.assertIn(argument.split("=")[0], known)


class KubernetesTest(unittest.TestCase):
    def setUp(self):
        self.base = base()
        self.pod = self.base["Deployment"]["spec"]["template"]["spec"]
        self.container = self.pod["containers"][0]

    def test_the_pod_is_confined_and_probed(self):
        check_container(self, self.container, 8001)
        self.assertTrue(self.pod["securityContext"]["runAsNonRoot"])
        self.assertEqual(self.pod["securityContext"]["runAsUser"], 65532)
        self.assertFalse(self.pod["enableServiceLinks"])

    def test_the_drain_ends_before_the_kill(self):
        defaults = dict(re.findall(r"`(--(?:drain|lame-duck)-seconds) SECONDS` \| `\w+` \| `(\d+)`", (ROOT / "docs/configuration.md").read_text()))
        given = dict(each.split("=") for each in self.container["args"] if "=" in each)
        drain = int(given.get("--drain-seconds", defaults["--drain-seconds"]))
        self.assertLess(drain, self.pod["terminationGracePeriodSeconds"])
        self.assertLess(int(given["--lame-duck-seconds"]), drain)
        # A probe after the one that fails: the endpoint is gone before calls are refused.
        self.assertLessEqual(self.container["readinessProbe"]["periodSeconds"], int(given["--lame-duck-seconds"]))

    def test_rolling_updates_never_have_fewer_replicas(self):
        self.assertEqual(self.base["Deployment"]["spec"]["strategy"]["rollingUpdate"], {"maxUnavailable": 0, "maxSurge": 1})
        self.assertGreater(self.base["Deployment"]["spec"]["replicas"], self.base["PodDisruptionBudget"]["spec"]["maxUnavailable"])

    def test_services_reach_the_container(self):
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        self.assertEqual(self.base["convoy-headless"]["spec"]["clusterIP"], "None")
        for name in ("convoy", "convoy-headless"):
            for port in self.base[name]["spec"]["ports"]:
                self.assertEqual(ports[port["targetPort"]], port["port"])
        monitor = objects(KUBERNETES / "monitoring/service_monitor.yaml")[0]
        self.assertIn(monitor["spec"]["endpoints"][0]["port"], [port["name"] for port in self.base["convoy"]["spec"]["ports"]])

    def test_the_autoscaler_asks_for_a_metric_that_the_adapter_has(self):
        scaler = self.base["HorizontalPodAutoscaler"]["spec"]
        self.assertEqual(scaler["scaleTargetRef"]["name"], self.base["Deployment"]["metadata"]["name"])
        rule = objects(KUBERNETES / "monitoring/adapter_rules.yaml")[0]["rules"]["custom"][0]
        self.assertEqual(scaler["metrics"][0]["pods"]["metric"]["name"], rule["name"]["as"])

    def test_variants_add_their_device(self):
        for variant, resource in VARIANTS.items():
            kustomization = objects(KUBERNETES / variant / "kustomization.yaml")[0]
            self.assertEqual(kustomization["resources"], ["../base"])
            patch = yaml.safe_load(kustomization["patches"][0]["patch"])
            arguments = [each["value"] for each in patch if each["path"].endswith("/args/-")]
            self.assertEqual(arguments, ["--device=cpu" if variant == "cpu" else "--device=vulkan"])
            paths = " ".join(f"{each['path']} {each['value']}" for each in patch)
            self.assertIn(resource.replace("/", "~1"), paths, variant)

    def test_kserve_runs_the_same_container(self):
        runtime = objects(KUBERNETES / "kserve/serving_runtime.yaml")[0]
        container = runtime["spec"]["containers"][0]
        self.assertEqual(container["name"], "kserve-container")  # KServe looks for this name
        check_container(self, container, 9000)
        self.assertEqual(container["ports"][0]["containerPort"], 9000)
        self.assertRegex(container["ports"][0]["name"], "grpc|h2c")
        model = objects(KUBERNETES / "kserve/inference_service.yaml")[0]["spec"]["predictor"]["model"]
        self.assertEqual(model["runtime"], runtime["metadata"]["name"])
        self.assertIn(model["protocolVersion"], runtime["spec"]["protocolVersions"])


class ComposeTest(unittest.TestCase):
    def setUp(self):
        self.file = DOCKER / "compose.yaml"
        self.services = objects(self.file)[0]["services"]

    def test_what_it_mounts_is_there(self):
        for service in self.services.values():
            for volume in service.get("volumes", []):
                source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
                if source.startswith("."):
                    self.assertTrue((DOCKER / source).exists(), volume)

    def test_haproxy_gets_every_variable(self):
        wanted = set(re.findall(r"\$\{(\w+)\}", (DOCKER / "haproxy/haproxy.cfg").read_text()))
        self.assertEqual(set(self.services["haproxy"]["environment"]), wanted)

    def test_replicas_are_confined(self):
        convoy = self.services["convoy"]
        self.assertTrue(convoy["read_only"])
        self.assertEqual(convoy["cap_drop"], ["ALL"])
        self.assertEqual(convoy["deploy"]["replicas"], 2)

    def test_commands_use_options_that_exist(self):
        for file in ("compose.yaml", "compose.nvidia.yaml", "compose.dri.yaml"):
            command = objects(DOCKER / file)[0]["services"]["convoy"]["command"]
            self.assertLessEqual({each for each in command if str(each).startswith("--")}, flags())

    def test_prometheus_and_grafana_find_each_other(self):
        prometheus = objects(DOCKER / "observability/prometheus.yml")[0]
        targets = {config["job_name"]: config for config in prometheus["scrape_configs"]}
        self.assertEqual(targets["convoy"]["dns_sd_configs"][0]["port"], 8002)
        self.assertIn("haproxy:" + self.services["haproxy"]["environment"]["BALANCER_STATS_PORT"],
                      targets["balancer"]["static_configs"][0]["targets"])
        source = objects(DOCKER / "observability/grafana/provisioning/datasources/prometheus.yml")[0]["datasources"][0]
        board = json.loads((DOCKER / "observability/grafana/dashboards/convoy.json").read_text())
        self.assertEqual({panel["datasource"]["uid"] for panel in board["panels"] if "datasource" in panel}, {source["uid"]})


class BoardTest(unittest.TestCase):
    def test_panels_do_not_overlap(self):
        board = json.loads((DOCKER / "observability/grafana/dashboards/convoy.json").read_text())
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24)
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(taken & cells, panel["title"])
            taken |= cells
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))


class ClientTest(unittest.TestCase):
    def test_the_retry_policy_names_methods_that_exist(self):
        config = json.loads((DOCKER / "client_service_config.json").read_text())
        protos = "".join(path.read_text() for path in (ROOT / "proto").rglob("*.proto"))
        for name in config["methodConfig"][0]["name"]:
            self.assertIn(f"service {name['service'].rsplit('.', 1)[1]} ", protos)
            self.assertIn(f"rpc {name['method']}(", protos)


class ScriptsTest(unittest.TestCase):
    def test_shellcheck_finds_nothing(self):
        scripts = [path for folder in ("docker", "scripts", "tests/deploy") for path in sorted((ROOT / folder).rglob("*.sh"))]
        try:
            result = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
        except FileNotFoundError:
            self.skipTest("shellcheck is not installed: scripts/install_packages.sh fleet")
        self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
