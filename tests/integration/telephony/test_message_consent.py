"""A message is heard for danger words only by consent, and each who leaves one has a way to give it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from hotline.routing.consent import consent_of
from hotline.telephony import prompts
from models.policies import ConsentMode, RecordingPolicy
from models.vocabulary import CallState, ConsentKind, ConsentState
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

ASKED = prompts.MESSAGE_ASK.zh


def want_consents_of_their_own(switchboard: Switchboard) -> None:
    with Session(switchboard.engine) as session, session.begin():
        session.add(RecordingPolicy(consent_mode=ConsentMode.SEPARATE))


def gets_to_the_message(switchboard: Switchboard, *keys: str) -> Leg:
    caller = switchboard.phone.a_call_comes_in("13800138000")
    for key in (*keys, "0", "2"):
        switchboard.phone.press(caller, key)
    return caller


def speaks(switchboard: Switchboard, caller: Leg) -> bool:
    """Whether the message is to be transcribed."""
    assert caller.place == "record"
    switchboard.phone.speak_message(caller, b"RIFF-what-was-said")
    switchboard.deliver()
    switchboard.fetch_recordings()
    return bool(switchboard.asked("transcribe"))


def said(caller: Leg) -> str:
    return "".join(caller.heard)


def consent(switchboard: Switchboard, caller: Leg, kind: ConsentKind) -> ConsentState:
    with Session(switchboard.engine) as session:
        return consent_of(session, switchboard.call_of(caller).id, kind)


def test_who_hears_the_notice_before_the_tone_is_not_asked_twice(switchboard: Switchboard) -> None:
    caller = gets_to_the_message(switchboard)
    assert prompts.NOTICE_MESSAGE.zh in said(caller)
    assert ASKED not in said(caller)
    assert speaks(switchboard, caller)


@pytest.mark.parametrize("refuses_first", [True, False])
@pytest.mark.parametrize(("key", "transcribed"), [("2", True), ("", False), ("3", False)])
def test_whom_no_consent_covers_is_asked_and_the_message_alone_is_read(
    switchboard: Switchboard, refuses_first: bool, key: str, transcribed: bool
) -> None:
    if refuses_first:
        caller = gets_to_the_message(switchboard, "*")
    else:
        want_consents_of_their_own(switchboard)
        caller = gets_to_the_message(switchboard)
    assert ASKED in said(caller)
    if key:
        switchboard.phone.press(caller, key)
    else:
        switchboard.phone.time_passes(caller)
    assert speaks(switchboard, caller) is transcribed
    answer = ConsentState.GRANTED if transcribed else ConsentState.REFUSED
    assert consent(switchboard, caller, ConsentKind.MESSAGE) is answer
    for kind in (ConsentKind.RECORDING, ConsentKind.ANALYSIS):
        assert consent(switchboard, caller, kind) is not ConsentState.GRANTED
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "2")
    assert said(caller).count(ASKED) == 1, "asked once in a call"


def test_who_presses_one_there_is_in_danger_and_back_in_line_at_once(switchboard: Switchboard) -> None:
    caller = gets_to_the_message(switchboard, "*")
    switchboard.phone.press(caller, "1")
    assert prompts.DANGER_HEARD.zh in said(caller)
    call = switchboard.call_of(caller)
    assert (call.state, caller.in_queue) == (CallState.QUEUED, True)
    assert call.queue_reasons[0] == "danger"
    assert consent(switchboard, caller, ConsentKind.MESSAGE) is ConsentState.UNASKED


def test_who_says_nothing_at_all_has_a_tone_and_keeps_the_place(switchboard: Switchboard) -> None:
    caller = switchboard.phone.a_call_comes_in("13800138000")
    switchboard.phone.press(caller, "*")
    key = switchboard.call_of(caller).queue_key
    for pressed in ("0", "2"):
        switchboard.phone.press(caller, pressed)
    switchboard.phone.time_passes(caller)
    assert caller.place == "record"
    switchboard.phone._follow(caller, caller.action, {})
    call = switchboard.call_of(caller)
    assert (call.state, call.queue_key) == (CallState.QUEUED, key)
