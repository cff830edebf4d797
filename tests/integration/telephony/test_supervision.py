"""Supervisors in a talk: they come in muted, whisper to the operator alone, and every change is confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.errors import RescueUnknown
from hotline.care.linkages import Linkages
from hotline.routing.errors import CannotTransfer, NotInTalk, NotListening
from models.audit import AuditLine
from models.care import HelpRequest
from models.crypto import Keyring
from models.linkage import Linkage
from models.participation import Participation
from models.vocabulary_talk import AudioMode, ParticipationState, RescueReached, TransferKind
from tests.factories import a_person
from tests.fake_carrier import Leg
from tests.integration.telephony.test_transfers import Talk


class Listening(Talk):
    def supervisor_comes(self) -> Leg:
        with Session(self.engine) as session, session.begin():
            self.supervisor = a_person(session).id
        self.participation_id = self.supervision.listen(self.call_id, self.supervisor)
        self.work_off()
        leg = self.phone.ringing_legs()[-1]
        self.phone.seat_answers(leg)
        self.deliver()
        return leg

    def goes(self, mode: AudioMode) -> None:
        self.supervision.change(self.participation_id, self.supervisor, mode)
        self.work_off()
        self.deliver()

    @property
    def participation(self) -> Participation:
        with Session(self.engine) as session:
            return session.get_one(Participation, self.participation_id)

    def audited(self) -> list[str]:
        with Session(self.engine) as session:
            lines = session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
        return [action for action in lines if action.startswith("talk.")]


@pytest.fixture
def talk(engine: Engine, keyring: Keyring, tmp_path: Path) -> Listening:
    board = Listening(engine, keyring, tmp_path)
    board.begin()
    return board


def test_a_supervisor_comes_in_muted_and_each_mode_reaches_only_whom_it_names(talk: Listening) -> None:
    leg = talk.supervisor_comes()
    assert leg.number == f"client:person_{talk.supervisor}"
    both = {talk.caller.sid, talk.operator.sid}
    assert (talk.participation.mode, talk.phone.heard_by(leg)) == (AudioMode.LISTEN, set())
    assert talk.hears(leg) == both

    talk.goes(AudioMode.WHISPER)
    assert (talk.participation.mode, talk.phone.heard_by(leg)) == (AudioMode.WHISPER, {talk.operator.sid})
    talk.goes(AudioMode.JOIN)
    assert (talk.participation.mode, talk.phone.heard_by(leg)) == (AudioMode.JOIN, both)
    talk.goes(AudioMode.WHISPER)
    assert talk.phone.heard_by(leg) == {talk.operator.sid}
    talk.goes(AudioMode.LISTEN)
    assert (talk.participation.mode, talk.phone.heard_by(leg)) == (AudioMode.LISTEN, set())

    talk.supervision.leave(talk.participation_id, talk.supervisor)
    talk.work_off()
    assert not leg.lives
    assert talk.audited() == [
        "talk.listened",
        "talk.whisper",
        "talk.join",
        "talk.whisper",
        "talk.listen",
        "talk.left",
    ]


def test_on_no_step_between_two_modes_does_the_caller_hear_a_whisper(talk: Listening) -> None:
    leg = talk.supervisor_comes()
    seen: list[set[str]] = []
    tell = talk.phone._tell_conference

    def watching(who: Leg, event: str, more: dict[str, str] | None = None) -> None:
        seen.append(talk.phone.heard_by(leg))
        tell(who, event, more)

    talk.phone._tell_conference = watching  # type: ignore[method-assign]
    for mode in (AudioMode.WHISPER, AudioMode.LISTEN, AudioMode.WHISPER):
        talk.goes(mode)
    assert all(talk.caller.sid not in heard for heard in seen)


def test_a_mode_is_what_the_carrier_confirmed_and_an_older_word_changes_nothing(talk: Listening) -> None:
    talk.supervisor_comes()
    talk.supervision.change(talk.participation_id, talk.supervisor, AudioMode.JOIN)
    talk.work_off()
    assert talk.participation.mode is AudioMode.LISTEN
    confirmations = list(talk.phone.unsent)
    talk.phone.unsent.clear()
    talk.deliver(confirmations[::-1])
    assert talk.participation.mode is AudioMode.JOIN


def test_a_lost_confirmation_is_read_from_the_carrier(talk: Listening) -> None:
    talk.supervisor_comes()
    talk.supervision.change(talk.participation_id, talk.supervisor, AudioMode.WHISPER)
    talk.work_off()
    talk.phone.unsent.clear()
    talk.tick_when_settled()
    assert talk.participation.mode is AudioMode.WHISPER


def test_who_joined_stands_against_a_transfer_and_who_listens_does_not(talk: Listening) -> None:
    talk.supervisor_comes()
    talk.goes(AudioMode.JOIN)
    with pytest.raises(CannotTransfer) as refused:
        talk.transfers.to_seat(talk.call_id, talk.first, talk.second_seat, TransferKind.COLD)
    assert refused.value.details["reason"] == "supervisor_joined"
    talk.goes(AudioMode.LISTEN)
    talk.ask(TransferKind.COLD)


def test_when_the_call_is_handed_over_a_whisper_becomes_silence(talk: Listening) -> None:
    leg = talk.supervisor_comes()
    talk.goes(AudioMode.WHISPER)
    second = talk.answered(TransferKind.COLD)
    assert talk.phone.heard_by(leg) == set()
    assert talk.participation.mode is AudioMode.LISTEN
    talk.goes(AudioMode.WHISPER)
    assert talk.phone.heard_by(leg) == {second.sid}


def test_listening_answers_a_cry_for_help(talk: Listening) -> None:
    talk.conversation.ask_help(talk.call_id, talk.first)
    talk.supervisor_comes()
    with Session(talk.engine) as session:
        assert session.scalars(select(HelpRequest)).one().seen_by_id == talk.supervisor


def test_asking_twice_is_one_leg_and_another_talk_is_left_first(talk: Listening) -> None:
    leg = talk.supervisor_comes()
    assert talk.supervision.listen(talk.call_id, talk.supervisor) == talk.participation_id
    other = talk.a_caller("13900000009")
    talk.phone.seat_answers(talk.phone.ringing_legs()[-1])
    talk.deliver()
    talk.supervision.listen(talk.call_of(other).id, talk.supervisor)
    talk.work_off()
    assert not leg.lives


def test_nobody_listens_where_there_is_no_talk_nor_changes_anothers_leg(talk: Listening) -> None:
    talk.supervisor_comes()
    with pytest.raises(NotListening):
        talk.supervision.change(talk.participation_id, talk.first, AudioMode.JOIN)
    talk.phone.hang_up(talk.caller)
    talk.deliver()
    assert talk.participation.state is ParticipationState.LEFT
    with pytest.raises(NotInTalk):
        talk.supervision.listen(talk.call_id, talk.supervisor)
    with pytest.raises(NotListening):
        talk.supervision.change(talk.participation_id, talk.supervisor, AudioMode.JOIN)


def test_a_danger_with_a_hand_off_closes_only_when_it_is_known_whether_rescue_came(talk: Listening) -> None:
    danger = talk.danger.raise_danger(talk.call_id, "desk", talk.first)
    talk.answered(TransferKind.CONSULT, "120")
    with Session(talk.engine) as session:
        linkage = session.scalars(select(Linkage)).one()
    assert linkage.danger_id == danger
    with pytest.raises(RescueUnknown):
        talk.danger.close(danger, talk.first, "120 已出车")
    linkages = Linkages(talk.work, b"audit key of the tests")
    linkages.write_down(linkage.id, talk.first, "2026-1188 王接警", "临湖区，药物在身边")
    linkages.reached(linkage.id, talk.first, RescueReached.YES, "已送医")
    talk.danger.close(danger, talk.first, "120 已送医")
