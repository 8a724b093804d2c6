#!/bin/sh
# Crash containers of a compose project, one after the other, and see each come back by itself:
# deploy/compose-crash.sh PROJECT PART... Its main process is killed from outside, unasked, as the
# kernel does it for want of memory; `docker kill` would be an order to stay down.
set -eu
project=$1
shift
kill_it='import os, signal, sys; os.kill(int(sys.argv[1]), signal.SIGKILL)'

told() { docker inspect --format "$1" "$container"; }

# Running again, and healthy where it says so of itself.
is_back() {
    case $(told '{{.RestartCount}} {{.State.Running}} {{if .State.Health}}{{.State.Health.Status}}{{end}}') in
    "$before "* | *" false "*) return 1 ;;
    *" true " | *" true healthy") return 0 ;;
    *) return 1 ;;
    esac
}

for part in "$@"; do
    container=$(docker ps --quiet --filter "label=com.docker.compose.project=$project" \
        --filter "label=com.docker.compose.service=$part")
    [ -n "$container" ] || { echo "$part is not running" >&2 && exit 1; }
    before=$(told '{{.RestartCount}}')
    began=$(date +%s)
    docker run --rm --pid host --network none --entrypoint python farhand/tools \
        -c "$kill_it" "$(told '{{.State.Pid}}')"
    until is_back; do
        [ $(($(date +%s) - began)) -lt 180 ] || { echo "$part did not come back" >&2 && exit 1; }
        sleep 1
    done
    echo "$part: killed, and back after $(($(date +%s) - began)) s"
done
