"""What must hold when a history was left alone for a minute, with every callback lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from agent_console.refusals import REASONS
from hotline.routing.replay import replay
from models.calls import Call, Callback, CallbackTry, CallEvent, Offer
from models.participation import Participation, Transfer
from models.seats import Seat
from models.vocabulary import AgentStatus, CallbackState, CallState, OfferState, SeatState
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState, TransferState
from tests.fake_carrier import FakeCarrier, Leg
from tests.integration.histories.invariants import CALLED_IN, DIALLED

TALKS = (CallState.CONNECTING, CallState.TALKING)
RUNNING = tuple(state for state in TransferState if state.is_open)


def records_equal_the_carrier(engine: Engine, phone: FakeCarrier, callers: Sequence[Leg]) -> None:
    """No call lost, none answered twice, no leg without a record, and no record without its leg."""
    with Session(engine) as session:
        every = session.scalars(select(Call)).all()
        seats = session.scalars(select(Seat)).all()
        rings = set(session.scalars(select(Offer.leg_sid).where(Offer.state == OfferState.MADE)))
        called_in = session.scalars(select(Participation).where(Participation.state.in_(CALLED_IN))).all()
    # A call-back that was not dialled yet has no leg.
    calls = {call.carrier_sid: call for call in every if call.carrier_sid is not None}
    dialled = [leg for leg in phone.legs.values() if DIALLED in leg.callback_url]
    own = {leg.sid: leg for leg in [*callers, *dialled]}
    assert {call.carrier_sid for call in every if not call.is_outbound} == {leg.sid for leg in callers}
    assert set(calls) <= set(own), "every call is on file, once"
    for sid, leg in own.items():
        if sid not in calls:
            assert not leg.lives, "a person is rung of whom no record knows"
            continue
        call = calls[sid]
        assert leg.lives == (call.state is not CallState.ENDED), (call.id, call.state)
        assert leg.lives or call.outcome is not None
    for call in every:
        if call.state is CallState.TALKING:
            inside = {str(one.leg_sid) for one in called_in if one.call_id == call.id and _is_in(one)}
            both = {str(call.carrier_sid), str(call.operator_sid)}
            assert phone.inside(call.conference_name) == inside | both, "answered twice, or by nobody"
    held = {(seat.id, seat.call_id) for seat in seats if seat.state is SeatState.TALKING}
    serve = {(call.seat_id, call.id) for call in every if call.state in TALKS and call.seat_id}
    serve |= {(one.seat_id, one.call_id) for one in called_in if one.seat_id and _is_in(one)}
    assert held == serve
    known = rings | {call.operator_sid for call in every if call.state in TALKS}
    known |= {one.leg_sid for one in called_in} | set(calls)
    up = {leg.sid for leg in phone.legs.values() if leg.callback_url and leg.lives}
    assert up <= known, "a leg is up for nobody"


def _is_in(one: Participation) -> bool:
    return one.state is ParticipationState.IN


def talks_are_whole(engine: Engine, phone: FakeCarrier) -> None:
    """Nobody stays on hold for nobody, no transfer hangs, and supervisors' legs are as the pages say."""
    with Session(engine) as session:
        talks = session.scalars(select(Call).where(Call.state == CallState.TALKING)).all()
        running = session.scalars(select(Transfer).where(Transfer.state.in_(RUNNING))).all()
        called_in = session.scalars(select(Participation).where(Participation.state.in_(CALLED_IN))).all()
        holds = session.execute(
            select(CallEvent.call_id, CallEvent.data)
            .where(CallEvent.kind == "hold_asked")
            .order_by(CallEvent.id)
        ).all()
    last_word = {row.call_id: row.data for row in holds}
    for transfer in running:
        assert transfer.state is not TransferState.ASKED, "a target rings for ever"
        assert any(one.transfer_id == transfer.id and _is_in(one) for one in called_in)
    for call in talks:
        leg = phone.legs[str(call.carrier_sid)]
        assert leg.on_hold == call.on_hold == call.hold_wanted, "hold is what the carrier says"
        runs = any(transfer.call_id == call.id for transfer in running)
        by_a_person = last_word.get(call.id, {}).get("person_id") is not None
        assert not call.on_hold or runs or by_a_person, "a caller is on hold for nobody"
    for one in called_in:
        if one.role is ParticipantRole.SUPERVISOR and _is_in(one):
            leg = phone.legs[str(one.leg_sid)]
            mode = AudioMode.WHISPER if leg.coaches else AudioMode.JOIN
            assert one.mode is (AudioMode.LISTEN if leg.muted else mode)


def each_owed_call_has_its_place(engine: Engine) -> None:
    """Who is owed a call stands in line, is served, waits for the next try, or is with a person; once."""
    with Session(engine) as session:
        owed = session.scalars(select(Callback)).all()
        alive = session.execute(
            select(CallbackTry.callback_id, Call.state)
            .join(Call, Call.id == CallbackTry.call_id)
            .where(Call.state != CallState.ENDED)
        ).all()
    served = {row.callback_id for row in alive}
    for callback in owed:
        rung = callback.state in (CallbackState.IN_LINE, CallbackState.DIALLING)
        assert (callback.id in served) == rung, (callback.id, callback.state)


def seats_are_understood(engine: Engine) -> None:
    """Left alone for long, a seat talks, rings, is free, or is paused for a reason in plain words."""
    with Session(engine) as session:
        for seat in session.scalars(select(Seat)):
            assert seat.state is not SeatState.WRAP_UP, "a wrap-up that never ends"
            if seat.state is SeatState.PAUSED and seat.status is AgentStatus.READY and seat.device_live:
                assert seat.state_reason in REASONS, seat.state_reason


def the_log_rebuilds_the_records(engine: Engine) -> None:
    with Session(engine) as session:
        assert list(replay(session).differences) == []
