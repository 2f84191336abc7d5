#!/bin/sh
# Live runs of a planted slow-down: the benchmarks of the memory store against themselves, interleaved, one side
# made slower by PLIMSOLL_PLANTED_SLOWDOWN. Prints a line a run and ends with 1 where a verdict is not what was
# planted: 30 % fails, 15 % warns, nothing passes. RUNS=5, PAIRS=12 and BOUNDS="--warn 3% --fail 15%" change it.
set -eu
cd "$(dirname "$0")/.."
filter='--benchmark_filter=BM_(Get|ListPage|SearchOneUser)'
program=build/bin/database_query_benchmarks

# The verdict's status with one side slower by the factor.
verdict() {
  # shellcheck disable=SC2086
  build/bin/plimsoll bench run --quiet --json --format google-benchmark --repeats "${PAIRS:-12}" \
    ${BOUNDS:---warn 3% --fail 15%} --judge 'bench.counter{counter=p50_seconds}' \
    --interleave "$program --benchmark_min_time=0.1 '$filter'" -- \
    env PLIMSOLL_PLANTED_SLOWDOWN="$1" "$program" --benchmark_min_time=0.1 "$filter" |
    sed -n 's/^  "status": "\([a-z]*\)".*/\1/p'
}

wrong=0
for planted in "1.30 fail" "1.15 warn" "1.00 pass"; do
  factor=${planted% *}
  expected=${planted#* }
  run=1
  while [ "$run" -le "${RUNS:-5}" ]; do
    found=$(verdict "$factor") || true
    printf 'planted %s  run %s  expected %s  found %s\n' "$factor" "$run" "$expected" "$found"
    [ "$found" = "$expected" ] || wrong=$((wrong + 1))
    run=$((run + 1))
  done
done
echo "$wrong wrong"
[ "$wrong" = 0 ]
