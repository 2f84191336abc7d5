#!/bin/sh
# The verdict over 20 baseline runs and 500 series, out of a store of 1,000 runs, and beside it a check whose one
# probe measures nothing. Prints the medians of seven: time without the probe's own, CPU time, peak memory.
#   RUNS=1000 benchmarking/verdict_of_many_runs.sh [PLIMSOLL]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
plimsoll=${1:-$root/build/bin/plimsoll}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >figures.sh <<'FIGURES'
awk -v seed="$1" 'BEGIN {
  srand(seed); print "case,time"
  for (s = 0; s < 500; s++) for (i = 0; i < 5; i++)
    printf "s%d,%.6g\n", s, 100 * (1 + 0.02 * sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand()))
}'
FIGURES
cat >plimsoll.yaml <<'PLAN'
project: many
probes:
  exec:
    - name: figures
      run: sh figures.sh ${SEED}
      format: {csv: {series: [{name: bench.time, value: time, unit: ms, labels: {case: case}}]}}
rules:
  - bench.time regression warn 10% fail 25%
PLAN
cat >empty.yaml <<'PLAN'
project: many
probes:
  exec:
    - {name: nothing, run: sh nothing.sh}
PLAN
cat >nothing.sh <<'NOTHING'
echo '{"done":{}}' >&3
NOTHING

run=0
while [ "$run" -lt "${RUNS:-1000}" ]; do
  run=$((run + 1))
  SEED=$run "$plimsoll" check --quiet >/dev/null || { echo "run $run: exit $?" >&2; exit 1; }
done
du -h .plimsoll | tail -1

python3 - "$plimsoll" <<'PYTHON'
import os, statistics, subprocess, sys, time

def timed(command, expected):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == expected, (command, status)
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

def medians(command, expected=0):
    return [statistics.median(figures) for figures in zip(*(timed(command, expected) for _ in range(7)))]

plimsoll = sys.argv[1]
os.environ["SEED"] = "0"
probe = medians(["sh", "figures.sh", "0"])[0]
took, cpu, memory = medians([plimsoll, "check", "--quiet"])
print(f"verdict of 500 series: {took - probe:.3f} s without the probe's {probe:.3f} s, CPU {cpu:.3f} s, {memory:.0f} MiB")
nothing_was_judged = 3
took, cpu, memory = medians([plimsoll, "check", "--quiet", "--config", "empty.yaml"], nothing_was_judged)
print(f"check of nothing: {took:.3f} s, CPU {cpu:.3f} s, {memory:.0f} MiB")
PYTHON
