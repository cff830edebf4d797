"""Every combination of cover: each way ends in a person, a message, or waiting with words each minute."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy.orm import Session

from models.calls import Call
from models.vocabulary import CallState
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

ROUND_SECONDS = 20
"""At most; a wait document lasts some fifteen seconds, the calm piece in it twelve."""
WORDS_AT_MOST_SECONDS = 60
"""Without a word."""
COMBINATIONS = [
    (duty, standby, known, standby_is)
    for duty, standby, known, standby_is in itertools.product(
        ("own", "other", "nobody"), (True, False), (True, False), ("silent", "answered")
    )
    # A stand-by phone that is never rung is neither silent nor answered.
    if standby_is == "silent" or (duty == "nobody" and standby)
]
ROUNDS = 18
"""Six minutes: long enough that the stand-by phone is tried a second time."""


@pytest.mark.parametrize(("duty", "standby", "known", "standby_is"), COMBINATIONS)
def test_a_caller_is_never_left_ringing_whatever_the_cover(
    switchboard: Switchboard, duty: str, standby: bool, known: bool, standby_is: str
) -> None:
    if standby:
        switchboard.standby_phone("13912345678")
    if duty != "nobody":
        centre_id = switchboard.centre_id if duty == "own" else switchboard.other_centre_id
        switchboard.a_ready_seat(centre_id=centre_id)
        switchboard.a_talk()  # on duty, and busy for now
    caller = switchboard.a_caller("13800138001" if known else "client:caller_9")
    if duty == "other":
        with Session(switchboard.engine) as session, session.begin():
            session.get_one(Call, switchboard.call_of(caller).id).centre_id = switchboard.centre_id
    rings, silence, heard = 0, 0, len(caller.heard)
    for _ in range(ROUNDS):
        if caller.place == "dial":
            rings += 1
            assert duty == "nobody"
            switchboard.phone.standby_ends(caller, "completed" if standby_is == "answered" else "no-answer")
        else:
            switchboard.stopped.advance(seconds=ROUND_SECONDS)
            switchboard.phone.time_passes(caller)
        silence = 0 if len(caller.heard) > heard else silence + ROUND_SECONDS
        heard = len(caller.heard)
        assert silence <= WORDS_AT_MOST_SECONDS
        assert caller.lives
    assert switchboard.call_of(caller).state in (CallState.QUEUED, CallState.CONNECTING)
    assert (rings > 0) == (standby and duty == "nobody")
    assert rings <= 2, "tried again after minutes, not without end"
    leaves_a_message(switchboard, caller)
    assert switchboard.phone.hung_up_by_product == []


def leaves_a_message(switchboard: Switchboard, caller: Leg) -> None:
    while caller.place != "keys":
        if caller.place == "dial":
            switchboard.phone.standby_ends(caller, "no-answer")
        else:
            switchboard.phone.time_passes(caller)
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "2")
    assert caller.place == "record"
    switchboard.phone.speak_message(caller, b"RIFF")
    assert switchboard.call_of(caller).state in (CallState.QUEUED, CallState.CONNECTING)
