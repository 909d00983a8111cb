#!/bin/bash
# kubernetes_test.sh CONTROL_PLANE: docker/kubernetes on a real control plane (API server, controllers, scheduler; nodes are simulated).
# CONTROL_PLANE is a script whose `up DIR` starts one and prints the exports to reach it, and whose `down DIR` ends it. The resource
# definitions of KServe and of the Prometheus operator come from their Go modules. Not part of `make test`: docs/operations.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
control_plane=$1
kserve=github.com/kserve/kserve@v0.16.0
operator=github.com/prometheus-operator/prometheus-operator@v0.85.0
manifests=$PWD/docker/kubernetes
work=$(mktemp -d)
checks=0
trap '"$control_plane" down "$work/plane"; sleep 1; rm -rf "$work"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
passed() { echo "ok: $*"; checks=$((checks + 1)); }
until_true() { # what, command...
  for _ in $(seq 240); do
    if "${@:2}"; then return; fi
    sleep 0.5
  done
  kubectl get pods,deployments,events >&2 || true
  fail "after two minutes still not: $1"
}
module() { go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'; }
apply() { kubectl apply --validate=strict "$@" >/dev/null; }
rolled_out() { kubectl rollout status deployment/convoy --timeout=2m >/dev/null; }
established() { kubectl wait --for=condition=Established --timeout=5s crd --all >/dev/null 2>&1; }
no_pods() { [ -z "$(kubectl get pods -o name)" ]; }
lacks_gpus() { kubectl get events | grep -q "Insufficient nvidia.com/gpu"; }
budget_allows() { [ "$(kubectl get pdb convoy -o jsonpath='{.status.disruptionsAllowed}')" = "$1" ]; }

eval "$("$control_plane" up "$work/plane" | grep '^export ')"

# Resource definitions, as their projects publish them.
kubectl apply --server-side -f "$(module $kserve)/config/crd/full/serving.kserve.io_clusterservingruntimes.yaml" \
  -f "$(module $kserve)/config/crd/full/serving.kserve.io_inferenceservices.yaml" \
  -f "$(module $operator)/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml" >/dev/null
until_true "the definitions are established" established
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: {name: models}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadOnlyMany], hostPath: {path: /models}, claimRef: {name: convoy-models, namespace: default}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: convoy-models}
spec: {storageClassName: "", accessModes: [ReadOnlyMany], resources: {requests: {storage: 1Gi}}}
YAML

# Every object, strictly: an unknown or doubled field is an error.
for variant in base cpu nvidia amd intel kserve; do
  kubectl apply --dry-run=server --validate=strict -k "$manifests/$variant" >"$work/$variant.log" 2>&1 || fail "$variant: $(cat "$work/$variant.log")"
  ! grep -i warning "$work/$variant.log" || fail "$variant is accepted with a warning"
  passed "$variant: $(grep -c 'server dry run' "$work/$variant.log") objects accepted under strict validation"
done
apply -f "$manifests/monitoring/service_monitor.yaml"
mkdir "$work/overlay"
cat >"$work/overlay/kustomization.yaml" <<YAML
resources: [$(realpath --relative-to="$work/overlay" "$manifests/cpu")]
components: [$(realpath --relative-to="$work/overlay" "$manifests/monitoring")]
YAML
kubectl kustomize "$work/overlay" | grep -q 'kind: ServiceMonitor' || fail "the monitoring component adds no ServiceMonitor"
passed "monitoring: the ServiceMonitor is accepted, and the component composes with a variant"
! kubectl apply --dry-run=server --validate=strict -f <(sed 's/periodSeconds/periodSecond/' "$manifests/base/deployment.yaml") 2>/dev/null ||
  fail "a misspelt field is accepted: the checks above prove nothing"
passed "a misspelt field is refused"

# The GPU variant waits until a node offers GPUs, and then runs on no other.
apply -k "$manifests/nvidia"
until_true "the GPU pods are found unschedulable" lacks_gpus
kubectl get events -o json | grep -o '[0-9/]* nodes are available[^"]*' | head -1
kubectl patch node two --subresource=status --type=merge -p '{"status":{"capacity":{"nvidia.com/gpu":"4"},"allocatable":{"nvidia.com/gpu":"4"}}}' >/dev/null
kubectl taint node two nvidia.com/gpu=present:NoSchedule >/dev/null
rolled_out
[ "$(kubectl get pods -o jsonpath='{.items[*].spec.nodeName}')" = "two two" ] || fail "GPU pods run elsewhere than on the GPU node"
passed "the GPU variant waits for a node with GPUs and runs there alone"
kubectl delete -k "$manifests/nvidia" --wait >/dev/null
until_true "the pods are gone" no_pods
kubectl taint node two nvidia.com/gpu- >/dev/null

# A rolling update never has fewer ready pods than wanted.
apply -k "$manifests/cpu"
rolled_out
[ "$(kubectl get pods -o jsonpath='{.items[*].spec.nodeName}' | tr ' ' '\n' | sort | paste -sd' ')" = "one two" ] || fail "the pods share a node"
passed "two replicas are ready, on a node each"
kubectl get deployment convoy -w -o jsonpath='{.status.readyReplicas}{"\n"}' >"$work/ready" 2>/dev/null &
watch=$!
kubectl set image deployment/convoy convoy=convoy:next >/dev/null
rolled_out
kill $watch
fewest=$(sort -n "$work/ready" | sed '/^$/d' | head -1)
[ "$fewest" -ge 2 ] || fail "only $fewest replicas were ready while the update rolled"
[ "$(kubectl get pods -o jsonpath='{.items[*].spec.containers[0].image}' | tr ' ' '\n' | sort -u)" = convoy:next ] || fail "old pods are left"
passed "an update rolls with never fewer than $fewest ready"

# The budget gives one pod up at a time.
until_true "the budget counts two healthy pods" budget_allows 1
evict() {
  kubectl create --raw "/api/v1/namespaces/default/pods/$1/eviction" -f - 2>&1 >/dev/null <<<"{\"apiVersion\": \"policy/v1\", \"kind\": \"Eviction\", \"metadata\": {\"name\": \"$1\"}}"
}
for node in one two; do kubectl cordon $node >/dev/null; done # so that the first has no successor
mapfile -t names < <(kubectl get pods -o jsonpath='{.items[*].metadata.name}' | tr ' ' '\n')
evict "${names[0]}" || fail "the budget refuses the first eviction"
until_true "the budget allows no more" budget_allows 0
if answer=$(evict "${names[1]}"); then fail "the budget lets both pods go"; fi
echo "$answer" | grep -q "disruption budget" || fail "the second eviction fails otherwise: $answer"
passed "the second eviction is refused: $answer"
echo "kubernetes: $checks passed, 0 failed"
