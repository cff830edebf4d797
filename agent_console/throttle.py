"""Failed sign-ins slow down whoever makes them. Login and address are kept as keyed hashes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from models.crypto import NumberHasher
from models.people import SignInAttempt

WINDOW = timedelta(minutes=15)
LIMITS = {"pair": 5, "login": 30, "address": 60}
"""Failures within the window. A login from one address is stopped early; a login as a whole late, so that
a stranger can't keep an operator out; an address late, since a whole duty room shares one."""


def _keys(hasher: NumberHasher, login: str, address: str) -> dict[str, str]:
    name = login.lower()
    return {
        "pair": hasher(f"sign-in-pair:{name}:{address}"),
        "login": hasher(f"sign-in-login:{name}"),
        "address": hasher(f"sign-in-address:{address}"),
    }


@dataclass(frozen=True)
class Try:
    """`wait_seconds` > 0: not now. Else the attempt stands on file as failed until it is `taken_back`."""

    wait_seconds: int
    ids: tuple[int, ...] = ()


def begin_try(session: Session, hasher: NumberHasher, login: str, address: str, now: datetime) -> Try:
    """Counted before the password is looked at: guesses that are made side by side are all counted."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - WINDOW))
    keys = _keys(hasher, login, address)
    wait = 0
    for kind, key in keys.items():
        count, oldest = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(SignInAttempt.key_hash == key)
        ).one()
        if count >= LIMITS[kind] and oldest is not None:
            wait = max(wait, int((oldest + WINDOW - now).total_seconds()) + 1)
    if wait:
        return Try(wait)
    rows = [SignInAttempt(key_hash=key, at=now) for key in keys.values()]
    session.add_all(rows)
    session.flush()
    return Try(0, tuple(row.id for row in rows))


def taken_back(session: Session, hasher: NumberHasher, login: str, address: str, made: Try) -> None:
    """The password was right: this login from this address starts anew."""
    key = _keys(hasher, login, address)["pair"]
    session.execute(
        delete(SignInAttempt).where(or_(SignInAttempt.key_hash == key, SignInAttempt.id.in_(made.ids)))
    )
