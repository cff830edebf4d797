"""Where a caller can go when nobody is on duty. There is always an exit, and never a dead ring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Exit(StrEnum):
    OTHER_CENTRE = "other_centre"
    """Another centre behind the same number has people on duty: it answers."""
    STANDBY_PHONE = "standby_phone"
    PARTNER_LINE = "partner_line"
    """Another service, open now, that agreed to take callers whom nobody of ours can answer."""
    MESSAGE = "message"
    CALLBACK = "callback"
    EMERGENCY_WORDS = "emergency_words"
    """110 and 120 are told in words; the caller dials them."""


@dataclass(frozen=True)
class Cover:
    """How the caller's own centre and the others stand. Without a known centre all count as own."""

    own_on_duty: int
    others_on_duty: int
    standby_phone: bool
    partner_open: bool = False
    """A partner line for this caller takes overflow at this hour."""
    number_known: bool = True
    """A withheld number can't be called back."""
    named: Exit | None = None
    """Whom the roster names for the own centre at this hour: STANDBY_PHONE or PARTNER_LINE."""
    urgent: bool = False
    """A life in danger: a trained person who is on duty anywhere comes before a telephone that may ring."""


def exits(cover: Cover) -> tuple[Exit, ...]:
    """Ways out, in the order in which they are tried and told; empty while the own centre answers."""
    if cover.own_on_duty > 0:
        return ()
    ways = [] if cover.named is None else [cover.named]
    if cover.others_on_duty > 0:
        return (Exit.OTHER_CENTRE,) if cover.urgent else (*ways, Exit.OTHER_CENTRE)
    if cover.standby_phone and Exit.STANDBY_PHONE not in ways:
        ways.append(Exit.STANDBY_PHONE)
    if cover.partner_open and Exit.PARTNER_LINE not in ways:
        ways.append(Exit.PARTNER_LINE)
    ways.append(Exit.MESSAGE)
    if cover.number_known:
        ways.append(Exit.CALLBACK)
    ways.append(Exit.EMERGENCY_WORDS)
    return tuple(ways)


def is_uncovered(cover: Cover) -> bool:
    """Nobody at all is on duty: the supervisor must know."""
    return cover.own_on_duty == 0 and cover.others_on_duty == 0
