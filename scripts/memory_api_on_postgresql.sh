#!/bin/sh
# memory_api over a PostgreSQL of its own: an empty one, in a temporary folder, that answers on a Unix socket there
# and goes with it. Arguments are memory_api's. For `./dev check --storage postgresql`.
set -eu
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || { echo "PostgreSQL is not installed: ./dev setup" >&2; exit 3; }
folder=$(mktemp -d)
chmod 711 "$folder"

# PostgreSQL does not run as root.
as_user="env HOME=$folder LC_ALL=C"
[ "$(id -u)" != 0 ] || as_user="setpriv --reuid=postgres --regid=postgres --clear-groups $as_user"

server=
stop() {
  [ -z "$server" ] || { kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 143' TERM INT # dash skips the EXIT trap where a signal ends it
[ "$(id -u)" != 0 ] || chown postgres "$folder"
cd "$folder"
# shellcheck disable=SC2086
$as_user "$programs/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 ||
  { cat "$folder/log" >&2; exit 3; }
$as_user "$programs/postgres" -D "$folder/data" -h '' -k "$folder" >>"$folder/log" 2>&1 &
server=$!
tries=0
until "$programs/pg_isready" -q -h "$folder" -U postgres; do
  tries=$((tries + 1))
  [ $tries -lt 600 ] || { cat "$folder/log" >&2; exit 3; }
  sleep 0.05
done
cd "$OLDPWD"
"${MEMORY_API:-$(dirname "$0")/../build/bin/memory_api}" "$@" --storage "postgresql://postgres@/postgres?host=$folder" &
service=$!
trap 'kill -TERM "$service" 2>/dev/null || true' TERM INT
status=0
wait "$service" || status=$?
# A wait that a signal ended says nothing of the service.
while kill -0 "$service" 2>/dev/null; do wait "$service" || status=$?; done
exit $status
