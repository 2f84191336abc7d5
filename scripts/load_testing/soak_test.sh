#!/bin/sh
# An hour of memory_life (SOAK_MINUTES=10: ten minutes): fails where the service's memory rises. First its caches are filled
# (SOAK_FILL=2m), since what fills up is no leak.
# URL [KEY [OPTIONS of plimsoll load]]
url=${1:-http://127.0.0.1:8080} key=${2:-demo}
shift $(($# < 2 ? $# : 2))
cd "$(dirname "$0")/../.." || exit 2
life() {
  "${PLIMSOLL:-build/bin/plimsoll}" load scripts/load_testing/memory_life.yaml --url "$url" \
    --header "Authorization: Token $key" "$@"
}
life -r 400 -d "${SOAK_FILL:-2m}" --quiet >/dev/null
life -r "${SOAK_RATE:-25}" -d "${SOAK_MINUTES:-60}m" --soak=1MiB/h "$@"
