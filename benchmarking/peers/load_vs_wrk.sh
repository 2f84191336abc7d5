#!/usr/bin/env bash
# CPU time per request of `plimsoll load` beside wrk's (Debian package wrk), against one bare server on loopback. Rounds are
# interleaved, so that a busy machine troubles both alike; the answer is the median of the rounds' ratios.
#   benchmarking/peers/load_vs_wrk.sh [ROUNDS] [SECONDS]        PLIMSOLL=build/bin/plimsoll
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
seconds=${2:-3}
plimsoll=${PLIMSOLL:-build/bin/plimsoll}
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 2; }

work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
"${CXX:-clang++-19}" -std=c++23 -O2 benchmarking/peers/bare_server.cpp -o "$work/bare_server"
"$work/bare_server" > "$work/url" &
server=$!
until grep -q listening "$work/url"; do sleep 0.05; done
url=$(sed 's/.* //' "$work/url")/

# cpu_of OUTPUT COMMAND…: user + system seconds of the command
TIMEFORMAT='%U %S'
cpu_of() {
  local output=$1
  shift
  { time "$@" > "$output" 2>&1; } 2>&1 | awk '{print $1 + $2}'
}

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

for connections in 64 1000; do
  : > "$work/ratios"
  for round in $(seq "$rounds"); do
    cpu_wrk=$(cpu_of "$work/wrk" wrk -t1 -c"$connections" -d"${seconds}s" "$url")
    n_wrk=$(awk '/requests in/ {print $1}' "$work/wrk")
    cpu_own=$(cpu_of "$work/own" "$plimsoll" load "$url" -c "$connections" -d "${seconds}s" --quiet --json)
    n_own=$(awk -F'[:,]' '/"requests"/ {print $2 + 0; exit}' "$work/own")
    rss=$(awk -F'[:,]' '/"max_rss_bytes"/ {print $2 / 1048576; exit}' "$work/own")
    awk -v c="$connections" -v r="$round" -v cw="$cpu_wrk" -v nw="$n_wrk" -v co="$cpu_own" -v no="$n_own" -v rss="$rss" 'BEGIN {
      printf "%4d connections, round %d: wrk %.2f, plimsoll %.2f CPU s per million requests (%d and %d requests, %.1f MiB): ratio %.3f\n",
        c, r, cw / nw * 1e6, co / no * 1e6, nw, no, rss, co / no / (cw / nw) }'
    awk -v cw="$cpu_wrk" -v nw="$n_wrk" -v co="$cpu_own" -v no="$n_own" 'BEGIN {print co / no / (cw / nw)}' >> "$work/ratios"
  done
  echo "$connections connections: plimsoll / wrk, CPU per request, median of $rounds rounds: $(median < "$work/ratios")"
done
