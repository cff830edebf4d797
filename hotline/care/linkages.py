"""Hand-offs to 110/119/120: written down as they go on, and open until it is known whether help arrived."""

from __future__ import annotations

from hotline.care.errors import NextStepMissing, NoSuchCall, NoSuchLinkage
from models.audit import Auditor
from models.calls import Call
from models.events import LinkageChanged
from models.linkage import Linkage
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_talk import RescueReached


class Linkages:
    """Those that are dialled in a talk begin there (`routing/transfers.py`)."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def begin(self, call_id: int, person_id: int, service: str) -> int:
        """Somebody telephoned beside the talk; returns the linkage's id. Raises NoSuchCall."""
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            linkage = Linkage(
                call_id=call_id,
                service=service,
                asked_by_id=person_id,
                asked_at=unit.now,
                connected_at=unit.now,
            )
            unit.session.add(linkage)
            unit.session.flush()
            self._changed(unit, linkage, person_id, "linkage.begun")
            return linkage.id

    def write_down(self, linkage_id: int, person_id: int, reference: str, told: str) -> None:
        """Number of the incident and who took it; what was handed over. Raises NoSuchLinkage."""
        with self._work() as unit:
            linkage = self._load(unit, linkage_id)
            linkage.reference = reference.strip() or linkage.reference
            linkage.told = told.strip() or linkage.told
            self._changed(unit, linkage, person_id, "linkage.written")

    def reached(
        self, linkage_id: int, person_id: int, reached: RescueReached, outcome: str, next_step: str = ""
    ) -> None:
        """Whether rescue reached the person, as somebody was told. Raises NoSuchLinkage, and NextStepMissing
        where it did not, or is not known, and nobody says what is done now."""
        with self._work() as unit:
            linkage = self._load(unit, linkage_id)
            if reached is not RescueReached.YES and not (next_step.strip() or linkage.next_step):
                raise NextStepMissing(linkage_id=linkage_id)
            linkage.reached, linkage.outcome = reached, outcome.strip() or linkage.outcome
            linkage.next_step = next_step.strip() or linkage.next_step
            linkage.reached_at, linkage.reached_by_id = unit.now, person_id
            self._changed(unit, linkage, person_id, f"linkage.reached_{reached}")

    def _load(self, unit: UnitOfWork, linkage_id: int) -> Linkage:
        linkage = unit.session.get(Linkage, linkage_id, with_for_update=True)
        if linkage is None:
            raise NoSuchLinkage(linkage_id=linkage_id)
        return linkage

    def _changed(self, unit: UnitOfWork, linkage: Linkage, person_id: int, action: str) -> None:
        subject = f"call:{linkage.call_id}"
        self._audit(unit, person_id, action, subject)
        unit.tell(LinkageChanged(linkage.call_id, linkage.id))
