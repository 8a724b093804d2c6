#!/bin/sh
# Make .venv hold what the project needs; nothing is done when it does already.
#   setup.sh run    what runs Farhand
#   setup.sh dev    that, and what tests and checks it
#   setup.sh bench  what runs Farhand and its peers, in .venv-bench
#   setup.sh lock   only the pinned uv, for `make lock`
# Needs Python 3.11 or later with its venv module, and nothing else.
set -eu
cd "$(dirname "$0")/.."
want=$1
root=$(pwd)
venv=.venv
if [ "$want" = bench ]; then venv=.venv-bench; fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "✗ $*"; exit 1; }

# up to date: the environment was made from this very file (dev holds all of run), in this folder
current() {
    [ -x "$venv/bin/python" ] && cmp -s "requirements/$1.txt" "$venv/made-from-$1.txt" &&
        grep -qsxF "#!$root/$venv/bin/python" "$venv/bin/farhand"
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Farhand needs Python 3.11 or later; python3 here is" \
        "$(python3 --version 2>/dev/null || echo missing). Install one, or name it: make PYTHON=…"
}

# uv as the system has it, else a pinned one of our own
find_uv() {
    if [ "$want" != lock ] && uv --version >/dev/null 2>&1; then
        echo uv
        return
    fi
    if ! cmp -s requirements/uv.txt .tools/made-from-uv.txt; then
        say "• Fetching uv into .tools"
        "$1" -m venv --clear .tools >&2 ||
            fail "$1 has no venv module. On Debian and Ubuntu: apt install python3-venv"
        .tools/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
            --require-hashes -r requirements/uv.txt >&2 ||
            fail "uv could not be installed into .tools (see above). Is the network there?"
        cp requirements/uv.txt .tools/made-from-uv.txt
    fi
    echo .tools/bin/uv
}

if [ "$want" = lock ]; then
    find_uv "$(find_python)"
    exit
fi
if current "$want" || { [ "$want" = run ] && current dev; }; then
    exit
fi

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-aarch64 | Darwin-x86_64 | Darwin-arm64) ;;
    *) say "• $(uname -s) on $(uname -m) is untried: PostgreSQL, Valkey and Java come as packages" \
        "for Linux and macOS on x86_64 and ARM." ;;
esac

python=$(find_python)
uv=$(find_uv "$python")
say "• Installing packages into $venv"
if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$uv" venv --quiet --clear --no-python-downloads --python "$python" "$venv"
fi
rm -f "$venv"/made-from-*.txt
"$uv" pip sync --quiet --python "$venv/bin/python" --require-hashes "requirements/$want.txt" ||
    fail "Packages could not be installed (see above). When one has no build for this system" \
        "($(uname -sm)), Farhand does not run on it; when the network failed, run it again."

# the command works from any folder
cat >"$venv/bin/farhand" <<EOF
#!$root/$venv/bin/python
import sys

sys.path.insert(0, "$root")

from farhand.cli import main

main()
EOF
chmod +x "$venv/bin/farhand"
cp "requirements/$want.txt" "$venv/made-from-$want.txt"
