"""Transfers on the fake carrier: who hears the caller, who is freed, and where a failed one ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.errors import CannotTransfer, NotInTalk
from hotline.routing.replay import replay
from hotline.routing.wrap_up import owes_note
from models.crypto import Keyring
from models.linkage import Linkage
from models.participation import Participation, Transfer
from models.seats import Seat
from models.vocabulary import CallState, SeatState
from models.vocabulary_talk import ParticipationState, TransferKind, TransferState
from tests.fake_carrier import Callback, Leg
from tests.integration.telephony.switchboard import Switchboard

CONSULT, COLD = TransferKind.CONSULT, TransferKind.COLD
NUMBER = "13800138000"
PARTNER = "087165011111"


class Talk(Switchboard):
    """Two seats; the first talks with a caller, the second is free."""

    def begin(self) -> Talk:
        self.first_seat, self.first = self.a_ready_seat()
        self.caller, self.operator = self.a_talk()
        self.second_seat, self.second = self.a_ready_seat()
        self.call_id = self.call_of(self.caller).id
        return self

    def ask(self, kind: TransferKind, to: str = "seat") -> Leg:
        """The leg that now rings."""
        if to == "seat":
            self.transfers.to_seat(self.call_id, self.first, self.second_seat, kind, "家里有人，情绪低落")
        else:
            self.transfers.to_number(self.call_id, self.first, to, kind)
        self.work_off()
        self.deliver()
        return self.phone.ringing_legs()[-1]

    def answered(self, kind: TransferKind, to: str = "seat") -> Leg:
        leg = self.ask(kind, to)
        self.phone.seat_answers(leg)
        self.deliver()
        return leg

    @property
    def transfer(self) -> Transfer:
        with Session(self.engine) as session:
            return session.scalars(select(Transfer).order_by(Transfer.id.desc())).first()  # type: ignore[return-value]

    @property
    def state(self) -> CallState:
        return self.call(self.call_id).state

    def both(self) -> tuple[SeatState, SeatState]:
        return self.seat(self.first_seat).state, self.seat(self.second_seat).state

    def hears(self, leg: Leg) -> set[str]:
        """Whose voices reach this leg."""
        return {other.sid for other in self.phone.legs.values() if leg.sid in self.phone.heard_by(other)}

    def tick_when_settled(self) -> None:
        """Two looks of reconciliation: what one may pass over, two don't."""
        for seconds in (30, 6):
            self.stopped.advance(seconds=seconds)
            self.deadlines.tick()
            self.work_off()
            self.deliver()


@pytest.fixture
def talk(engine: Engine, keyring: Keyring, tmp_path: Path) -> Talk:
    board = Talk(engine, keyring, tmp_path).begin()
    yield board  # type: ignore[misc]
    with Session(engine) as session:
        assert replay(session).differences == [], "the log rebuilds what the records say"


def test_a_consultation_is_not_heard_by_the_caller_and_ends_with_both_back(talk: Talk) -> None:
    ringing = talk.ask(CONSULT)
    assert talk.call(talk.call_id).on_hold
    assert any("请稍等" in line for line in talk.caller.heard)
    assert talk.both() == (SeatState.TALKING, SeatState.OFFERED)
    talk.phone.seat_answers(ringing)
    talk.deliver()
    assert talk.transfer.state is TransferState.CONSULTING
    assert talk.hears(talk.caller) == set()
    assert talk.hears(talk.operator) == {ringing.sid}

    talk.transfers.cancel(talk.call_id, talk.first)
    talk.work_off()
    talk.deliver()
    assert talk.transfer.state is TransferState.ENDED
    assert talk.hears(talk.caller) == {talk.operator.sid}
    assert talk.both() == (SeatState.TALKING, SeatState.AVAILABLE)
    assert not ringing.lives


def test_warm_consult_three_way_and_hand_over(talk: Talk) -> None:
    second = talk.answered(CONSULT)
    talk.transfers.bring_in(talk.call_id, talk.first)
    talk.work_off()
    assert talk.transfer.state is TransferState.CONSULTING, "three-way only when the carrier confirmed"
    talk.deliver()
    assert talk.transfer.state is TransferState.THREE_WAY
    assert talk.hears(talk.caller) == {talk.operator.sid, second.sid}

    talk.transfers.hand_over(talk.call_id, talk.first)
    talk.work_off()
    talk.deliver()
    call = talk.call(talk.call_id)
    assert (call.seat_id, call.person_id, call.operator_sid) == (talk.second_seat, talk.second, second.sid)
    assert call.caller_number == NUMBER, "the original number survives"
    assert talk.transfer.state is TransferState.COMPLETED
    assert talk.transfer.words == "家里有人，情绪低落"
    assert talk.both() == (SeatState.WRAP_UP, SeatState.TALKING)
    assert talk.hears(talk.caller) == {second.sid}
    with Session(talk.engine) as session:
        assert not owes_note(session, session.get_one(Seat, talk.first_seat)), "the note went along"
    talk.wrap_up.finish(talk.first)
    with pytest.raises(NotInTalk):
        talk.conversation.end(talk.call_id, talk.first)

    talk.phone.hang_up(talk.caller)
    talk.deliver()
    assert talk.both() == (SeatState.AVAILABLE, SeatState.WRAP_UP)
    assert [leg for leg in talk.phone.legs.values() if leg.lives] == []
    with Session(talk.engine) as session:
        assert owes_note(session, session.get_one(Seat, talk.second_seat))


def test_cold_the_operator_is_freed_only_when_the_target_is_there(talk: Talk) -> None:
    ringing = talk.ask(COLD)
    assert talk.operator.lives
    assert talk.both()[0] is SeatState.TALKING
    talk.phone.seat_answers(ringing)
    talk.deliver()
    assert talk.transfer.state is TransferState.COMPLETED
    assert not talk.operator.lives
    assert talk.hears(talk.caller) == {ringing.sid}
    assert talk.both() == (SeatState.WRAP_UP, SeatState.TALKING)


@pytest.mark.parametrize(
    ("status", "reason"), [("no-answer", "no_answer"), ("busy", "declined"), ("failed", "leg_failed")]
)
@pytest.mark.parametrize("kind", [CONSULT, COLD])
def test_a_failed_transfer_returns_to_the_first_operator_who_sees_why(
    talk: Talk, kind: TransferKind, status: str, reason: str
) -> None:
    talk.phone.seat_lets_ring(talk.ask(kind), status)
    talk.deliver()
    assert (talk.transfer.state, talk.transfer.reason) == (TransferState.RETURNED, reason)
    assert talk.hears(talk.caller) == {talk.operator.sid}
    assert not talk.call(talk.call_id).on_hold
    assert talk.both() == (SeatState.TALKING, SeatState.PAUSED)
    assert talk.seat(talk.second_seat).state_reason == reason


def test_a_target_that_declines_by_button_brings_the_caller_back(talk: Talk) -> None:
    ringing = talk.ask(COLD)
    with Session(talk.engine) as session:
        one = session.scalars(select(Participation)).one()
    with pytest.raises(NotInTalk):
        talk.transfers.decline(one.id, talk.first)
    assert talk.transfers.decline(one.id, talk.second)
    talk.work_off()
    talk.deliver()
    assert talk.transfer.reason == "declined"
    assert not ringing.lives
    assert talk.hears(talk.caller) == {talk.operator.sid}


def test_a_target_whose_person_signs_off_while_it_rings_brings_the_caller_back(talk: Talk) -> None:
    ringing = talk.ask(COLD)
    talk.seats.sign_off(talk.second)
    talk.work_off()
    talk.deliver()
    assert (talk.transfer.state, talk.transfer.reason) == (TransferState.RETURNED, "target_offline")
    assert not ringing.lives
    assert talk.hears(talk.caller) == {talk.operator.sid}
    assert talk.both() == (SeatState.TALKING, SeatState.OFFLINE)


def test_a_danger_marked_at_the_desk_stands_in_the_log(talk: Talk) -> None:
    talk.danger.raise_danger(talk.call_id, "desk", talk.first)
    assert talk.call(talk.call_id).danger
    assert "danger" in talk.log_of(talk.call_id)


def test_target_and_operator_gone_the_caller_is_at_the_head_with_the_reason(talk: Talk) -> None:
    other = talk.a_caller("13900000001")
    ringing = talk.phone.ringing_legs()[-1]
    talk.phone.seat_lets_ring(ringing)  # the second seat is paused: nobody else is free
    talk.deliver()
    with pytest.raises(CannotTransfer) as refused:
        talk.transfers.to_seat(talk.call_id, talk.first, talk.second_seat, COLD)
    assert refused.value.details["reason"] == "target_paused"
    leg = talk.ask(COLD, PARTNER)
    talk.phone.hang_up(talk.operator)
    talk.deliver()
    assert talk.state is CallState.TALKING, "the target still rings and may take over"
    talk.phone.seat_lets_ring(leg, "busy")
    talk.deliver()
    call = talk.call(talk.call_id)
    assert call.state is CallState.QUEUED
    assert call.queue_reasons[0] == "transfer_bounced"
    assert talk.transfer.state is TransferState.BOUNCED
    assert talk.caller.lives
    assert talk.caller.in_queue
    key = talk.call_of(other).queue_key
    assert call.queue_key is not None
    assert key is not None
    assert call.queue_key < key


def test_an_operator_who_drops_out_leaves_the_caller_with_the_target(talk: Talk) -> None:
    second = talk.answered(CONSULT)
    talk.phone.hang_up(talk.operator)
    talk.deliver()
    assert talk.transfer.state is TransferState.COMPLETED
    assert talk.hears(talk.caller) == {second.sid}
    assert talk.both() == (SeatState.PAUSED, SeatState.TALKING)


def test_a_partner_line_takes_over_and_when_it_is_done_the_caller_is_ours_again(talk: Talk) -> None:
    partner = talk.answered(COLD, PARTNER)
    assert talk.transfer.state is TransferState.COMPLETED
    assert talk.hears(talk.caller) == {partner.sid}
    with Session(talk.engine) as session:
        assert owes_note(session, session.get_one(Seat, talk.first_seat)), "nobody else writes it"
    talk.tick_when_settled()
    assert talk.state is CallState.TALKING, "reconciliation knows whom the caller talks with"
    talk.phone.hang_up(partner)
    talk.deliver()
    assert talk.caller.lives
    assert talk.call(talk.call_id).queue_reasons[0] == "transfer_bounced"


def test_to_the_queue_with_wants_keeps_the_arrival(talk: Talk) -> None:
    arrived = talk.call(talk.call_id).queue_key
    talk.transfers.to_queue(talk.call_id, talk.first, language="mn", skills=["youth"])
    talk.work_off()
    talk.deliver()
    call = talk.call(talk.call_id)
    assert (call.language, call.wanted_skills) == ("mn", ["youth"])
    assert call.queue_key == arrived
    assert "transferred" in call.queue_reasons
    assert any("更合适的同事" in line for line in talk.caller.heard)
    assert talk.both()[0] is SeatState.WRAP_UP
    assert talk.transfer.state is TransferState.COMPLETED


def test_the_callers_number_survives_every_transfer_of_a_chain(talk: Talk) -> None:
    before = talk.call(talk.call_id)
    partner = talk.answered(COLD, PARTNER)
    talk.phone.hang_up(partner)  # done there: the caller is ours again
    talk.deliver()
    talk.offers.distribute()
    talk.work_off()
    talk.deliver()
    talk.phone.seat_answers(talk.phone.ringing_legs()[-1])
    talk.deliver()
    talk.transfers.to_queue(talk.call_id, talk.second, skills=["youth"])
    talk.work_off()
    talk.deliver()

    call = talk.call(talk.call_id)
    assert call.caller_number == NUMBER
    assert (call.caller_hash, call.number_dialled) == (before.caller_hash, before.number_dialled)
    assert call.carrier_sid == talk.caller.sid, "one leg of the caller from first to last"
    with Session(talk.engine) as session:
        chain = session.scalars(select(Transfer).order_by(Transfer.id)).all()
        assert [(one.kind, one.state) for one in chain] == [
            (COLD, TransferState.COMPLETED),
            (TransferKind.QUEUE, TransferState.COMPLETED),
        ]
        rung = session.scalars(select(Participation.number)).all()
    assert rung == [PARTNER], "an outside line has a number of its own"


@pytest.mark.parametrize("stage", ["ringing", "consulting", "three_way"])
def test_a_caller_who_hangs_up_in_a_transfer_leaves_no_leg_and_no_seat_behind(talk: Talk, stage: str) -> None:
    leg = talk.ask(CONSULT)
    if stage != "ringing":
        talk.phone.seat_answers(leg)
        talk.deliver()
    if stage == "three_way":
        talk.transfers.bring_in(talk.call_id, talk.first)
        talk.work_off()
        talk.deliver()
    talk.phone.hang_up(talk.caller)
    talk.deliver()
    assert talk.transfer.state is TransferState.CALLER_LEFT
    assert [one for one in talk.phone.legs.values() if one.lives] == []
    after = SeatState.WRAP_UP if stage == "three_way" else SeatState.AVAILABLE
    assert talk.both() == (SeatState.WRAP_UP, after)
    assert talk.seat(talk.second_seat).state_reason == "caller_left"


def test_callbacks_told_twice_late_and_out_of_order_change_nothing(talk: Talk) -> None:
    heard: list[Callback] = []
    leg = talk.ask(COLD)
    talk.phone.seat_answers(leg)
    heard += talk.phone.unsent
    talk.deliver()
    heard += talk.phone.unsent
    before = (talk.both(), talk.transfer.state, talk.call(talk.call_id).operator_sid)
    for callback in reversed(heard):
        # Another number: as if the carrier told it anew, not only sent it again.
        callback.form = {**callback.form, "SequenceNumber": f"9{callback.form['SequenceNumber']}"}
        if callback.form.get("StatusCallbackEvent") != "participant-hold":
            talk.deliver([callback])
    assert (talk.both(), talk.transfer.state, talk.call(talk.call_id).operator_sid) == before


def test_lost_callbacks_are_made_up_for(talk: Talk) -> None:
    leg = talk.ask(COLD)
    talk.phone.seat_answers(leg)
    talk.phone.unsent.clear()
    talk.tick_when_settled()
    assert talk.transfer.state is TransferState.COMPLETED
    assert talk.hears(talk.caller) == {leg.sid}
    assert not talk.call(talk.call_id).on_hold


def test_a_lost_confirmation_of_hold_is_read_from_the_carrier(talk: Talk) -> None:
    talk.conversation.hold(talk.call_id, talk.first, True)
    talk.work_off()
    talk.phone.unsent.clear()
    assert not talk.call(talk.call_id).on_hold
    talk.tick_when_settled()
    assert talk.call(talk.call_id).on_hold


def test_a_target_that_hangs_up_with_the_callback_lost_is_found_out(talk: Talk) -> None:
    leg = talk.answered(CONSULT)
    talk.phone.hang_up(leg)
    talk.phone.unsent.clear()
    talk.tick_when_settled()
    assert talk.transfer.state is TransferState.ENDED
    assert talk.hears(talk.caller) == {talk.operator.sid}
    assert talk.both() == (SeatState.TALKING, SeatState.AVAILABLE)


def test_a_target_that_never_answers_though_the_carrier_is_silent(talk: Talk) -> None:
    talk.ask(COLD)
    talk.phone.unsent.clear()
    talk.tick_when_settled()
    talk.tick_when_settled()
    assert talk.transfer.state is TransferState.RETURNED
    assert talk.hears(talk.caller) == {talk.operator.sid}


def test_a_leg_that_should_be_gone_and_lives_is_taken_down(talk: Talk) -> None:
    leg = talk.answered(CONSULT)
    talk.phone.away = True
    talk.transfers.cancel(talk.call_id, talk.first)
    talk.work_off()
    talk.phone.away = False
    with Session(talk.engine) as session, session.begin():
        from models.outbox import OutboxRow
        from models.vocabulary import OutboxState

        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "drop_leg")):
            row.state = OutboxState.DEAD
    assert leg.lives
    talk.tick_when_settled()
    assert not leg.lives


def test_with_three_in_the_talk_no_other_transfer_begins(talk: Talk) -> None:
    talk.answered(CONSULT)
    third_seat, _ = talk.a_ready_seat()
    with pytest.raises(CannotTransfer) as refused:
        talk.transfers.to_seat(talk.call_id, talk.first, third_seat, COLD)
    assert refused.value.details["reason"] == "transfer_running"
    with pytest.raises(CannotTransfer):
        talk.conversation.hold(talk.call_id, talk.first, False)


def test_emergency_is_a_hand_off_on_record_and_the_operator_stays(talk: Talk) -> None:
    talk.transfers.to_emergency(talk.call_id, talk.first, "110")
    talk.work_off()
    talk.deliver()
    police = talk.phone.ringing_legs()[-1]
    assert police.number == "110"
    talk.phone.seat_answers(police)
    talk.deliver()
    talk.transfers.bring_in(talk.call_id, talk.first)
    talk.work_off()
    talk.deliver()
    assert talk.hears(police) == {talk.caller.sid, talk.operator.sid}
    with pytest.raises(CannotTransfer) as refused:
        talk.transfers.hand_over(talk.call_id, talk.first)
    assert refused.value.details["reason"] == "keep_the_line"
    with Session(talk.engine) as session:
        linkage = session.scalars(select(Linkage)).one()
    assert linkage.service == "110"
    assert linkage.connected_at is not None
    assert linkage.asked_by_id == talk.first


def test_the_chain_holds_every_transfer_in_its_order(talk: Talk) -> None:
    talk.phone.seat_lets_ring(talk.ask(COLD, PARTNER), "busy")
    talk.deliver()
    talk.answered(COLD)
    with Session(talk.engine) as session:
        chain = session.scalars(select(Transfer).order_by(Transfer.id)).all()
        legs = session.scalars(select(Participation).order_by(Participation.id)).all()
    assert [(one.from_seat_id, one.to_seat_id, one.state) for one in chain] == [
        (talk.first_seat, None, TransferState.RETURNED),
        (talk.first_seat, talk.second_seat, TransferState.COMPLETED),
    ]
    assert [one.state for one in legs] == [ParticipationState.FAILED, ParticipationState.TOOK_OVER]


def test_muting_is_told_when_the_carrier_confirms(talk: Talk) -> None:
    talk.conversation.mute(talk.call_id, talk.first, True)
    talk.work_off()
    assert not talk.call(talk.call_id).operator_muted
    talk.deliver()
    assert talk.call(talk.call_id).operator_muted
    assert talk.hears(talk.caller) == set()
    talk.conversation.mute(talk.call_id, talk.first, False)
    talk.work_off()
    talk.deliver()
    assert not talk.call(talk.call_id).operator_muted
    assert talk.hears(talk.caller) == {talk.operator.sid}
