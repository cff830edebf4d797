"""A stream with planted events: topics of a labelled set are held back, then come faster and faster."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np

NOISE = "__noise__"
START = date(2026, 1, 5)
REGIONS = ("A区", "B区", "C区", "D区", "E区", "F区")


def planted_stream(
    rows: list[dict[str, Any]], seed: int, days: int = 60, events: int = 5
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(rows in time order, truth as text_bar reads it). Two thirds of an event's texts come from one region;
    its daily number grows by 35 % up to 7; onsets lie between day 16 and 14 days before the end."""
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    by_label: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_label[row["label"]].append(dict(row))
    fit = sorted(label for label, group in by_label.items() if label != NOISE and len(group) >= 12)
    chosen = chance.sample(fit, events)
    out = []
    for label, group in by_label.items():
        if label not in chosen:
            out += [_at(row, chance, chance.randrange(days), chance.choice(REGIONS)) for row in group]
    truth = []
    for label, onset in zip(chosen, sorted(chance.sample(range(16, days - 14), events)), strict=True):
        region, waiting, rate, day, sent = chance.choice(REGIONS), by_label[label], 1.0, onset, 0
        chance.shuffle(waiting)
        while waiting and day < days:
            for _ in range(min(len(waiting), 1 if day == onset else int(numbers.poisson(min(rate, 7))))):
                here = region if chance.random() < 0.65 else chance.choice(REGIONS)
                out.append(_at(waiting.pop(), chance, day, here))
                sent += 1
            rate, day = rate * 1.35, day + 1
        truth.append({"label": label, "kind": "emerging", "onset": str(START + timedelta(onset)), "n": sent})
    out.sort(key=lambda row: (row["timestamp"], row["id"]))
    return out, {"events": truth}


def _at(row: dict[str, Any], chance: random.Random, day: int, region: str) -> dict[str, Any]:
    moment = f"{START + timedelta(day)}T{chance.randrange(8, 23):02d}:{chance.randrange(60):02d}:00"
    return {**row, "timestamp": moment, "region": region}
