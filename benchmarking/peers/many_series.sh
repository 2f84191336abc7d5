#!/bin/sh
# A million points over ten thousand series: time and memory of `plimsoll bench changes` and `bench gate`, beside a
# tenth of them, so that growth shows.
#   benchmarking/peers/many_series.sh [PLIMSOLL]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
plimsoll=${1:-$root/build/bin/plimsoll}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

history() { # SERIES ROWS: levels that step now and then, noise of 2 %
  awk -v series="$1" -v rows="$2" 'BEGIN {
    srand(1); printf "time"; for (s = 0; s < series; s++) printf ",s%d", s; printf "\n"
    for (r = 0; r < rows; r++) {
      printf "%d", 1700000000 + 3600 * r
      for (s = 0; s < series; s++) {
        if (r % 50 == s % 50 && rand() < 0.5) level[s] += rand() < 0.5 ? 0.2 : -0.2
        printf ",%.6g", 100 * exp(level[s] + 0.02 * sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand()))
      }
      printf "\n"
    }
  }'
}

python=$(command -v python3)
measure() { # FILE SERIES COMMAND
  "$python" - "$plimsoll" "$1" "$2" "$3" <<'PYTHON'
import json, os, subprocess, sys, time
plimsoll, file, series, command = sys.argv[1:]
began = time.monotonic()
with open(file + ".json", "wb") as out:
    process = subprocess.Popen([plimsoll, "bench", command, file, "--json"], stdout=out)
    _, _, usage = os.wait4(process.pid, 0)
took = time.monotonic() - began
document = json.load(open(file + ".json"))
judged = len(document.get("series", document.get("judgements")))
assert judged == int(series), (judged, series)
print(f"bench {command:<8} {series:>6} series: {took:6.2f} s, CPU {usage.ru_utime + usage.ru_stime:6.2f} s, "
      f"{usage.ru_maxrss / 1024:6.0f} MiB, file {os.path.getsize(file) / 2**20:.1f} MiB")
PYTHON
}

for series in 1000 10000; do
  history "$series" 100 > "$folder/$series.csv"
  for command in changes gate; do measure "$folder/$series.csv" "$series" "$command"; done
done
