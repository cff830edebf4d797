"""Legs called into talks compared with the carrier: lost facts made up for, stuck legs taken down."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from hotline.routing.carrier_view import CarrierState
from hotline.routing.conversation import Conversation
from hotline.routing.hold import ask_again
from hotline.routing.legs import Legs
from hotline.routing.participations import OPEN, drop_leg
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call
from models.calls import Call, conference_name
from models.participation import Participation
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState
from models.vocabulary_talk import ParticipantRole, ParticipationState

ENDED_WITHIN = timedelta(minutes=10)
"""How long a leg that should be gone is looked for."""
OVER = (ParticipationState.LEFT, ParticipationState.FAILED)


class LegReconciliation:
    def __init__(self, work: Work, legs: Legs, conversation: Conversation) -> None:
        self._work = work
        self._legs = legs
        self._conversation = conversation

    def conferences_in_doubt(self) -> set[str]:
        """Talks with legs besides the two, and those where the carrier never confirmed a hold or a mute."""
        unconfirmed = or_(Call.hold_wanted != Call.on_hold, Call.mute_wanted != Call.operator_muted)
        with reading(self._work) as unit:
            with_legs = select(Participation.call_id).where(Participation.state.in_(OPEN))
            ids = unit.session.scalars(
                select(Call.id).where(
                    Call.state == CallState.TALKING, or_(unconfirmed, Call.id.in_(with_legs))
                )
            ).all()
        return {conference_name(call_id) for call_id in ids}

    def compare(
        self, carrier: CarrierState, lives: Collection[str], settled: datetime, *, judge_gone: bool
    ) -> int:
        """`lives`: legs that one of the last two looks saw; a single look may pass over one."""
        repaired = self._repair_legs(carrier, lives if judge_gone else None, settled)
        return repaired + self._repair_audio(carrier, settled) + self._drop_stuck(carrier, settled)

    def _repair_legs(self, carrier: CarrierState, lives: Collection[str] | None, settled: datetime) -> int:
        with reading(self._work) as unit:
            legs = unit.session.scalars(
                select(Participation).where(
                    Participation.state.in_(OPEN),
                    Participation.leg_sid.is_not(None),
                    Participation.asked_at < settled,
                )
            ).all()
        repairs = 0
        for one in legs:
            leg_sid = str(one.leg_sid)
            audio = carrier.audio.get(leg_sid)
            inside = leg_sid in carrier.conferences.get(conference_name(one.call_id), frozenset())
            if lives is not None and leg_sid not in lives:
                repairs += self._legs.vanished(one.id)
            elif inside and one.state is not ParticipationState.IN:
                repairs += self._legs.joined(one.call_id, leg_sid)
            elif inside and one.role is ParticipantRole.SUPERVISOR and audio is not None:
                repairs += self._legs.audio(
                    one.call_id, leg_sid, 0, muted=audio.muted, coaching=audio.coaching
                )
        return repairs

    def _repair_audio(self, carrier: CarrierState, settled: datetime) -> int:
        """Hold and mute are what the carrier says they are, in the talks that were looked at; where that is
        not what was asked for, it is asked for again."""
        sids = [sid for inside in carrier.conferences.values() for sid in inside]
        with reading(self._work) as unit:
            calls = unit.session.scalars(
                select(Call).where(Call.state == CallState.TALKING, Call.carrier_sid.in_(sids))
            ).all()
        repairs = 0
        for call in calls:
            caller = carrier.audio.get(str(call.carrier_sid))
            operator = carrier.audio.get(str(call.operator_sid))
            held = call.on_hold if caller is None else caller.on_hold
            muted = call.operator_muted if operator is None else operator.muted
            if held != call.on_hold:
                repairs += self._conversation.held(call.id, held)
            if muted != call.operator_muted:
                repairs += self._conversation.muted(call.id, str(call.operator_sid), muted)
            if (held, muted) != (call.hold_wanted, call.mute_wanted):
                repairs += in_one_unit(self._work, _asked_again(call.id, settled))
        return repairs

    def _drop_stuck(self, carrier: CarrierState, settled: datetime) -> int:
        """A leg that is over by our record and lives at the carrier would be an ear that nobody knows of."""

        def step(unit: UnitOfWork) -> int:
            stuck = unit.session.scalars(
                select(Participation.leg_sid).where(
                    Participation.state.in_(OVER),
                    Participation.leg_sid.is_not(None),
                    Participation.ended_at < settled,
                    Participation.ended_at > settled - ENDED_WITHIN,
                )
            ).all()
            alive = [sid for sid in stuck if sid in carrier.legs]
            for sid in alive:
                drop_leg(unit, sid, again=True)
            return len(alive)

        return in_one_unit(self._work, step)


def _asked_again(call_id: int, settled: datetime) -> Callable[[UnitOfWork], int]:
    def step(unit: UnitOfWork) -> int:
        call = load_call(unit, call_id)
        return ask_again(unit, call, settled) if call is not None and call.state is CallState.TALKING else 0

    return step
