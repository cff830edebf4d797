"""Identifier, sender, time and references of a CAP message in the Chinese profile.

The identifier is 31 characters, `ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N`: 6 of the place (GB/T 2260), 3 of the
kind of organisation (GB/T 4657), 3 given inside it, 2 of extension, local time, and a serial digit. The form
is taken from a copy of an annex (DOMAIN.md source 69); the standard itself, and a code of GB/T 4657 for a
hotline, were not seen: ORGANISATION_KIND is a stand-in that an authority sets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo

from analytics.days import HOTLINE_ZONE
from models.alerting import AlertMessage

ORGANISATION_KIND = "000"
UNIT = "001"
EXTENSION = "00"
SENDER_DOMAIN = "hotline"
LENGTH = 31


class NoIdentifierLeft(Exception):
    """Ten messages within each of many seconds: never seen in practice."""


def identifier_of(place_code: str, at: datetime, taken: Collection[str | None], zone: tzinfo) -> str:
    """The first that is free; more than ten in a second move on to the next one."""
    head = f"{place_code[:6]}{ORGANISATION_KIND}{UNIT}{EXTENSION}"
    for second in range(60):
        moment = (at + timedelta(seconds=second)).astimezone(zone)
        for serial in range(10):
            found = f"{head}_{moment:%Y%m%d%H%M%S}_{serial}"
            if found not in taken:
                return found
    raise NoIdentifierLeft


def sender_of(identifier: str) -> str:
    """The place and organisation of the identifier, which are the sender's for good."""
    return f"{identifier[:14]}@{SENDER_DOMAIN}"


def cap_time(at: datetime, zone: tzinfo = HOTLINE_ZONE) -> str:
    """With a numeric offset, never `Z`: `2026-11-20T12:00:00+08:00`."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def reference_of(message: AlertMessage, zone: tzinfo) -> str:
    """`sender,identifier,sent`, as CAP 1.2 has it."""
    assert message.identifier is not None
    assert message.signed_at is not None
    return f"{sender_of(message.identifier)},{message.identifier},{cap_time(message.signed_at, zone)}"
