#!/bin/sh
# Live runs of a planted slow-down: the benchmarks of the memory store against themselves, interleaved, one side
# made slower by PLIMSOLL_PLANTED_SLOWDOWN. Prints a line a run and ends with 1 where a verdict is not what was
# planted: 30 % fails, 15 % warns, nothing passes. RUNS=5 BOUNDS="--warn 5% --fail 18%" change it.
set -eu
cd "$(dirname "$0")/.."
program="build/bin/database_query_benchmarks --benchmark_min_time=0.05 --benchmark_filter=BM_(Get|ListPage|SearchOneUser)\$"
wrong=0
for planted in "1.30 fail" "1.15 warn" "1.00 pass"; do
  factor=${planted% *}
  expected=${planted#* }
  run=1
  while [ "$run" -le "${RUNS:-5}" ]; do
    # shellcheck disable=SC2086
    found=$(build/bin/plimsoll bench run --quiet --json --format google-benchmark --repeats 12 \
      ${BOUNDS:---warn 5% --fail 18%} --judge bench.cpu_time --interleave "$program" -- \
      env PLIMSOLL_PLANTED_SLOWDOWN="$factor" $program | sed -n 's/^ *"status": *"\([a-z]*\)".*/\1/p' | head -1) || true
    printf 'planted %s  run %s  expected %s  found %s\n' "$factor" "$run" "$expected" "$found"
    [ "$found" = "$expected" ] || wrong=$((wrong + 1))
    run=$((run + 1))
  done
done
echo "$wrong wrong"
[ "$wrong" = 0 ]
