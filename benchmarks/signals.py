"""Signals on fresh simulated series, beside R's surveillance where R is installed.

    python benchmarks/signals.py [--seeds 31 32 33] [--shared ../shared/surveillance]

Series come from the data folder's `generate.py`; the definitions are those of its `score.py`, computed here
without pandas. POD and delay are read at the score that gives the stated weekly false-positive rate.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.flag import METHOD, VERSION, benjamini_hochberg, detect  # noqa: E402

GRACE = 6


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file as dictionaries."""
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def measure(alarm: Any, null: Any, outbreaks: Any) -> tuple[float, float, float]:
    """(weekly false-positive rate, POD, mean days to the alarm with a miss as the whole window)."""
    quiet = alarm[null]
    rate = quiet.reshape(len(quiet), -1, 7).any(2).mean()
    found, days = [], []
    for series, first, last in outbreaks:
        hits = np.flatnonzero(alarm[series, first : last + GRACE + 1])
        found.append(len(hits) > 0)
        days.append(hits[0] if len(hits) else last - first + 1 + GRACE)
    return float(rate), float(np.mean(found)), float(np.mean(days))


def judge(folder: Path) -> list[str]:
    """One seed's rows of the table."""
    series, truth = rows_of(folder / "series.csv"), rows_of(folder / "truth.csv")
    stored = np.load(folder / "hotline.npz")
    counts, judged = stored["counts"].astype(np.int32), int(stored["eval_days"])
    start = date.fromisoformat(str(stored["start"]))
    days = [start + timedelta(offset) for offset in range(counts.shape[1])]
    began = time.process_time()
    answer = detect(counts, days, evaluate=judged)
    seconds = time.process_time() - began
    index = {row["series_id"]: number for number, row in enumerate(series)}
    group = [row["group"] for row in series]
    null = np.array([row["null"] == "1" for row in series])
    zero = len(days) - judged
    places = [
        (
            index[row["series_id"]],
            *((date.fromisoformat(row[key]) - start).days - zero for key in ("onset", "end")),
        )
        for row in truth
    ]
    old = [place for place in places if group[place[0]] == "base"]
    new = [place for place in places if group[place[0]] == "new"]
    rate, pod, delay = measure(answer.alarm, null, old)
    out = [f"own alarm | {rate:.2%} | {pod:.1%} | {delay:.1f} | {_new(answer.alarm, null, new)}"]
    highest = np.sort(answer.score[null].reshape(null.sum(), -1, 7).max(2).ravel())[::-1]
    for target in (0.01, 0.005):
        alarm = answer.score > highest[int(target * len(highest))]
        rate, pod, delay = measure(alarm, null, old)
        out.append(f"at {target:.1%} | {rate:.2%} | {pod:.1%} | {delay:.1f} | {_new(alarm, null, new)}")
    out.append(_false_discoveries(answer, places) + f"; {seconds:.1f} s of CPU for {judged} days")
    return out


def _new(alarm: Any, null: Any, outbreaks: Any) -> str:
    _, pod, delay = measure(alarm, null, outbreaks)
    return f"{pod:.1%} | {delay:.2f}"


def _false_discoveries(answer: Any, outbreaks: Any) -> str:
    """Of the alarms that Benjamini-Hochberg lets through at q, the share outside any outbreak."""
    inside = np.zeros(answer.p.shape, bool)
    for series, first, last in outbreaks:
        inside[series, max(0, first) : last + GRACE + 4] = True
    parts = []
    for q in (0.05, 0.1):
        passed = np.stack([benjamini_hochberg(column) < q for column in answer.p.T], axis=1)
        passed &= answer.observed >= 3
        parts.append(f"q {q}: {(passed & ~inside).sum() / max(1, passed.sum()):.3f} of {passed.sum()} false")
    return "false discoveries at " + ", ".join(parts)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="*", default=[31, 32, 33])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "surveillance")
    arguments = parser.parse_args()
    print(f"{METHOD} {VERSION}; numpy {np.__version__}; scipy {importlib.metadata.version('scipy')}")
    print("| seed | threshold | weekly FPR | POD | delay d | new topics POD | delay d |")
    print("|---|---|---|---|---|---|---|")
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                str(arguments.shared / "generate.py"),
                "--seed",
                str(seed),
                "--out",
                folder,
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            *table, note = judge(Path(folder))
            for row in table:
                print(f"| {seed} | {row} |", flush=True)
            print(note)


if __name__ == "__main__":
    main()
