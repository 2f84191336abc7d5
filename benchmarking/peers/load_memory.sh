#!/usr/bin/env bash
# How much memory `plimsoll load` holds at 1,000 connections, and what a long run adds to a short one; and what https costs
# beside http (its library is loaded for https only).
#   benchmarking/peers/load_memory.sh [SHORT_SECONDS] [LONG_SECONDS]        PLIMSOLL=build/bin/plimsoll
set -euo pipefail
cd "$(dirname "$0")/../.."
short=${1:-3}
long=${2:-60}
plimsoll=${PLIMSOLL:-build/bin/plimsoll}

. benchmarking/peers/server.sh
start_server bare_server

mebibytes() {
  { "$plimsoll" load "$@" --quiet --json || true; } | awk -F'[:,]' '/"max_rss_bytes"/ {printf "%.2f", $2 / 1048576; exit}'
}

first=$(mebibytes "$url" -c 1000 -d "${short}s")
last=$(mebibytes "$url" -c 1000 -d "${long}s")
echo "1,000 connections: $first MiB after $short s, $last MiB after $long s, growth $(awk -v a="$first" -v b="$last" 'BEGIN {printf "%.2f", b - a}') MiB"
echo "one connection: $(mebibytes "$url" -c 1 -n 100) MiB over http, $(mebibytes "${url/http:/https:}" -c 1 -n 1 --timeout 500ms) MiB for an attempt over https"
