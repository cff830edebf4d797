"""Transfers as an operator asks for them: consult, three-way, hand over, cold, to the queue, 110/120.

Each checks again, under the call's lock, what the page showed; what the carrier does comes back as facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from hotline.domain.opening_hours import is_open
from hotline.domain.priority import Reason
from hotline.domain.seat_state import SeatFact
from hotline.domain.transfer import Step, TransferFact, why_no_hand_over, why_seat_cannot
from hotline.routing.errors import CannotTransfer, NotInTalk
from hotline.routing.hold import ask_hold
from hotline.routing.participations import invite, load_participation
from hotline.routing.queue_place import set_wants
from hotline.routing.scene import local_time
from hotline.routing.transactions import in_one_unit
from hotline.routing.transfer_request import begin, ring, serving
from hotline.routing.transfer_steps import (
    free_operator,
    on_fact,
    open_transfer,
    party_of,
    put_back,
    target_of,
)
from hotline.routing.transitions import load_call, load_seat, move_seat
from models.events import TransferChanged
from models.network import PartnerLine
from models.participation import Participation, Transfer
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_network import PartnerKind
from models.vocabulary_talk import ParticipantRole, TransferKind, TransferState

EMERGENCY = {PartnerKind.POLICE: "110", PartnerKind.FIRE: "119", PartnerKind.AMBULANCE: "120"}
SERVICES = frozenset({"110", "119", "120", "122"})


class Transfers:
    def __init__(self, work: Work) -> None:
        self._work = work

    def to_seat(self, call_id: int, person_id: int, seat_id: int, kind: TransferKind, words: str = "") -> int:
        """Ring another seat; returns the transfer's id. Raises NotInTalk, CannotTransfer."""

        def step(unit: UnitOfWork) -> int:
            call = serving(unit, call_id, person_id)
            seat = load_seat(unit, seat_id)
            if seat is None:
                raise CannotTransfer(reason="target_offline")
            against = why_seat_cannot(seat.state, own=seat.id == call.seat_id)
            if against is not None:
                raise CannotTransfer(reason=against)
            transfer = begin(unit, call, kind, words, to_seat_id=seat.id, to_person_id=seat.person_id)
            one = Participation(
                role=ParticipantRole.SECOND_OPERATOR,
                seat_id=seat.id,
                person_id=seat.person_id,
                asked_by_id=person_id,
                transfer_id=transfer.id,
            )
            invite(unit, call, one)
            move_seat(unit, seat, SeatFact.OFFERED, call_id=call.id)
            return transfer.id

        return in_one_unit(self._work, step)

    def to_partner(
        self, call_id: int, person_id: int, partner_id: int, kind: TransferKind, words: str = ""
    ) -> int:
        """Ring a line of the directory. Raises NotInTalk, CannotTransfer."""

        def step(unit: UnitOfWork) -> int:
            call = serving(unit, call_id, person_id)
            partner = unit.session.get(PartnerLine, partner_id)
            if partner is None or not partner.active:
                raise CannotTransfer(reason="target_offline")
            if not is_open(partner.hours, local_time(unit.session, unit.now)):
                raise CannotTransfer(reason="target_closed")
            service = EMERGENCY.get(partner.kind)
            return ring(unit, call, person_id, partner.number, kind, words, service, partner_id)

        return in_one_unit(self._work, step)

    def to_number(
        self, call_id: int, person_id: int, number: str, kind: TransferKind, words: str = ""
    ) -> int:
        """Ring a number that the operator typed. Raises NotInTalk, CannotTransfer."""

        def step(unit: UnitOfWork) -> int:
            call = serving(unit, call_id, person_id)
            digits = "".join(sign for sign in number if sign.isdigit())
            if not 3 <= len(digits) <= 15:
                raise CannotTransfer(reason="no_number")
            service = digits if digits in SERVICES else None
            return ring(unit, call, person_id, number, kind, words, service, None)

        return in_one_unit(self._work, step)

    def to_emergency(self, call_id: int, person_id: int, service: str, words: str = "") -> int:
        """110, 119, 120 or 122 beside the caller; the operator stays. Raises NotInTalk, CannotTransfer."""
        if service not in SERVICES:
            raise CannotTransfer(reason="no_number")
        return self.to_number(call_id, person_id, service, TransferKind.CONSULT, words)

    def to_queue(
        self,
        call_id: int,
        person_id: int,
        *,
        language: str | None = None,
        skills: Sequence[str] = (),
        centre_id: int | None = None,
        words: str = "",
    ) -> int:
        """The caller waits for somebody who fits, keeping the old place. Raises NotInTalk, CannotTransfer.

        ValueError for a code that is in no list.
        """

        def step(unit: UnitOfWork) -> int:
            call = serving(unit, call_id, person_id)
            transfer = begin(
                unit,
                call,
                TransferKind.QUEUE,
                words,
                to_language=language,
                to_skills=list(skills),
                to_centre_id=centre_id,
            )
            set_wants(unit, call, language=language, skills=list(skills) or None, centre_id=centre_id)
            free_operator(unit, call, "handed_over")
            put_back(unit, call, Reason.TRANSFERRED)
            transfer.state, transfer.ended_at = TransferState.COMPLETED, unit.now
            unit.tell(TransferChanged(call.id, transfer.id, str(transfer.state)))
            return transfer.id

        return in_one_unit(self._work, step)

    def bring_in(self, call_id: int, person_id: int) -> None:
        """All three talk: the caller comes off hold; it is so when the carrier confirms."""

        def step(unit: UnitOfWork) -> None:
            call = serving(unit, call_id, person_id)
            transfer = open_transfer(unit, call.id)
            if transfer is None or transfer.state is not TransferState.CONSULTING:
                raise CannotTransfer(reason="nobody_to_hand_to")
            ask_hold(unit, call, False, person_id)

        in_one_unit(self._work, step)

    def hand_over(self, call_id: int, person_id: int) -> None:
        """Warm: the target has the caller, the operator goes."""

        def step(unit: UnitOfWork) -> None:
            call = serving(unit, call_id, person_id)
            transfer = open_transfer(unit, call.id)
            target = target_of(unit, transfer) if transfer is not None else None
            if transfer is None or target is None:
                raise CannotTransfer(reason="nobody_to_hand_to")
            against = why_no_hand_over(transfer.state, party_of(target))
            if against is not None:
                raise CannotTransfer(reason=against)
            on_fact(unit, call, transfer, TransferFact.HAND_OVER)

        in_one_unit(self._work, step)

    def cancel(self, call_id: int, person_id: int) -> None:
        """Back to two: the target goes, the caller comes off hold. Nothing open: nothing changes."""

        def step(unit: UnitOfWork) -> None:
            call = serving(unit, call_id, person_id)
            transfer = open_transfer(unit, call.id)
            if transfer is not None:
                on_fact(unit, call, transfer, TransferFact.CANCEL)

        in_one_unit(self._work, step)

    def decline(self, participation_id: int, person_id: int) -> bool:
        """The seat that was rung says not now; the call goes back to who asked."""

        def step(unit: UnitOfWork) -> bool:
            found = unit.session.get(Participation, participation_id)
            call = load_call(unit, found.call_id) if found is not None else None
            one = load_participation(unit, participation_id)
            if call is None or one is None or one.person_id != person_id or one.transfer_id is None:
                raise NotInTalk(participation_id=participation_id)
            transfer = unit.session.get(Transfer, one.transfer_id)
            if transfer is None:
                return False
            return on_fact(unit, call, transfer, TransferFact.TARGET_FAILED, "declined") is not Step.NOTHING

        return in_one_unit(self._work, step)

    def leave(self, call_id: int, person_id: int) -> None:
        """The second operator goes out of a talk that is still the first one's."""

        def step(unit: UnitOfWork) -> None:
            call = load_call(unit, call_id)
            transfer = open_transfer(unit, call_id)
            target = target_of(unit, transfer) if transfer is not None else None
            if call is None or transfer is None or target is None or target.person_id != person_id:
                raise NotInTalk(call_id=call_id)
            on_fact(unit, call, transfer, TransferFact.TARGET_LEFT, "target_left")

        in_one_unit(self._work, step)
