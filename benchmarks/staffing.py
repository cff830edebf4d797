"""Forecast of callers beside last week's own hours, and the time a week's seats take.

    python benchmarks/staffing.py [--seed 5]

Series: daily counts of the development generator's five structures at four levels, spread over the
quarters of a day with another profile than the product starts from. Every seven weeks of the last years
a week is forecast from the 26 weeks before; judged by hour. The peer is seasonal-naive: the same hour a
week earlier. The demonstration's own history is judged alike, each week from the fifth on, by what lies
before it. Squared error is the measure, since a mean is forecast: with Poisson counts nobody can do
better than .707 of the peer. Nothing was tuned on the seed that is reported.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np

from analytics.days import HOTLINE_ZONE
from analytics.demonstration.plan import plan
from hotline.domain import needed_seats
from hotline.domain.forecast import QUARTERS, forecast
from hotline.domain.needed_seats import ServiceTarget, Workload, needed_by_hour

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "surveillance" / "generate.py"
LEVELS = (8, 20, 50, 150)
HISTORY, EVERY, FROM_DAY = 182, 49, 400
CENTRES = 20


def generator() -> ModuleType:
    if not SHARED.is_file():
        sys.exit(f"the development generator is not here: {SHARED.name}")
    spec = importlib.util.spec_from_file_location("generate", SHARED)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def profile() -> np.ndarray:
    """Two humps, morning and evening: not what the product starts from."""
    quarter = np.arange(QUARTERS)
    evening, morning = np.exp(-0.5 * ((quarter - 82) / 9) ** 2), np.exp(-0.5 * ((quarter - 42) / 12) ** 2)
    shape = evening + 0.6 * morning + 0.15
    return np.asarray(shape / shape.sum())


def series(
    g: ModuleType, draw: np.random.Generator, level: float, structure: tuple
) -> tuple[np.ndarray, dict]:
    _name, phi, weekday, season, trend, holiday, _drift, _past = structure
    day = np.arange(g.DAYS)
    level_log = np.log(level) + trend * (day - g.DAYS / 2) / 365.25
    level_log += season * np.cos(2 * np.pi * day / 365.25 + draw.uniform(0, 2 * np.pi))
    mean = np.exp(level_log) * (g.DOW[day % 7] if weekday else 1.0) * (g.HOL if holiday else 1.0)
    counts = draw.multinomial(g.nb(draw, mean, phi), profile()).astype(np.int64)
    known = {g.START + timedelta(days=int(n)): "holiday" for n in day if holiday and g.HOL[n] < 1}
    return counts, known


def demonstration() -> tuple[np.ndarray, date]:
    """(callers of the demonstration's days by quarter of an hour, its first day)."""
    days = plan(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), HOTLINE_ZONE)
    counts = np.zeros((len(days), QUARTERS), dtype=np.int64)
    for n, contacts in enumerate(days):
        for contact in contacts:
            at = contact.arrived_at.astimezone(HOTLINE_ZONE)
            counts[n, at.hour * 4 + at.minute // 15] += 1
    return counts, date(2026, 11, 22) - timedelta(days=len(days) - 1)


def judged(counts: np.ndarray, first: date, starts: range, known: dict | None = None) -> tuple[float, float]:
    """(root mean squared error as a ratio to the peer's, share of days within their 80 % span)."""
    ours, peers, held = 0.0, 0.0, []
    for start in starts:
        days = [first + timedelta(days=start + n) for n in range(7)]
        begun = max(0, start - HISTORY)
        found = forecast(counts[begun:start], first + timedelta(days=begun), days, holidays=known)
        actual, before = (counts[a : a + 7].reshape(7, 24, 4).sum(2) for a in (start, start - 7))
        ours += float(((actual - found.expected.reshape(7, 24, 4).sum(2)) ** 2).sum())
        peers += float(((actual - before) ** 2).sum())
        for n in range(7):
            low, high = found.span(float(found.expected[n].sum()))
            held.append(low <= counts[start + n].sum() <= high)
    return (ours / peers) ** 0.5, float(np.mean(held))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    g, draw = generator(), np.random.default_rng(arguments.seed)
    print(
        f"seed {arguments.seed}; numpy {np.__version__}; error by hour / seasonal-naive; 80 % span of a day"
    )
    print(f"{'calls a day':>11}  {'structure':<9} {'error ratio':>11} {'in span':>8}")
    ratios, spans = [], []
    for level in LEVELS:
        for structure in g.STRUCT:
            counts, known = series(g, draw, level, structure)
            ratio, held = judged(counts, g.START, range(FROM_DAY, g.DAYS - 7, EVERY), known)
            ratios.append(ratio)
            spans.append(held)
            print(f"{level:>11}  {structure[0]:<9} {ratio:>11.3f} {held:>8.2f}")
    counts, first = demonstration()
    ratio, held = judged(counts, first, range(28, len(counts) - 6, 7))
    print(
        f"{counts.sum(axis=1).mean():>11.0f}  {'demonstr.':<9} {ratio:>11.3f} {held:>8.2f}  (not in the mean)"
    )
    print(f"mean: {np.mean(ratios):.3f} of the peer (perfect knowledge: .707), {np.mean(spans):.2f} in span")
    _week_of_seats(g, draw)


def _week_of_seats(g: ModuleType, draw: np.random.Generator) -> None:
    """One centre's week, forecast and seats, as a multiple of one bare pass over its history."""
    counts, known = series(g, draw, 50, g.STRUCT[3])
    history, first = counts[-HISTORY:], g.START
    days = [first + timedelta(days=HISTORY + n) for n in range(7)]
    target, work = ServiceTarget(), Workload(1800, 120)
    needed_seats._least.cache_clear()
    begun = time.process_time()
    for _ in range(CENTRES):
        found = forecast(history, first, days, holidays=known)
        for row in found.expected:
            needed_by_hour([float(callers) for callers in row], work, target)
    ours = time.process_time() - begun
    begun = time.process_time()
    for _ in range(CENTRES):
        sum(sum(row) for row in history.tolist())
    bare = time.process_time() - begun
    print(
        f"a week's seats of {CENTRES} centres: {ours:.2f} s of CPU, {ours / bare:.0f} x summing their history"
    )


if __name__ == "__main__":
    main()
