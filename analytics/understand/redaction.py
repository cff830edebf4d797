"""Personal details out of Chinese (and the commonest English) text, with the way back kept.

The finders work on a view of the text in which spoken digits stand as digits (`digit_view`); the view has the
same length as the text, so that every span is right in the original. Rules: DOMAIN b5; GB 11643 and ISO 7064
MOD 11-2 for identity cards, Luhn (ISO/IEC 7812) for bank cards, GA 36 for plates.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.understand.helplines import HELPLINES
from analytics.understand.pii_names import find_names
from analytics.understand.pii_numbers import digit_view, find_numbers
from analytics.understand.pii_places import find_places
from analytics.understand.pii_types import LABELS, PRECEDENCE, Found


@dataclass(frozen=True, slots=True)
class PiiSpan:
    """One detail taken out: places in the original, and in what is left of it."""

    type: str
    start: int
    end: int
    redacted_start: int
    redacted_end: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """The text without personal details. `spans` holds offsets and types, never the words themselves."""

    text: str
    spans: tuple[PiiSpan, ...]

    def original_offset(self, redacted_offset: int) -> int:
        """The place in the original of a place in the redacted text (a tag's inside counts as its start)."""
        index = bisect_right([span.redacted_start for span in self.spans], redacted_offset) - 1
        if index < 0:
            return redacted_offset
        span = self.spans[index]
        if redacted_offset < span.redacted_end:
            return span.start
        return span.end + redacted_offset - span.redacted_end


def redact(text: str, helplines: Iterable[str] = HELPLINES) -> Redaction:
    """Replaces each personal detail by its type, [手机号] and so on. Numbers in `helplines` stay.

    `helplines` holds digits only; give the organisation's own numbers beside `HELPLINES`.
    """
    view = digit_view(text)
    found = [
        *find_numbers(text, view, frozenset(helplines)),
        *find_places(text, view),
        *find_names(text),
    ]
    chosen = _without_overlap(found)
    parts: list[str] = []
    spans: list[PiiSpan] = []
    at = length = 0
    for item in chosen:
        before, tag = text[at : item.start], f"[{LABELS[item.type]}]"
        parts += (before, tag)
        length += len(before)
        spans.append(PiiSpan(item.type, item.start, item.end, length, length + len(tag)))
        length += len(tag)
        at = item.end
    parts.append(text[at:])
    return Redaction("".join(parts), tuple(spans))


def _without_overlap(found: Iterable[Found]) -> list[Found]:
    """Overlapping finds become one: the stronger type names it, and it covers both (hide rather too much)."""
    merged: list[Found] = []
    for item in sorted(found, key=lambda f: (f.start, -f.end)):
        if item.end <= item.start:
            continue
        if merged and item.start < merged[-1].end:
            last = merged[-1]
            kind = min(last.type, item.type, key=PRECEDENCE.__getitem__)
            merged[-1] = Found(kind, last.start, max(last.end, item.end))
        else:
            merged.append(item)
    return merged
