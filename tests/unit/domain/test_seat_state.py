"""What a seat becomes, by fact, chosen status and device."""

from __future__ import annotations

import pytest

from hotline.domain.seat_state import ON_DUTY, SeatFact, SeatSnapshot, after, why_not_ready
from models.vocabulary import AgentStatus, SeatState

READY, BREAK = AgentStatus.READY, AgentStatus.BREAK


def seat(
    state: SeatState, status: AgentStatus = READY, live: bool = True, reason: str | None = None
) -> SeatSnapshot:
    return SeatSnapshot(state, status, live, reason)


@pytest.mark.parametrize(
    ("snapshot", "fact", "following"),
    [
        (seat(SeatState.OFFLINE), SeatFact.SIGNED_ON, SeatState.PAUSED),
        (seat(SeatState.AVAILABLE), SeatFact.SIGNED_ON, None),
        (seat(SeatState.PAUSED), SeatFact.STATUS_CHOSEN, SeatState.AVAILABLE),
        (seat(SeatState.PAUSED, reason="declined"), SeatFact.RESTED, SeatState.AVAILABLE),
        (seat(SeatState.PAUSED, AgentStatus.MEAL, reason="declined"), SeatFact.RESTED, None),
        (seat(SeatState.PAUSED, live=False, reason="declined"), SeatFact.RESTED, None),
        (seat(SeatState.WRAP_UP), SeatFact.RESTED, None),
        (seat(SeatState.PAUSED, live=False), SeatFact.STATUS_CHOSEN, SeatState.PAUSED),
        (seat(SeatState.AVAILABLE, BREAK), SeatFact.STATUS_CHOSEN, SeatState.PAUSED),
        (seat(SeatState.TALKING, BREAK), SeatFact.STATUS_CHOSEN, None),
        (seat(SeatState.AVAILABLE), SeatFact.OFFERED, SeatState.OFFERED),
        (seat(SeatState.PAUSED), SeatFact.OFFERED, None),
        (seat(SeatState.WRAP_UP), SeatFact.OFFERED, None),
        (seat(SeatState.OFFERED), SeatFact.NOT_TAKEN, SeatState.PAUSED),
        (seat(SeatState.OFFERED), SeatFact.WITHDRAWN, SeatState.AVAILABLE),
        (seat(SeatState.OFFERED, BREAK), SeatFact.WITHDRAWN, SeatState.PAUSED),
        (seat(SeatState.OFFERED), SeatFact.ANSWERED, SeatState.TALKING),
        (seat(SeatState.AVAILABLE), SeatFact.ANSWERED, None),
        (seat(SeatState.TALKING), SeatFact.LINE_LOST, SeatState.PAUSED),
        (seat(SeatState.TALKING), SeatFact.TALK_ENDED, SeatState.WRAP_UP),
        (seat(SeatState.TALKING), SeatFact.RELEASED, SeatState.AVAILABLE),
        (seat(SeatState.WRAP_UP), SeatFact.WRAPPED_UP, SeatState.AVAILABLE),
        (seat(SeatState.WRAP_UP, AgentStatus.MEAL), SeatFact.WRAPPED_UP, SeatState.PAUSED),
        (seat(SeatState.AVAILABLE), SeatFact.DEVICE_LOST, SeatState.PAUSED),
        (seat(SeatState.TALKING), SeatFact.DEVICE_LOST, None),
        (seat(SeatState.PAUSED, reason="device_lost"), SeatFact.DEVICE_BACK, SeatState.AVAILABLE),
        (seat(SeatState.PAUSED, reason="no_answer"), SeatFact.DEVICE_BACK, None),
        (seat(SeatState.TALKING), SeatFact.SIGNED_OFF, None),
        (seat(SeatState.WRAP_UP), SeatFact.SIGNED_OFF, SeatState.OFFLINE),
        (seat(SeatState.OFFERED), SeatFact.NOTHING_HELD, SeatState.PAUSED),
    ],
)
def test_a_seat_follows_the_table(
    snapshot: SeatSnapshot, fact: SeatFact, following: SeatState | None
) -> None:
    assert after(snapshot, fact) is following


@pytest.mark.parametrize("state", list(SeatState))
@pytest.mark.parametrize("fact", list(SeatFact))
@pytest.mark.parametrize("live", [True, False])
def test_without_a_live_device_no_fact_makes_a_seat_available(
    state: SeatState, fact: SeatFact, live: bool
) -> None:
    following = after(seat(state, READY, live), fact)
    assert live or following is not SeatState.AVAILABLE


def test_who_is_paused_is_not_on_duty() -> None:
    assert SeatState.PAUSED not in ON_DUTY
    assert SeatState.OFFLINE not in ON_DUTY


@pytest.mark.parametrize(
    ("signed_on", "state", "live", "told", "reason"),
    [
        (False, SeatState.OFFLINE, True, None, "not_signed_on"),
        (True, SeatState.WRAP_UP, True, None, "note_open"),
        (True, SeatState.PAUSED, False, "no_microphone", "no_microphone"),
        (True, SeatState.PAUSED, False, None, "no_sound"),
        (True, SeatState.PAUSED, True, None, None),
    ],
)
def test_who_cannot_be_ready_is_told_why(
    signed_on: bool, state: SeatState, live: bool, told: str | None, reason: str | None
) -> None:
    assert why_not_ready(signed_on=signed_on, state=state, device_live=live, device_reason=told) == reason
