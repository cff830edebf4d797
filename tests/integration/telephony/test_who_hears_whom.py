"""On the real exchange, by tones: who hears whom in a talk, a whisper, a consultation and a hand-over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.calls import Call
from models.crypto import Keyring
from models.participation import Participation, Transfer
from models.vocabulary import CallState
from models.vocabulary_talk import AudioMode, ParticipationState, TransferKind, TransferState
from tests.factories import a_person
from tests.grounds import SqliteGround
from tests.integration.telephony.exchange_process import (
    RATE,
    LiveSwitchboard,
    Telephone,
    eventually,
    loudness_of,
)

OPERATOR, SECOND, SUPERVISOR, CALLER = 440.0, 700.0, 1000.0, 620.0
LOUD, FAINT = 1500.0, 150.0


@pytest.fixture
def live(tmp_path: Path, keyring: Keyring, sqlite_ground: SqliteGround) -> Iterator[LiveSwitchboard]:
    engine = sqlite_ground.copy(tmp_path / "live.db")
    board = LiveSwitchboard(engine, keyring, tmp_path)
    try:
        board.start()
        yield board
    finally:
        board.stop()
        engine.dispose()


def last_second(phone: Telephone) -> Callable[[float], float]:
    heard = phone.heard()[-RATE:]
    return lambda hertz: loudness_of(heard, hertz)


def hears(phone: Telephone, *wanted: float, but_not: tuple[float, ...] = ()) -> None:
    """The last second holds these pitches and not those."""

    def so() -> bool:
        loud = last_second(phone)
        return all(loud(one) > LOUD for one in wanted) and all(loud(one) < FAINT for one in but_not)

    eventually(so, f"the caller hears {wanted} and not {but_not}", 15)


def record_of(live: LiveSwitchboard, kind: type[Any], row_id: int) -> Any:
    with Session(live.engine) as session:
        return session.get_one(kind, row_id)


def test_who_hears_whom_in_a_talk_a_whisper_and_a_transfer(live: LiveSwitchboard) -> None:
    _, operator = live.a_ready_telephone(OPERATOR)
    phone = live.a_telephone("13800138000", CALLER)
    call = eventually(lambda: live.call_of_sid(phone.call_sid), "the call came in")
    eventually(lambda: record_of(live, Call, call.id).state is CallState.TALKING, "they talk", 40)
    hears(phone, OPERATOR)

    with Session(live.engine) as session, session.begin():
        supervisor = a_person(session).id
    live.answers(f"client:person_{supervisor}", SUPERVISOR, after_seconds=0.2)
    one = live.supervision.listen(call.id, supervisor)
    eventually(
        lambda: record_of(live, Participation, one).state is ParticipationState.IN, "the supervisor is in"
    )
    hears(phone, OPERATOR, but_not=(SUPERVISOR,))
    for mode, audible in ((AudioMode.WHISPER, False), (AudioMode.JOIN, True), (AudioMode.LISTEN, False)):
        live.supervision.change(one, supervisor, mode)
        eventually(lambda wanted=mode: record_of(live, Participation, one).mode is wanted, f"{mode} is so")
        if audible:
            hears(phone, OPERATOR, SUPERVISOR)
        else:
            hears(phone, OPERATOR, but_not=(SUPERVISOR,))
    heard_by_now = phone.heard()
    assert loudness_of(heard_by_now[-RATE:], OPERATOR) > LOUD

    second_seat, _ = live.a_ready_telephone(SECOND)
    transfer = live.transfers.to_seat(call.id, operator, second_seat, TransferKind.CONSULT)
    eventually(
        lambda: record_of(live, Transfer, transfer).state is TransferState.CONSULTING, "they consult", 30
    )
    hears(phone, but_not=(OPERATOR, SECOND, SUPERVISOR))
    live.transfers.bring_in(call.id, operator)
    eventually(lambda: record_of(live, Transfer, transfer).state is TransferState.THREE_WAY, "three talk")
    hears(phone, OPERATOR, SECOND)
    live.transfers.hand_over(call.id, operator)
    hears(phone, SECOND, but_not=(OPERATOR, SUPERVISOR))
    phone.hang_up()
    eventually(lambda: record_of(live, Call, call.id).state is CallState.ENDED, "the call is over")
