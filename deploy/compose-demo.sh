#!/bin/sh
# The demo against docker-compose.yml: build, start, live through two weeks, take everything down.
# KEEP=1 leaves it running. Arguments go to `farhand demo`.
set -eu
cd "$(dirname "$0")/.."
project=farhand-demo
base=${FARHAND_PORT_BASE:-7100}
FARHAND_PORT_BASE=$base ONBOARDING_PORT=$((base + 1)) COMPLIANCE_PORT=$((base + 2))
NOTIFY_PORT=$((base + 3)) METRICS_PORT=$((base + 4)) PROMETHEUS_PORT=$((base + 9))
ZIPKIN_PORT=$((base + 11)) MAIL_PORT=$((base + 15))
FARHAND_CLOCK=$(.venv/bin/python -m farhand.demo.product_time 120)
export FARHAND_PORT_BASE ONBOARDING_PORT COMPLIANCE_PORT NOTIFY_PORT METRICS_PORT PROMETHEUS_PORT
export ZIPKIN_PORT MAIL_PORT FARHAND_CLOCK

FARHAND_HOME=$(mktemp -d)
export FARHAND_HOME
finish() {
    rm -rf "$FARHAND_HOME"
    [ -n "${KEEP:-}" ] || docker compose --project-name $project down --volumes --timeout 30
}
trap finish EXIT
trap 'exit 130' INT TERM

docker compose --project-name $project up --build --detach --wait
mkdir -m 700 "$FARHAND_HOME/secrets"
docker compose --project-name $project run --rm --no-deps --entrypoint tar secrets \
    -C /secrets/tools -c . | tar -x -C "$FARHAND_HOME/secrets"
.venv/bin/python -m farhand demo --elsewhere --exit "$@"
