#!/usr/bin/env bash
# Every figure of the load engine in one go, for a quiet machine (about 15 minutes). Tools come from PATH.
#   benchmarking/peers/load_all.sh        PLIMSOLL=build/bin/plimsoll
set -uo pipefail
cd "$(dirname "$0")"
status=0
for step in "load_vs_peers.sh" "load_memory.sh" "load_under_freezes.sh" "load_saturation.sh 20 200"; do
  echo "== $step"
  # shellcheck disable=SC2086
  ./$step || status=1
  echo
done
exit $status
