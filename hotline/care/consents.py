"""A caller's consent of each kind is a record of its own; no record means that nobody asked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchCall
from hotline.routing.consent import set_consent
from models.calls import Call, Consent
from models.unit_of_work import Work
from models.vocabulary import ConsentKind, ConsentState


class Consents:
    def __init__(self, work: Work) -> None:
        self._work = work

    def set(self, call_id: int, kind: ConsentKind, state: ConsentState, how: str) -> None:
        """Record what the caller said. `how`: notice | key | operator | request. Raises NoSuchCall.

        Turning a granted consent into a refusal is a withdrawal: when it was granted stays on file.
        """
        with self._work() as unit:
            call = unit.session.get(Call, call_id)
            if call is None:
                raise NoSuchCall(call_id=call_id)
            set_consent(unit, call, kind, state, how)

    @staticmethod
    def state_of(session: Session, call_id: int) -> dict[ConsentKind, ConsentState]:
        """Every kind; UNASKED where no record is."""
        found = {
            record.kind: record.state
            for record in session.scalars(select(Consent).where(Consent.call_id == call_id))
        }
        return {kind: found.get(kind, ConsentState.UNASKED) for kind in ConsentKind}
