"""Change points of the same simulated histories by `plimsoll bench changes` and by Apache Otava, in one run.

Usage: changes_vs_otava.py PLIMSOLL DRIFT_TABLE [ROWS [COUNT]]
Prints recall, false alarms and F1 (a match is within three rows), CPU per 1,000 points, and the ratios. Otava's CPU
is that of its calculation alone, without start-up and reading; Plimsoll's is that of its whole process.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

from otava.analysis import compute_change_points, fill_missing

WINDOW = 3


def read_histories(program, rows, count):
    text = subprocess.run([program, "histories", str(rows), str(count)], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        noise, steps, values = line.split(";")
        yield noise, [int(s) for s in steps.split(",") if s], values.split(",")


def by_otava(histories):
    found, cpu = [], 0.0
    for _, _, cells in histories:
        values = [float(cell) if cell else None for cell in cells]
        began = time.process_time()
        fill_missing(values)
        changes, _ = compute_change_points(values)
        cpu += time.process_time() - began
        found.append([int(change.index) for change in changes])
    return found, cpu


def by_plimsoll(program, histories):
    rows = len(histories[0][2])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "history.csv")
        with open(path, "w", encoding="ascii") as file:
            file.write("time," + ",".join(f"s{i}" for i in range(len(histories))) + "\n")
            for row in range(rows):
                file.write(f"{1700000000 + 3600 * row}," + ",".join(cells[row] for _, _, cells in histories) + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([program, "bench", "changes", path, "--json"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [[c["index"] for c in series["changes"]] for series in json.loads(done.stdout)["series"]], cpu


def matches(steps, found):
    free = list(found)
    hits = 0
    for step in steps:
        near = [index for index in free if abs(index - step) <= WINDOW]
        if near:
            free.remove(min(near, key=lambda index: abs(index - step)))
            hits += 1
    return hits


def score(histories, found):
    totals = {}
    for (noise, steps, cells), indices in zip(histories, found):
        hits = matches(steps, indices)
        for key in (noise, "all"):
            total = totals.setdefault(key, [0, 0, 0, 0])
            for i, more in enumerate((hits, len(indices) - hits, len(steps), len(cells))):
                total[i] += more
    return totals


def f1(total):
    hits, false, steps, _ = total
    return 2 * hits / (hits + false + steps)


def main():
    program, table = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 60
    histories = list(read_histories(table, rows, count))
    theirs, their_cpu = by_otava(histories)
    ours, our_cpu = by_plimsoll(program, histories)
    their_score, our_score = score(histories, theirs), score(histories, ours)
    print(f"{'noise':<16}{'recall':>8}{'otava':>8}{'false/100':>11}{'otava':>8}{'F1':>8}{'otava':>8}{'ratio':>7}")
    for noise, mine in our_score.items():
        other = their_score[noise]
        print(f"{noise:<16}{mine[0] / mine[2]:>8.3f}{other[0] / other[2]:>8.3f}"
              f"{100 * mine[1] / mine[3]:>11.3f}{100 * other[1] / other[3]:>8.3f}"
              f"{f1(mine):>8.3f}{f1(other):>8.3f}{f1(mine) / f1(other):>7.2f}")
    points = rows * len(histories)
    print(f"CPU per 1,000 points: plimsoll {1e6 * our_cpu / points:.3f} ms, otava {1e6 * their_cpu / points:.2f} ms, "
          f"ratio 1/{their_cpu / our_cpu:.0f}")


if __name__ == "__main__":
    main()
