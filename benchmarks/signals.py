"""Signals on fresh simulated series, beside Farrington flexible: R's where it is, else our port of it.

    python benchmarks/signals.py [--seeds 101 102 103] [--r-series 110] [--speed 10000] [--unheard 2 3]

Series come from the data folder's `generate.py`; the definitions are those of its `score.py`, computed here
without pandas. POD and delay are read at the score that gives the stated weekly false-positive rate. The port
judges every series; R judges a part (`--r-series 0`: all of them, half an hour a seed), and a note says how
often the two agree within 1 % and what a fit costs each. False discoveries: of all alarms (series x day) that
Benjamini-Hochberg lets through at q, the share outside every planted outbreak and the days that its windows
still hold it. `--unheard`: the least persons of a topic that nobody rang about in the year before; each is
judged on the same series. Tune on other seeds than these.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.flag import METHOD, VERSION, DetectionSettings, benjamini_hochberg, detect  # noqa: E402
from analytics.flag.farrington import farrington_flexible  # noqa: E402

GRACE = 6
"""A weekly method can answer on the Sunday of the week that holds the last case."""
HELD_DAYS = 10
"""So long after its last case an outbreak stands in the longest window."""
TARGETS, SHARES = (0.01, 0.005), (0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Streams:
    """One seed's series with their truth; outbreaks are (series, first, last) in days of the judged year."""

    counts: Any
    days: list[date]
    judged: int
    null: Any
    outbreaks: list[tuple[int, int, int]]
    is_new: Any


def generated(seed: int, shared: Path, folder: Path) -> Streams:
    """Draws the series of a seed."""
    command = [sys.executable, str(shared / "generate.py"), "--seed", str(seed), "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    series, truth = rows_of(folder / "series.csv"), rows_of(folder / "truth.csv")
    stored = np.load(folder / "hotline.npz")
    counts, judged = stored["counts"].astype(np.int32), int(stored["eval_days"])
    start = date.fromisoformat(str(stored["start"]))
    zero = counts.shape[1] - judged
    index = {row["series_id"]: number for number, row in enumerate(series)}
    outbreaks = []
    for row in truth:
        onset, end = ((date.fromisoformat(row[key]) - start).days - zero for key in ("onset", "end"))
        outbreaks.append((index[row["series_id"]], onset, end))
    return Streams(
        counts,
        [start + timedelta(offset) for offset in range(counts.shape[1])],
        judged,
        np.array([row["null"] == "1" for row in series]),
        outbreaks,
        np.array([row["group"] == "new" for row in series]),
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file as dictionaries."""
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def at_rate(score: Any, streams: Streams, target: float) -> Any:
    """Alarms above the least score that keeps the weekly false-positive rate at `target`."""
    highest = np.sort(score[streams.null].reshape(streams.null.sum(), -1, 7).max(2).ravel())[::-1]
    return score > highest[int(target * len(highest))]


def measures(alarm: Any, streams: Streams) -> tuple[float, float, float, float, float]:
    """Weekly false-positive rate; POD and mean days (a miss is the whole window); both for new topics."""
    quiet = alarm[streams.null]
    out = [float(quiet.reshape(len(quiet), -1, 7).any(2).mean())]
    for new in (False, True):
        found, days = [], []
        for series, first, last in streams.outbreaks:
            if streams.is_new[series] == new:
                hits = np.flatnonzero(alarm[series, first : last + GRACE + 1])
                found.append(len(hits) > 0)
                days.append(hits[0] if len(hits) else last - first + 1 + GRACE)
        out += [float(np.mean(found)), float(np.mean(days))]
    return out[0], out[1], out[2], out[3], out[4]


def farrington_score(streams: Streams) -> tuple[Any, Any, float]:
    """(score on the Sunday of each week, the answer, CPU seconds a fit) of our port."""
    weekly = streams.counts.reshape(len(streams.counts), -1, 7).sum(2)
    weeks = streams.judged // 7
    began = time.process_time()
    answer = farrington_flexible(weekly, weeks)
    seconds = (time.process_time() - began) / weekly.shape[0] / weeks
    score = np.full((len(weekly), streams.judged), -np.inf)
    with np.errstate(invalid="ignore"):
        told = np.where(np.isnan(answer.p), 0.0, -np.log10(np.maximum(answer.p, 1e-16)))
    score[:, 6::7] = told
    return score, answer, seconds


def beside_r(streams: Streams, ours: Any, folder: Path, wanted: int) -> tuple[str, float] | None:
    """What R says of `wanted` of the series (0: all), and its CPU seconds a fit; None without R."""
    if shutil.which("Rscript") is None:
        return None
    every = 1 if wanted == 0 else max(1, len(streams.counts) // wanted)
    counts = streams.counts[::every]
    counts.astype("<i4").tofile(folder / "counts.bin")
    script = str(ROOT / "benchmarks" / "farrington.R")
    files = [str(folder / "counts.bin"), str(len(counts)), str(counts.shape[1]), str(folder / "r.csv")]
    done = subprocess.run(["Rscript", script, *files], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        return None
    _, version, _, seconds = done.stdout.split()[-4:]
    rows = rows_of(folder / "r.csv")
    close = []
    for key, mine in (("expected", ours.expected), ("upper", ours.upper)):
        theirs = np.array([np.nan if row[key] == "NA" else float(row[key]) for row in rows])
        mine = mine[::every].ravel()
        near = np.abs(mine - theirs) <= 0.01 * np.abs(theirs) + 1e-9
        close.append(np.where(np.isnan(theirs), np.isnan(mine), near).mean())
    agree = f"expected {close[0]:.1%}, bound {close[1]:.1%} of weeks within 1 % of the port"
    return f"surveillance {version} on {len(counts)} series: {agree}", float(seconds)


def false_discoveries(answer: Any, streams: Streams, unheard: int) -> list[float]:
    """For each q of `SHARES` the share of its alarms outside every outbreak."""
    inside = np.zeros(answer.p.shape, bool)
    for series, first, last in streams.outbreaks:
        inside[series, max(0, first) : last + HELD_DAYS + 1] = True
    enough = answer.observed >= np.where(answer.new_topic, unheard, 3)
    q = np.stack([benjamini_hochberg(column) for column in answer.p.T], axis=1)
    return [
        float((~inside & enough & (q < share)).sum() / max(1, (enough & (q < share)).sum()))
        for share in SHARES
    ]


def looks_ahead(streams: Streams, answer: Any, unheard: int, cuts: int = 3) -> int:
    """Rows that change when the days after a judged one are cut off (0: it does not look ahead)."""
    changed = 0
    for cut in np.random.default_rng(1).integers(1, streams.judged - 1, cuts):
        settings = DetectionSettings(minimum_persons_unheard=unheard)
        part = detect(streams.counts[:, :-cut], streams.days[:-cut], evaluate=1, settings=settings)
        changed += int((~np.isclose(part.score[:, 0], answer.score[:, -1 - cut], rtol=1e-6)).sum())
    return changed


def speed(series: int) -> str:
    """One day of `series` x 5 years, refit included: the least CPU of three runs, and the memory it takes."""
    chance = np.random.default_rng(5)
    counts = chance.poisson(chance.gamma(0.5, 2.0, (series, 1)), (series, 5 * 364)).astype(np.int32)
    days = [date(2021, 11, 1) + timedelta(offset) for offset in range(counts.shape[1])]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = []
    for _ in range(3):
        began = time.process_time()
        detect(counts, days)
        spent.append(time.process_time() - began)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (
        f"{series} series x 5 years, one day with refit: {min(spent):.2f} s of CPU; {after // 1024} MB at "
        f"most, {(after - before) // 1024} MB of it for judging and {counts.nbytes >> 20} MB for the counts"
    )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="*", default=[101, 102, 103])
    parser.add_argument("--r-series", type=int, default=110, help="series that R judges; 0 for all")
    parser.add_argument("--speed", type=int, default=10_000, help="series of the timing; 0 for none")
    parser.add_argument(
        "--unheard", type=int, nargs="+", default=[DetectionSettings().minimum_persons_unheard]
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "surveillance")
    arguments = parser.parse_args()
    scipy = importlib.metadata.version("scipy")
    print(f"{METHOD} {VERSION}; numpy {np.__version__}; scipy {scipy}")
    # Before anything else has taken memory.
    if arguments.speed:
        print(speed(arguments.speed), flush=True)
    print("\n| seed | method | weekly FPR | POD | delay d | new topics POD | delay d |")
    print("|---|---|---|---|---|---|---|")
    table: dict[tuple[str, float], list[tuple[float, ...]]] = {}
    shares: dict[int, list[list[float]]] = {}
    notes, ahead = [], 0
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as name:
            streams = generated(seed, arguments.shared, Path(name))
            answers = {
                least: detect(
                    streams.counts,
                    streams.days,
                    evaluate=streams.judged,
                    settings=DetectionSettings(minimum_persons_unheard=least),
                )
                for least in arguments.unheard
            }
            peer, told, port_seconds = farrington_score(streams)
            asked = beside_r(streams, told, Path(name), arguments.r_series)
        if asked is None:
            notes.append(f"seed {seed}: no R with surveillance; our port is the peer")
        else:
            ratio = asked[1] / port_seconds
            notes.append(
                f"seed {seed}: {asked[0]}; a fit takes R {1e3 * asked[1]:.1f} ms, the port "
                f"{1e3 * port_seconds:.2f} ms ({ratio:.0f} : 1)"
            )
        for least, answer in answers.items():
            _row(f"{seed} | ours from {least}, own alarm", measures(answer.alarm, streams))
            shares.setdefault(least, []).append(false_discoveries(answer, streams, least))
            ahead += looks_ahead(streams, answer, least)
        for target in TARGETS:
            scores = {f"ours from {least}": answer.score for least, answer in answers.items()}
            for method, score in {**scores, "farringtonFlexible": peer}.items():
                figures = measures(at_rate(score, streams, target), streams)
                table.setdefault((method, target), []).append(figures)
                _row(f"{seed} | {method} at {target:.1%}", figures)
    for (method, target), figures in table.items():
        _row(f"mean | **{method} at {target:.1%}**", np.mean(figures, axis=0))
    for least, of_seeds in shares.items():
        for share, parts in zip(SHARES, np.array(of_seeds).T, strict=True):
            each = ", ".join(f"{part:.3f}" for part in parts)
            print(f"false discoveries at q {share}, from {least} persons: {np.mean(parts):.3f} ({each})")
    print(f"rows changed by cutting the future: {ahead}")
    print("\n".join(notes))


def _row(name: str, figures: Any) -> None:
    rate, pod, delay, new_pod, new_delay = figures
    print(f"| {name} | {rate:.2%} | {pod:.1%} | {delay:.1f} | {new_pod:.1%} | {new_delay:.2f} |", flush=True)


if __name__ == "__main__":
    main()
