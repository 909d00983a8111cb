"""Every metric that docker/ asks for (the Grafana board, Prometheus's rules, the autoscaler's) is one that a real server or HAProxy
exports, with the labels that the query names."""

import json
import re
import shutil
import subprocess
import unittest

import fleet
from harness import Repository, ROOT

DOCKER = ROOT / "docker"
NEEDS_A_GPU = {"convoy_device_memory_bytes"}
OF_PROMETHEUS = {"up"}
ADDED_BY_PROMETHEUS = {"instance", "job", "namespace", "pod"}
WORDS = re.compile(r'([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?')


def read_yaml(path):
    """By Debian's python3-yaml: the tests' virtual environment has none."""
    program = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
    return json.loads(subprocess.check_output(["/usr/bin/python3", "-c", program, path]))


def queries():
    """(where, PromQL) of everything under docker/ that has some."""
    board = json.loads((DOCKER / "observability/grafana/dashboards/convoy.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield f"board, {panel['title']}", target["expr"]
    for note in board["annotations"]["list"]:
        yield f"board, {note['name']}", note["expr"]
    yield "board, variable", re.search(r"label_values\((\w+)", board["templating"]["list"][0]["query"]["query"])[1]
    for group in read_yaml(DOCKER / "observability/rules.yml")["groups"]:
        for rule in group["rules"]:
            yield f"rules, {rule.get('record', rule.get('alert'))}", rule["expr"]
    for rule in read_yaml(DOCKER / "kubernetes/monitoring/adapter_rules.yaml")["rules"]["custom"]:
        yield "adapter", rule["seriesQuery"]
        yield "adapter", re.sub(r"<<[^>]*>>", "", rule["metricsQuery"])


def asked(query):
    """{metric: labels} of the selectors in a query. By shape: our metrics' names have an underscore or a colon, and words behind `by` are labels."""
    bare = re.sub(r"\b(by|on|ignoring|without)\s*\([^)]*\)", "", query)
    found = {}
    for name, selector in WORDS.findall(bare):
        if re.match(r"(convoy|nv|process|haproxy)[_:]", name) or name in OF_PROMETHEUS:
            found[name] = set(re.findall(r"(\w+)\s*[=!]~?=?\s*\"", selector))
    return found


def exported(page):
    """{metric: labels} of a page in Prometheus's text format."""
    found = {}
    for line in page.splitlines():
        if match := re.match(r"([a-zA-Z_:][\w:]*)(\{.*\})? ", line):
            found.setdefault(match[1], set()).update(re.findall(r'(\w+)="', match[2] or ""))
    return found


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Repository() as repository:
            repository.add_bundled("lenet5")
            with fleet.Replicas(1, repository.path) as replicas:
                fleet.Load(replicas[0].url, callers=1, calls=3).start().finish()
                cls.metrics = exported(replicas[0].metrics())
                if shutil.which("haproxy"):
                    with fleet.HaProxy(replicas) as balancer:
                        cls.metrics.update(exported(balancer.metrics()))

    def test_every_metric_asked_for_is_exported(self):
        rules = read_yaml(DOCKER / "observability/rules.yml")["groups"]
        recorded = {rule["record"] for group in rules for rule in group["rules"] if "record" in rule}
        count = 0
        for where, query in queries():
            metrics = asked(query)
            self.assertTrue(metrics, f"{where}: no metric in {query}")
            for name, labels in metrics.items():
                count += 1
                if name in recorded | OF_PROMETHEUS | NEEDS_A_GPU or (name.startswith("haproxy_") and not shutil.which("haproxy")):
                    continue
                self.assertIn(name, self.metrics, where)
                self.assertLessEqual(labels - ADDED_BY_PROMETHEUS, self.metrics[name], f"{where}: labels of {name}")
        self.assertGreater(count, 40)

    def test_metrics_that_need_a_gpu_are_in_the_source(self):
        source = "".join(path.read_text() for path in (ROOT / "server/metrics").glob("*.cc"))
        for name in NEEDS_A_GPU:
            self.assertIn(f'"{name}"', source)


if __name__ == "__main__":
    unittest.main(verbosity=2)
