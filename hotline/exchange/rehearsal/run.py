"""Runs the cases of a file, several at a time, and prints a line for each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hotline.exchange.rehearsal import checks
from hotline.exchange.rehearsal.script import NotUnderstood
from hotline.exchange.rehearsal.stage import Stage
from hotline.exchange.speech import Speech

AT_A_TIME = 8
LONGEST_SECONDS = 40.0
SETTLED_SECONDS = 2.0  # all fits and nothing more is scripted: so long nothing may change
AFTER_END_SECONDS = 0.6  # late requests would show themselves
SOUND_SECONDS = 3.5

Print = Callable[[str], None]


async def rehearse_file(path: Path, level: str, only: str, say: Print) -> bool:
    """Play the cases; the last line is `N passed, N failed`. Whether all passed."""
    cases = [
        case
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        if (level == "all" or case.get("level") == level) and only in ("", case["id"])
    ]
    speech = Speech(None)
    at_once = asyncio.Semaphore(AT_A_TIME)

    async def one(case: dict[str, Any]) -> bool:
        async with at_once:
            started = time.monotonic()
            found = await play(case, speech)
            verdict = "FAIL" if found else "pass"
            say(f"{verdict}  {case['id']:<14} {case.get('level', ''):<6} "
                f"{time.monotonic() - started:5.1f} s  {case.get('title', '')}")  # fmt: skip
            for fault in found:
                say(f"      {fault}")
            return not found

    try:
        results = await asyncio.gather(*(one(case) for case in cases))
    finally:
        speech.close()
    passed = sum(results)
    say(f"{passed} passed, {len(results) - passed} failed")
    return passed == len(results)


async def play(case: dict[str, Any], speech: Speech) -> list[str]:
    """One case; the faults."""
    try:
        stage = Stage(case, speech)
        await stage.open()
    except (KeyError, TypeError, ValueError, IndexError) as error:
        return [f"the case cannot be read: {error!r}"]
    playing = asyncio.ensure_future(stage.play())
    try:
        await _until_over(stage, playing)
        stage.take_snapshots()
        if playing.done() and playing.exception() is not None:
            fault = playing.exception()
            return [str(fault) if isinstance(fault, NotUnderstood) else f"the script failed: {fault!r}"]
        if not stage.all_ended:
            stage.note_runner()
            stage.hang_up_all()
        await stage.exchange.callbacks.drain(3)
        await asyncio.sleep(AFTER_END_SECONDS)
        return checks.faults(stage)
    except Exception as error:
        return [f"the runner failed: {error!r}"]
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await stage.close()


async def _until_over(stage: Stage, playing: asyncio.Future[None]) -> None:
    """Until all calls ended, or all fits and stays so, or the longest time is over."""
    expected = stage.case.get("expect") or {}
    end = time.monotonic() + max(LONGEST_SECONDS, float(expected.get("max_s", 0)) + 5)
    by_ear = "audio" in expected or "audio_matrix" in expected
    fits_since: float | None = None
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
        stage.take_snapshots()
        if playing.done() and playing.exception() is not None:
            return
        if playing.done() and stage.all_ended and not stage.exchange.callbacks.pending:
            return
        if not playing.done() or "final_status" in expected:
            continue
        faults = checks.faults(stage)
        if faults:
            fits_since = None
            continue
        fits_since = fits_since or time.monotonic()
        if time.monotonic() - fits_since >= (SOUND_SECONDS if by_ear else SETTLED_SECONDS):
            return
