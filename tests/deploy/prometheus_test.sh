#!/bin/sh
# prometheus_test.sh: Prometheus's own checker over docker/observability: syntax, and the rules against made-up series.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v promtool >/dev/null; then
  echo "SKIPPED: promtool is not installed: scripts/install_packages.sh fleet"
  exit 77
fi
(cd docker/observability && promtool check config prometheus.yml)
promtool test rules tests/deploy/rules_test.yml
