#!/bin/sh
# Write every lock anew: dev.txt, run.txt, bench.txt, services/, uv.txt here, and jars.lock. Needs the network.
# UPGRADE=1 takes the newest versions that pyproject.toml allows; else what is locked stays.
set -eu
cd "$(dirname "$0")/.."
uv=$(requirements/setup.sh lock)
inputs="pyproject.toml libs/common/pyproject.toml $(echo services/*/pyproject.toml)"
upgrade=${UPGRADE:+--upgrade}

compile() {
    "$uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header $upgrade "$@"
}

compile --universal --no-emit-package farhand-common --group dev $inputs -o requirements/dev.txt
compile --universal --no-emit-package farhand-common -c requirements/dev.txt $inputs \
    -o requirements/run.txt
compile --universal --no-emit-package farhand-common -c requirements/dev.txt --group bench $inputs \
    -o requirements/bench.txt
# what the image of each service holds, and that of the tools beside them
mkdir -p requirements/services
for service in services/*/pyproject.toml; do
    name=$(basename "$(dirname "$service")")
    compile --universal --no-emit-package farhand-common -c requirements/dev.txt \
        libs/common/pyproject.toml "$service" -o "requirements/services/$name.txt"
done
compile --universal -c requirements/dev.txt requirements/tools.in -o requirements/services/tools.txt
compile --universal requirements/bill.in -o requirements/bill.txt
# hashes of every platform, because they stand in the index and not in this machine
compile --universal requirements/uv.in -o requirements/uv.txt
requirements/setup.sh dev
.venv/bin/python -m farhand.embedded.jars_lock
