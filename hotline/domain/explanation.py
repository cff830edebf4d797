"""Why a waiting call stands where it stands: the stored key taken apart again. Pure; words are the console's.

key = arrival - credits, so what every reason takes off and the waiting add up to the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.domain.priority import DEFAULT_CREDITS, Credits, Reason

KEPT_PLACES = frozenset({Reason.CUT_OFF, Reason.CALLED_AGAIN})
"""Reasons whose credit is an older place itself."""


@dataclass(frozen=True)
class Part:
    code: str
    """A reason's code, or `bound`: the ageing guard gave back what was above it."""
    seconds: int
    """Credit of this part; negative for `bound`."""


@dataclass(frozen=True)
class Explanation:
    parts: tuple[Part, ...]
    waited_seconds: float
    score_seconds: float
    """Waiting and credits together: the greatest is served first."""


def explain(
    key: float,
    reasons: Sequence[str],
    arrived_at: datetime,
    now: datetime,
    credits: Credits = DEFAULT_CREDITS,
) -> Explanation:
    """The parts add up to the credit that the key holds, also where an older policy gave it: what is over or
    missing stands as the resumed place of a cut-off call, or as the bound."""
    total = round(arrived_at.timestamp() - key)
    known = [Part(code, credits.of(Reason(code))) for code in reasons if code in set(Reason)]
    rest = total - sum(part.seconds for part in known)
    parts = []
    for part in known:
        if part.code in KEPT_PLACES and rest > 0:
            parts.append(Part(part.code, part.seconds + rest))
            rest = 0
        else:
            parts.append(part)
    if rest < 0:
        parts.append(Part("bound", rest))
    waited = max(0.0, (now - arrived_at).total_seconds())
    return Explanation(tuple(parts), waited, now.timestamp() - key)
