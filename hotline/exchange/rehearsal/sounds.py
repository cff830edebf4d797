"""Checks by ear: tones found by their Fourier coefficient in what was heard and recorded."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np

from hotline.exchange import wav
from hotline.exchange.rehearsal.app import MUSIC_HZ
from hotline.exchange.rehearsal.stage import DEFAULT_TONES, Stage
from hotline.exchange.sound import RATE, Samples

WINDOW = RATE  # the last second before the end of the run
HEARD_LEVEL = 400.0
ABSENT_SHARE = 0.05
CHANNEL = re.compile(r"channel (\d) dominated by (\d+) ?Hz[^,;]*", re.IGNORECASE)
STOPS = re.compile(r"speech stops within (\d+) ms of the first key", re.IGNORECASE)
HEARS = re.compile(
    r"^(first|second|third|caller|operator|supervisor) (hears|does not hear) (.+)$", re.IGNORECASE
)


def level(samples: Samples, frequency: float) -> float:
    """Amplitude of a tone in the samples."""
    if not len(samples):
        return 0.0
    t = np.arange(len(samples)) / RATE
    return float(abs(np.exp(-2j * np.pi * frequency * t) @ samples.astype(float)) * 2 / len(samples))


def check_matrix(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    found = []
    for who, wish in value.items():
        leg = stage.legs.get("first" if who == "caller" and "caller" not in stage.legs else who)
        heard = stage.snapshots.get(id(leg)) if leg else None
        if heard is None:
            found.append(f"{who} has no ears here")
            continue
        found += [f"{who} does not hear {f} Hz" for f in wish.get("hears", []) if not _hears(heard, f)]
        found += [
            f"{who} hears {f} Hz" for f in wish.get("not", []) if _hears(heard, f, HEARD_LEVEL * ABSENT_SHARE)
        ]
    return found


def _hears(heard: Samples, frequency: float, threshold: float = HEARD_LEVEL) -> bool:
    return level(heard[-WINDOW:], frequency) > threshold


def check_audio(stage: Stage, value: Any, _expected: dict[str, Any]) -> list[str]:
    """Sentences of the case file that are understood; any other is a fault, not a pass."""
    text = str(value)
    if CHANNEL.search(text):
        return _channels(stage, CHANNEL.findall(text))
    stops = STOPS.search(text)
    if stops:
        return _stops(stage, int(stops[1]) / 1000)
    found: list[str] = []
    for sentence in (part.strip() for part in text.split(";")):
        parsed = HEARS.match(sentence)
        if parsed is None:
            return [f"the audio expectation {text!r} is not understood"]
        found += _hearing(stage, parsed[1].lower(), parsed[2].lower() == "hears", parsed[3])
    return found


def _hearing(stage: Stage, who: str, positive: bool, what: str) -> list[str]:
    leg = stage.legs.get("first" if who == "caller" else who)
    heard = stage.snapshots.get(id(leg)) if leg else None
    if heard is None:
        return [f"{who} has no ears here"]
    found = []
    for part in re.split(r" and |, ", what):
        absent = part.startswith("not ") or not positive
        name = part.removeprefix("not ").strip()
        frequency = _frequency(stage, name)
        if frequency is None:
            return [f"the sound {name!r} is not understood"]
        if absent and _hears(heard, frequency, HEARD_LEVEL * ABSENT_SHARE):
            found.append(f"{who} hears {name}")
        if not absent and not _hears(heard, frequency):
            found.append(f"{who} does not hear {name}")
    return found


def _frequency(stage: Stage, name: str) -> float | None:
    if name == "music":
        return MUSIC_HZ
    tones = {**DEFAULT_TONES, **(stage.setup.get("tones") or {})}
    found = re.match(r"(\d+) ?Hz", name)
    return float(found[1]) if found else tones.get(name)


def _channels(stage: Stage, wishes: list[tuple[str, str]]) -> list[str]:
    recordings = stage.exchange.recordings.all()
    if not recordings:
        return ["nothing was recorded"]
    data = wav.decode(recordings[-1].path.read_bytes())
    if data.ndim != 2:
        return ["the recording has one channel"]
    tones = [float(frequency) for _, frequency in wishes]
    found = []
    for channel, frequency in wishes:
        samples = data[:, int(channel) - 1]
        own = level(samples, float(frequency))
        others = max((level(samples, f) for f in tones if f != float(frequency)), default=0.0)
        if own < HEARD_LEVEL or own < 10 * others:
            found.append(f"channel {channel}: {frequency} Hz has {own:.0f}, the others {others:.0f}")
    return found


def _stops(stage: Stage, within: float) -> list[str]:
    keys = [s.at for s in stage.seen if s.kind == "digit"]
    call = stage.main
    live = [s.at for s in stage.seen if s.kind == "status" and s.call is call and s.detail == "in-progress"]
    if not keys or not live:
        return ["no key was pressed"]
    heard = stage.legs["first"].heard()
    start = int((keys[0] + within - live[0]) * RATE)
    end = int(((keys[1] if len(keys) > 1 else time.monotonic()) - live[0]) * RATE)
    before = heard[: int((keys[0] - live[0]) * RATE)]
    if not len(before) or np.abs(before).max() < 500:
        return ["no speech was heard before the key"]
    after = heard[start:end]
    if len(after) and np.abs(after.astype(int)).mean() > 50:
        return ["speech went on after the key"]
    return []
