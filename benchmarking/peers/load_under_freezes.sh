#!/usr/bin/env bash
# Is the truth told when a server freezes? A server with a programmed service time freezes once while requests are due at a
# constant rate; what their users felt follows from the schedule alone. Prints it beside what `plimsoll load` measured, and
# the worst deviation of p50, p90, p99 and the maximum.
#   benchmarking/peers/load_under_freezes.sh [RATE] [SECONDS]        PLIMSOLL=build/bin/plimsoll
set -euo pipefail
cd "$(dirname "$0")/../.."
rate=${1:-1000}
seconds=${2:-10}
service=0.020
freeze_at=3
plimsoll=${PLIMSOLL:-build/bin/plimsoll}

. benchmarking/peers/server.sh

# The sorted latencies that the schedule implies: request i is due at i / rate; what comes, or would be answered, while the
# server is frozen waits until it thaws.
truth() {
  awk -v rate="$rate" -v n="$((rate * seconds))" -v service="$service" -v from="$1" -v to="$2" 'BEGIN {
    for (i = 0; i < n; i++) {
      due = i / rate
      begun = due >= from && due < to ? to : due
      done = begun + service
      if (done >= from && done < to) done = to
      printf "%.6f\n", done - due
    } }' | sort -n
}

worst=0
busy=
printf '%7s  %-9s %10s %10s %10s %10s\n' frozen '' p50 p90 p99 max
for freeze in 0.1 0.3 0.5 1 2; do
  start_server frozen_server "$service" "$freeze_at" "$freeze"
  "$plimsoll" load "$url" -r "$rate" -d "${seconds}s" --json --quiet > "$work/own"
  stop_server
  read -r _ from to < <(grep froze "$work/server")
  truth "$from" "$to" > "$work/truth"
  grep -q '"saturated": true' "$work/own" && busy=yes
  awk -v freeze="$freeze" -v worst="$worst" '
    function rank(p,  r) { r = int(p / 100 * n); if (r < p / 100 * n) r++; return t[r] }
    function line(name, a, b, c, d) {
      printf "%7s  %-9s %8.2f ms %8.2f ms %8.2f ms %8.2f ms\n", freeze " s", name, a * 1e3, b * 1e3, c * 1e3, d * 1e3 }
    function off(a, b,  o) { o = a / b - 1; if (o < 0) o = -o; if (o > worst) worst = o }
    FNR == NR { t[++n] = $1; next }
    /"latency_seconds"/ { inside = 1 }
    inside && /"(p50|p90|p99|max)"/ { split($0, part, /[":, ]+/); value[part[2]] = part[3] }
    inside && /}/ { exit }
    END {
      line("truth", rank(50), rank(90), rank(99), t[n])
      line("plimsoll", value["p50"], value["p90"], value["p99"], value["max"])
      off(value["p50"], rank(50)); off(value["p90"], rank(90)); off(value["p99"], rank(99)); off(value["max"], t[n])
      print worst > "/dev/stderr"
    }' "$work/truth" "$work/own" 2> "$work/worst"
  worst=$(cat "$work/worst")
done
if [ -n "$busy" ]; then
  echo "plimsoll says that it was saturated in at least one run: this machine was too busy to tell" >&2
  exit 3
fi
awk -v worst="$worst" 'BEGIN { printf "worst deviation from the truth: %.1f %%\n", worst * 100; exit worst > 0.05 }'
