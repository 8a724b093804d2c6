#!/bin/sh
# The demo against docker-compose.yml: build, start, live through two weeks, take everything down.
# KEEP=1 leaves it running. KILL="compliance kafka" kills these in the middle, which must change
# nothing. SECONDS_LONG=300 takes more time, for a slow machine. Arguments go to `farhand demo`.
set -eu
cd "$(dirname "$0")/.."
project=farhand-demo
base=${FARHAND_PORT_BASE:-7100} seconds=${SECONDS_LONG:-120}
FARHAND_PORT_BASE=$base ONBOARDING_PORT=$((base + 1)) COMPLIANCE_PORT=$((base + 2))
NOTIFY_PORT=$((base + 3)) METRICS_PORT=$((base + 4)) PROMETHEUS_PORT=$((base + 9))
ZIPKIN_PORT=$((base + 11)) MAIL_PORT=$((base + 15))
FARHAND_CLOCK=$(.venv/bin/python -m farhand.demo.product_time "$seconds")
export FARHAND_PORT_BASE ONBOARDING_PORT COMPLIANCE_PORT NOTIFY_PORT METRICS_PORT PROMETHEUS_PORT
export ZIPKIN_PORT MAIL_PORT FARHAND_CLOCK

# The lab's stand-in for the collector has no exporter to Zipkin: the services tell Zipkin as well.
collector=$(docker image inspect --format '{{index .Config.Labels "container-lab.stand-in"}}' \
    otel/opentelemetry-collector-contrib:0.150.0 2>/dev/null || true)
if [ "$collector" = true ]; then
    export FARHAND_TRACES=nowhere FARHAND_TRACES_ZIPKIN=http://zipkin:9411
fi

FARHAND_HOME=$(mktemp -d)
export FARHAND_HOME
killer=
compose() { docker compose --project-name $project "$@"; }
finish() {
    [ -z "$killer" ] || kill "$killer" 2>/dev/null || true
    rm -rf "$FARHAND_HOME"
    [ -n "${KEEP:-}" ] || compose down --volumes --timeout 30
}
trap finish EXIT
trap 'exit 130' INT TERM

compose up --build --detach --wait
mkdir -m 700 "$FARHAND_HOME/secrets"
compose run --rm --no-deps secrets export /secrets | tar -x -C "$FARHAND_HOME/secrets"
if [ -n "${KILL:-}" ]; then
    # The engine takes a kill for an order to stay down, so the restart is said as well.
    (sleep $((seconds / 3)) && for part in $KILL; do
        compose kill --signal KILL "$part" && compose start "$part"
    done) >&2 &
    killer=$!
fi
.venv/bin/python -m farhand demo --elsewhere --exit --seconds "$seconds" "$@"
