#!/bin/sh
# How much of basic_api_load memory_api bears: the rate rises until p95 or errors break.
# URL [KEY [OPTIONS of plimsoll load]]
url=${1:-http://127.0.0.1:8080} key=${2:-demo}
shift $(($# < 2 ? $# : 2))
cd "$(dirname "$0")/../.." || exit 2
exec "${PLIMSOLL:-build/bin/plimsoll}" load scripts/load_testing/basic_api_load.yaml --find-limit --url "$url" \
  --header "Authorization: Token $key" "$@"
