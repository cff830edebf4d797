"""Failed sign-ins slow down whoever makes them. Login and address are kept as keyed hashes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
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


def wait_seconds(session: Session, hasher: NumberHasher, login: str, address: str, now: datetime) -> int:
    """0 when this login may be tried now, else the seconds until the oldest counted failure is forgotten."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - WINDOW))
    wait = 0
    for kind, key in _keys(hasher, login, address).items():
        count, oldest = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(SignInAttempt.key_hash == key)
        ).one()
        if count >= LIMITS[kind] and oldest is not None:
            wait = max(wait, int((oldest + WINDOW - now).total_seconds()) + 1)
    return wait


def note_failure(session: Session, hasher: NumberHasher, login: str, address: str, now: datetime) -> None:
    session.add_all(SignInAttempt(key_hash=key, at=now) for key in _keys(hasher, login, address).values())


def forgive(session: Session, hasher: NumberHasher, login: str, address: str) -> None:
    """After a right password: this login from this address starts anew."""
    key = _keys(hasher, login, address)["pair"]
    session.execute(delete(SignInAttempt).where(SignInAttempt.key_hash == key))
