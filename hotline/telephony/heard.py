"""Callbacks already heard: a duplicate changes nothing.

The mark is written after the fact was taken in, never before: a process that dies between the two hears
the fact again, and every use case bears hearing it twice; the other way round it would be lost.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Request
from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from hotline.routing.transactions import reading
from models.calls import CarrierCallback
from models.unit_of_work import Work

KEPT = timedelta(days=2)
TOKEN_HEADER = "I-Twilio-Idempotency-Token"  # noqa: S105 - a header's name


def keys_of(request: Request) -> tuple[str, ...]:
    """The carrier's own token (the same for each retry), and our key (sid, event, sequence number)."""
    keys = []
    token = request.headers.get(TOKEN_HEADER)
    if token:
        keys.append(f"token:{token}"[:160])
    form = request.form
    if "SequenceNumber" in form:
        subject = form.get("ConferenceSid") or form.get("CallSid", "")
        event = form.get("StatusCallbackEvent") or form.get("CallStatus", "")
        keys.append(f"{request.path}|{subject}|{event}|{form['SequenceNumber']}"[:160])
    return tuple(keys)


class HeardCallbacks:
    def __init__(self, work: Work) -> None:
        self._work = work

    def heard(self, keys: tuple[str, ...]) -> bool:
        if not keys:
            return False
        with reading(self._work) as unit:
            return bool(unit.session.scalar(select(exists().where(CarrierCallback.key.in_(keys)))))

    def mark(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            try:
                with self._work() as unit:
                    unit.session.add(CarrierCallback(key=key, heard_at=unit.now))
            except IntegrityError:
                continue

    def forget_old(self) -> None:
        """Called by the clock: retries end within minutes."""
        with self._work() as unit:
            unit.session.execute(delete(CarrierCallback).where(CarrierCallback.heard_at < unit.now - KEPT))
