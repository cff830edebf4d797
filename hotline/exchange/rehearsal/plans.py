"""How the far ends of a case behave, read from its description."""

from __future__ import annotations

import re
from typing import Any

from hotline.exchange.scripted import AnswerPlan
from hotline.exchange.sound import Samples, silence, tone
from hotline.exchange.speech import Speech

TALK = "This is a rather long sentence that a caller says after the tone so that nothing is silent here. "
TONE = re.compile(r"tone\s+(\d+(?:\.\d+)?)\s*Hz", re.IGNORECASE)


async def sound(wish: str | None, speech: Speech) -> Samples:
    """`tone 600 Hz`, `silence`, or any other word for speech."""
    if not wish or wish in ("silence", "nothing"):
        return silence(0)
    found = TONE.search(wish)
    return tone(float(found[1]), 1.0) if found else await speech.say(TALK * 2, "en")


async def plan_of(leg: dict[str, Any], speech: Speech) -> AnswerPlan:
    """A leg without a time to answer lets it ring."""
    outcome = str(leg.get("outcome") or leg.get("status") or ("busy" if leg.get("busy") else "answer"))
    if outcome in ("answered", "completed"):
        outcome = "answer"
    if leg.get("no_answer") or (outcome == "answer" and leg.get("answer_s") is None):
        outcome = "no-answer"
    return AnswerPlan(
        outcome=outcome,
        after_seconds=float(leg.get("answer_s") or leg.get("reject_s") or leg.get("after_s") or 0.2),
        says=await sound(leg.get("plays"), speech),
        repeat=True,
        hangup_after_seconds=None if leg.get("hangup_s") is None else float(leg["hangup_s"]),
        digits=tuple((float(at), str(keys)) for at, keys in leg.get("digits") or []),
    )
