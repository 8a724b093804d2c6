#!/bin/sh
# The demo against docker-compose.yml: build, start, live through two weeks, take everything down.
# KEEP=1 leaves it running. KILL="compliance kafka" crashes these in the middle, KILL=all every
# container one after the other, which must change nothing. SECONDS_LONG=300 takes more time, for a
# slow machine. Arguments go to `farhand demo`.
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

# A collector that was built without the exporter to Zipkin leaves that to the services.
if ! docker run --rm --network none otel/opentelemetry-collector-contrib:0.150.0 components |
    grep -q 'name: zipkin$'; then
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
all_killed=$FARHAND_HOME/all-killed
if [ -n "${KILL:-}" ]; then
    parts=$KILL
    [ "$parts" != all ] || parts=$(compose ps --services)
    # Hires are on their way from the first of the product's days.
    # shellcheck disable=SC2086  # words, on purpose
    (sleep $((seconds / 10)) && deploy/compose-crash.sh $project $parts && : >"$all_killed") >&2 &
    killer=$!
fi
.venv/bin/python -m farhand demo --elsewhere --exit --seconds "$seconds" "$@"
if [ -n "$killer" ] && [ ! -e "$all_killed" ]; then
    echo "Not all that was to be killed was, and came back, before the demo ended." >&2
    exit 1
fi
