#!/bin/sh
# An hour of basic_api_load (SOAK_MINUTES=10: ten minutes): fails where the service's memory rises.
# URL [KEY [OPTIONS of plimsoll load]]
url=${1:-http://127.0.0.1:8080} key=${2:-demo}
shift $(($# < 2 ? $# : 2))
cd "$(dirname "$0")/../.." || exit 2
exec "${PLIMSOLL:-build/bin/plimsoll}" load scripts/load_testing/basic_api_load.yaml -r "${SOAK_RATE:-100}" \
  -d "${SOAK_MINUTES:-60}m" --soak=1MiB/h --url "$url" --header "Authorization: Token $key" "$@"
