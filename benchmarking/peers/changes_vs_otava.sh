#!/bin/sh
# Change points: `plimsoll bench changes` against Apache Otava (PyPI) on the same simulated histories.
#   benchmarking/peers/changes_vs_otava.sh [BUILD_DIR [ROWS [COUNT]]]
# Needs python3-venv and a package index; Otava goes into a folder of its own under the build directory.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
[ $# -gt 0 ] && shift
cmake --build "$build" --target plimsoll drift_table >/dev/null
plimsoll=$build/bin/plimsoll
[ -x "$plimsoll" ] || plimsoll=$root/build/bin/plimsoll
venv=$build/peers/otava
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import otava.analysis' 2>/dev/null || "$venv/bin/pip" install --quiet apache-otava==0.8.0
exec "$venv/bin/python" "$root/benchmarking/peers/changes_vs_otava.py" "$plimsoll" "$build/tests/drift_table" "$@"
