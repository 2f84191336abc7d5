# Sourced by the scripts here: a server of this folder, built and started in a folder of its own, gone when the script ends.
work=$(mktemp -d)
server=
clean_up() {
  [ -n "$server" ] && kill "$server" 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT

# start_server NAME [ARGUMENT…]: sets $url; what it prints is in $work/server
start_server() {
  local name=$1
  shift
  [ -x "$work/$name" ] || "${CXX:-clang++-19}" -std=c++23 -O2 "benchmarking/peers/$name.cpp" -o "$work/$name"
  "$work/$name" "$@" > "$work/server" &
  server=$!
  until grep -q listening "$work/server"; do sleep 0.05; done
  url=$(sed -n 's/^listening on //p' "$work/server")/
}

stop_server() {
  kill "$server"
  wait "$server" || true
  server=
}
