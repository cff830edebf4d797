"""A caller takes consent back after the call: what goes is shown first, then it goes, and the chain says so.

Removed: audio here and at the carrier, messages too; transcripts and marks; the text, vector and place in an
issue. The note stays as the record of a service, and figures of issued reports stay as they were signed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchCall
from hotline.routing.consent import set_consent
from models.audit import Auditor
from models.calls import Call
from models.recordings import Recording, RiskMark, Transcript
from models.surveillance import Contact
from models.unit_of_work import Work
from models.vocabulary import ConsentKind, ConsentState, RecordingState

WITHDRAWN_KINDS = (
    ConsentKind.RECORDING,
    ConsentKind.ANALYSIS,
    ConsentKind.CAPTIONS,
    ConsentKind.MESSAGE,
)
GONE = (RecordingState.ERASED, RecordingState.ABSENT)


@dataclass(frozen=True)
class Removal:
    """What a withdrawal would remove now."""

    recordings: int
    seconds: float
    transcripts: int
    marks: int
    has_text: bool
    issue_id: int | None

    @property
    def is_empty(self) -> bool:
        return not (self.recordings or self.transcripts or self.marks or self.has_text)


class Withdrawals:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    @staticmethod
    def preview(session: Session, call_id: int) -> Removal:
        standing = (Recording.call_id == call_id, Recording.state.not_in(GONE))
        count, seconds = session.execute(
            select(func.count(), func.sum(Recording.duration_seconds)).where(*standing)
        ).one()
        contact = session.execute(select(Contact.issue_id).where(Contact.call_id == call_id)).first()
        return Removal(
            recordings=count,
            seconds=float(seconds or 0),
            transcripts=session.scalar(
                select(func.count()).select_from(Transcript).where(Transcript.call_id == call_id)
            )
            or 0,
            marks=session.scalar(
                select(func.count())
                .select_from(RiskMark)
                .where(RiskMark.call_id == call_id, RiskMark.source != "note")
            )
            or 0,
            has_text=contact is not None,
            issue_id=contact.issue_id if contact is not None else None,
        )

    def withdraw(self, call_id: int, person_id: int, reason: str) -> None:
        """`person_id`: who took the request in; `reason` is sealed in the audit line. Raises NoSuchCall."""
        with self._work() as unit:
            call = unit.session.get(Call, call_id, with_for_update=True)
            if call is None:
                raise NoSuchCall(call_id=call_id)
            for kind in WITHDRAWN_KINDS:
                set_consent(unit, call, kind, ConsentState.WITHDRAWN, "request")
            self._audit(unit, person_id, "consent.withdrawn", f"call:{call_id}", reason)
            once = secrets.token_hex(6)
            payload = {"call_id": call_id, "messages": True}
            unit.ask("erase_recording", "carrier", f"erase_recording:{call_id}:{once}", payload)
            unit.ask("forget", "urgent", f"forget:{call_id}:{once}", {"call_id": call_id})
