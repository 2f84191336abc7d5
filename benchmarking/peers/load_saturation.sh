#!/usr/bin/env bash
# Does the generator know when it was itself too slow, and only then? Runs with a CPU quota of half of what the rate needs
# (must say saturated every time), and runs without one (must never say so on an idle core). The quota needs cgroup v1 or v2
# and root; where there is none, that half is left out.
#   benchmarking/peers/load_saturation.sh [STARVED_RUNS] [FREE_RUNS] [RATE]        PLIMSOLL=build/bin/plimsoll
set -euo pipefail
cd "$(dirname "$0")/../.."
starved_runs=${1:-20}
free_runs=${2:-200}
rate=${3:-4000}
seconds=2
plimsoll=${PLIMSOLL:-build/bin/plimsoll}

. benchmarking/peers/server.sh
group=
trap '[ -n "$group" ] && rmdir "$group" 2>/dev/null; clean_up' EXIT
start_server bare_server

run() { "$plimsoll" load "$url" -r "$rate" -d "${seconds}s" --json --quiet > "$work/own" || true; }
figure() { awk -F'[:,]' -v key="\"$1\"" '$1 ~ key {gsub(/ /, "", $2); print $2; exit}' "$work/own"; }
stolen() { awk '/^cpu / {print $9}' /proc/stat; }

# A group of its own with a quota of so many CPU seconds a second.
make_group() {
  local quota=$1
  if [ -w /sys/fs/cgroup/cpu ]; then
    group=/sys/fs/cgroup/cpu/plimsoll_saturation_$$
    mkdir "$group" && echo 100000 > "$group/cpu.cfs_period_us" && echo "$quota" > "$group/cpu.cfs_quota_us"
  elif [ -w /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/plimsoll_saturation_$$
    mkdir "$group" && echo "$quota 100000" > "$group/cpu.max"
  else
    return 1
  fi
}

run
cpu=$(figure cpu_seconds)
quota=$(awk -v cpu="$cpu" -v s="$seconds" 'BEGIN {q = int(cpu / s / 2 * 100000); print (q < 1000 ? 1000 : q)}')
echo "$rate requests a second need $(awk -v cpu="$cpu" -v s="$seconds" 'BEGIN {printf "%.1f %%", cpu / s * 100}') of a core"
if [ "$starved_runs" -gt 0 ] && make_group "$quota"; then
  said=0
  for _ in $(seq "$starved_runs"); do
    ( echo "$BASHPID" > "$group/cgroup.procs"; run )
    [ "$(figure saturated)" = true ] && said=$((said + 1))
  done
  echo "with half of that: saturated in $said of $starved_runs runs"
elif [ "$starved_runs" -gt 0 ]; then
  echo "no CPU quota can be set here: starved runs are left out"
fi

said=0
steal=$(stolen)
for _ in $(seq "$free_runs"); do
  run
  [ "$(figure saturated)" = true ] && said=$((said + 1))
done
echo "with all of it: saturated in $said of $free_runs runs (stolen from this machine meanwhile: $(($(stolen) - steal)) ticks)"
