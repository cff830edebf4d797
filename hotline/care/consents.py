"""A caller's consent of each kind is a record of its own; no record means that nobody asked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchCall
from models.calls import Call, Consent
from models.events import ConsentChanged
from models.unit_of_work import Work
from models.vocabulary import ConsentKind, ConsentState

TEXT_VERSION = "2026-11"
"""Version of the words by which callers are told and asked."""


class Consents:
    def __init__(self, work: Work) -> None:
        self._work = work

    def set(
        self,
        call_id: int,
        kind: ConsentKind,
        state: ConsentState,
        how: str,
        person_id: int | None = None,
    ) -> None:
        """Record what the caller said. `how`: notice | key | operator | request. Raises NoSuchCall.

        Turning a granted consent into a refusal is a withdrawal: when it was granted stays on file.
        """
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            record = unit.session.scalars(
                select(Consent).where(Consent.call_id == call_id, Consent.kind == kind)
            ).first()
            if record is None:
                record = Consent(call_id=call_id, kind=kind)
                unit.session.add(record)
            elif record.state is state:
                return
            if record.state is ConsentState.GRANTED and state in (
                ConsentState.REFUSED,
                ConsentState.WITHDRAWN,
            ):
                state = ConsentState.WITHDRAWN
                record.withdrawn_at = unit.now
            else:
                record.at = unit.now
                record.withdrawn_at = None
            record.state = state
            record.how = how
            record.text_version = TEXT_VERSION
            unit.session.flush()
            unit.tell(ConsentChanged(call_id, str(kind), str(state)))

    @staticmethod
    def state_of(session: Session, call_id: int) -> dict[ConsentKind, ConsentState]:
        """Every kind; UNASKED where no record is."""
        found = {
            record.kind: record.state
            for record in session.scalars(select(Consent).where(Consent.call_id == call_id))
        }
        return {kind: found.get(kind, ConsentState.UNASKED) for kind in ConsentKind}
