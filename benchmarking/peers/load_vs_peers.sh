#!/usr/bin/env bash
# CPU time per request of `plimsoll load` beside other load generators', against one bare server on loopback. Rounds are
# interleaved, so that a busy machine troubles all alike; the answer is the median of the rounds' ratios. Tools come from
# PATH; one that is missing is left out, and said.
#   benchmarking/peers/load_vs_peers.sh [PEER…]        peers: wrk h2load hey oha k6 vegeta (default: wrk h2load hey oha k6)
#   ROUNDS=5 SECONDS_EACH=3 CONNECTIONS="64 1000" PLIMSOLL=build/bin/plimsoll
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}
connection_counts=${CONNECTIONS:-64 1000}
plimsoll=${PLIMSOLL:-build/bin/plimsoll}
[ $# -gt 0 ] || set -- wrk h2load hey oha k6
ulimit -n "$(ulimit -Hn)"

peers=
for peer in "$@"; do
  case $peer in
    wrk|h2load|hey|oha|k6|vegeta) ;;
    *) echo "$peer is no peer this script knows" >&2; exit 2 ;;
  esac
  if command -v "$peer" >/dev/null; then peers="$peers $peer"; else echo "$peer is not installed: left out"; fi
done

. benchmarking/peers/server.sh
start_server bare_server
cat > "$work/script.js" <<JS
import http from 'k6/http';
export default function () { http.get('$url'); }
JS

# run TOOL CONNECTIONS: its output to $work/output
run() {
  case $1 in
    plimsoll) "$plimsoll" load "$url" -c "$2" -d "${seconds}s" --quiet --json ;;
    wrk) wrk -t1 -c"$2" -d"${seconds}s" "$url" ;;
    h2load) h2load --h1 -t1 -c"$2" -D"$seconds" "$url" ;;
    hey) hey -c "$2" -z "${seconds}s" "$url" ;;
    oha) oha --no-tui -c "$2" -z "${seconds}s" "$url" ;;
    k6) k6 run --no-usage-report --vus "$2" --duration "${seconds}s" "$work/script.js" ;;
    vegeta) echo "GET $url" | vegeta attack -rate 0 -max-workers "$2" -workers "$2" -duration "${seconds}s" | vegeta report ;;
  esac > "$work/output" 2>&1
}

# How many requests the output speaks of.
requests() {
  case $1 in
    plimsoll) awk -F'[:,]' '/"requests"/ {print $2 + 0; exit}' "$work/output" ;;
    wrk) awk '/requests in/ {print $1}' "$work/output" ;;
    h2load) awk '/^requests:/ {print $8}' "$work/output" ;;
    hey|oha) awk '/\[200\]/ {print $2}' "$work/output" ;;
    k6) awk '/http_reqs/ {print $2}' "$work/output" ;;
    vegeta) awk '/^Requests/ {gsub(",", ""); print $5}' "$work/output" ;;
  esac
}

# CPU seconds (user and system) a million requests of TOOL.
TIMEFORMAT='%U %S'
cost() {
  local cpu count
  cpu=$({ time run "$1" "$2"; } 2>&1 | awk 'END {print $1 + $2}')
  count=$(requests "$1")
  [ "${count:-0}" -gt 0 ] || { echo "$1 made no requests:" >&2; tail -5 "$work/output" >&2; exit 3; }
  awk -v cpu="$cpu" -v n="$count" 'BEGIN {printf "%.3f\n", cpu / n * 1e6}'
}

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

for connections in $connection_counts; do
  for round in $(seq "$rounds"); do
    own=$(cost plimsoll "$connections")
    echo "$own" >> "$work/own.$connections"
    line="plimsoll $own"
    for peer in $peers; do
      other=$(cost "$peer" "$connections")
      echo "$other" >> "$work/cost.$peer.$connections"
      awk -v own="$own" -v other="$other" 'BEGIN {print own / other}' >> "$work/ratio.$peer.$connections"
      line="$line, $peer $other"
    done
    echo "$connections connections, round $round, CPU s per million requests: $line"
  done
done
echo
for connections in $connection_counts; do
  for peer in $peers; do
    printf '%4d connections: plimsoll %.2f, %s %.2f CPU s per million requests: median ratio %.3f of %d rounds\n' \
      "$connections" "$(median < "$work/own.$connections")" "$peer" "$(median < "$work/cost.$peer.$connections")" \
      "$(median < "$work/ratio.$peer.$connections")" "$rounds"
  done
done
