"""Supervisors in a talk: they come in listening, and each change is asked, confirmed and audited."""

from __future__ import annotations

from sqlalchemy import select

from hotline.routing.errors import NotInTalk, NotListening, UnknownCall
from hotline.routing.participations import (
    OPEN,
    invite,
    load_participation,
    set_mode_wanted,
    take_down,
)
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call
from models.audit import Auditor
from models.calls import Call
from models.participation import Participation
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState


class Supervision:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def listen(self, call_id: int, person_id: int) -> int:
        """Come in muted, heard by nobody; returns the participation's id. A second wish is the same one.

        Whoever listens elsewhere leaves there first. Raises UnknownCall, NotInTalk.
        """

        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id)
            if call is None:
                raise UnknownCall(call_id=call_id)
            if (
                call.state is not CallState.TALKING
                or call.operator_sid is None
                or call.person_id == person_id
            ):
                raise NotInTalk(call_id=call_id)
            for one in self._own(unit, person_id):
                if one.call_id == call_id:
                    return one.id
                take_down(unit, one.call, one, "went_elsewhere")
            one = Participation(
                role=ParticipantRole.SUPERVISOR,
                person_id=person_id,
                mode=AudioMode.LISTEN,
                mode_wanted=AudioMode.LISTEN,
                asked_by_id=person_id,
            )
            invite(unit, call, one)
            self._audit(unit, call, person_id, "talk.listened")
            return one.id

        return in_one_unit(self._work, step)

    def change(self, participation_id: int, person_id: int, mode: AudioMode) -> None:
        """Listen, whisper to the operator's leg alone, or join. Raises NotListening."""

        def step(unit: UnitOfWork) -> None:
            one = load_participation(unit, participation_id)
            if one is None or one.person_id != person_id or one.state is not ParticipationState.IN:
                raise NotListening(participation_id=participation_id)
            call = load_call(unit, one.call_id)
            if call is None or call.operator_sid is None:
                raise NotListening(participation_id=participation_id)
            set_mode_wanted(unit, call, one, mode)
            self._audit(unit, call, person_id, f"talk.{mode}")

        in_one_unit(self._work, step)

    def leave(self, participation_id: int, person_id: int) -> None:
        """Out of the talk. Whoever is out already stays out."""

        def step(unit: UnitOfWork) -> None:
            one = load_participation(unit, participation_id)
            if one is None or one.person_id != person_id or one.role is not ParticipantRole.SUPERVISOR:
                raise NotListening(participation_id=participation_id)
            if take_down(unit, one.call, one, "left"):
                self._audit(unit, one.call, person_id, "talk.left")

        in_one_unit(self._work, step)

    def captions_opened(self, participation_id: int, person_id: int) -> None:
        """Somebody beside the call's operator reads along: audited once for each coming in.

        Raises NotListening for who is not in the talk.
        """

        def step(unit: UnitOfWork) -> None:
            one = load_participation(unit, participation_id)
            if one is None or one.person_id != person_id or one.state is not ParticipationState.IN:
                raise NotListening(participation_id=participation_id)
            if one.captions_opened_at is None:
                one.captions_opened_at = unit.now
                self._audit(unit, one.call, person_id, "captions.opened")

        in_one_unit(self._work, step)

    def _own(self, unit: UnitOfWork, person_id: int) -> list[Participation]:
        return list(
            unit.session.scalars(
                select(Participation).where(
                    Participation.person_id == person_id,
                    Participation.role == ParticipantRole.SUPERVISOR,
                    Participation.state.in_(OPEN),
                )
            )
        )

    def _audit(self, unit: UnitOfWork, call: Call, person_id: int, action: str) -> None:
        subject = f"call:{call.id}"
        self._audit_line(unit, person_id, action, subject)
