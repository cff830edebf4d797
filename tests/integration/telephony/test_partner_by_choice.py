"""All are busy for long: another service may be chosen by key; the place is kept if it does not answer."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from hotline.routing.policy import policy_of
from hotline.routing.replay import replay
from models.calls import Call
from models.network import PartnerLine, RoutingPolicy
from models.vocabulary import CallOutcome, CallState
from models.vocabulary_network import PartnerKind
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

YOUTH = "057112355"


def a_partner(hotline: Switchboard, **other: object) -> None:
    usual = {"name_zh": "青少年热线12355", "name_en": "the youth line", "kind": PartnerKind.YOUTH_LINE}
    with Session(hotline.engine) as session, session.begin():
        session.add(PartnerLine(**{**usual, "number": YOUTH, "takes_overflow": True, **other}))


def a_caller_who_waits(hotline: Switchboard, seconds: int) -> Leg:
    hotline.a_ready_seat()
    hotline.a_talk()
    caller = hotline.a_caller("13800138001")
    for _ in range(seconds // 60):
        a_minute_passes(hotline, caller)
    return caller


def a_minute_passes(hotline: Switchboard, caller: Leg) -> None:
    """And the next document of the queue plays."""
    hotline.stopped.advance(seconds=60)
    hotline.phone.time_passes(caller)
    while caller.place != "keys":
        hotline.phone.time_passes(caller)


def said(caller: Leg) -> str:
    return "".join(caller.heard)


def test_who_waits_for_long_hears_of_the_partner_once_and_goes_there_by_key(switchboard: Switchboard) -> None:
    a_partner(switchboard)
    caller = a_caller_who_waits(switchboard, 240)
    assert "12355" not in said(caller), "people of ours come first"
    for _ in range(3):
        a_minute_passes(switchboard, caller)
    assert said(caller).count("也可以转到青少年热线12355") == 1
    key = switchboard.call_of(caller).queue_key

    switchboard.phone.press(caller, "0")
    assert "转到青少年热线12355请按4" in said(caller)
    switchboard.phone.press(caller, "4")
    assert (caller.place, caller.dialled) == ("dial", YOUTH)
    assert "没有接线员在岗" not in said(caller)
    assert switchboard.call_of(caller).state is CallState.CONNECTING, "no seat is offered meanwhile"

    switchboard.phone.standby_ends(caller, "no-answer")
    call = switchboard.call_of(caller)
    assert (call.state, call.queue_key) == (CallState.QUEUED, key)
    assert "您还在队伍里" in said(caller)
    a_minute_passes(switchboard, caller)
    switchboard.phone.press(caller, "0")
    assert "请按4" not in caller.heard[-2], "just tried"


def test_a_partner_that_answers_has_the_call(switchboard: Switchboard) -> None:
    a_partner(switchboard)
    caller = a_caller_who_waits(switchboard, 300)
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "4")
    switchboard.phone.standby_ends(caller, "answered")
    assert "那边挂断了" in said(caller)
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    assert switchboard.call_of(caller).outcome is CallOutcome.TRANSFERRED


@pytest.mark.parametrize("hang_up_first", [True, False])
def test_who_hangs_up_in_the_talk_with_the_partner_counts_as_passed_on_whatever_is_told_first(
    switchboard: Switchboard, hang_up_first: bool
) -> None:
    a_partner(switchboard)
    caller = a_caller_who_waits(switchboard, 300)
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "4")
    switchboard.phone.hang_up(caller)
    told = list(switchboard.phone.unsent)
    switchboard.phone.unsent.clear()
    for callback in told:
        if "DialCallStatus" in callback.form:
            callback.form["DialCallStatus"] = "completed"
    told.sort(key=lambda callback: "DialCallStatus" in callback.form, reverse=not hang_up_first)
    switchboard.deliver(told)
    switchboard.deliver(told)
    assert switchboard.call_of(caller).outcome is CallOutcome.TRANSFERRED
    with Session(switchboard.engine) as session:
        assert not replay(session).differences


@pytest.mark.parametrize(
    "partner",
    [
        {"kind": PartnerKind.POLICE, "number": "110"},
        {"kind": PartnerKind.HOTLINE, "number": "0571-110"},
        {"takes_overflow": False},
        {"active": False},
        {"hours": ["1-1 00:00-00:01"]},
        {"groups": ["bereaved"]},
    ],
)
def test_a_line_that_is_not_for_this_caller_now_is_never_offered(
    switchboard: Switchboard, partner: dict[str, object]
) -> None:
    a_partner(switchboard, **partner)
    caller = a_caller_who_waits(switchboard, 360)
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "4")
    assert caller.place == "keys"
    assert "请按4" not in said(caller)
    assert switchboard.call_of(caller).state is CallState.QUEUED


def test_the_rules_may_say_never(switchboard: Switchboard) -> None:
    a_partner(switchboard)
    with Session(switchboard.engine) as session, session.begin():
        policy = policy_of(session)
        names = {column.key for column in RoutingPolicy.__table__.columns} - {"id", "changed_by_id"}
        values = {name: getattr(policy, name) for name in names if hasattr(policy, name)}
        values |= {"most_credit_seconds": 5400, "changed_at": switchboard.clock()}
        session.add(RoutingPolicy(**{**values, "credits": {}, "partner_after_seconds": 0}))
    caller = a_caller_who_waits(switchboard, 420)
    assert "12355" not in said(caller)


def test_a_seat_that_rings_goes_before_the_key(switchboard: Switchboard) -> None:
    a_partner(switchboard)
    caller = a_caller_who_waits(switchboard, 300)
    switchboard.phone.press(caller, "0")
    switchboard.a_ready_seat()
    assert switchboard.call_of(caller).seat_id is not None
    switchboard.phone.press(caller, "4")
    assert caller.place != "dial"
    with Session(switchboard.engine) as session:
        assert session.get_one(Call, switchboard.call_of(caller).id).state is CallState.QUEUED
