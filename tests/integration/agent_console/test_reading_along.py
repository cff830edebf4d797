"""A supervisor in a talk reads along under the same rules as its operator, and leaves a line of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.audit import AuditLine
from models.calls import Call, Consent
from models.participation import Participation
from models.vocabulary import CallState, ConsentKind, ConsentState
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState
from tests.boards_kit import NOW, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def the_talk(console: Console, night: Night, state: ParticipationState | None, consent: ConsentState) -> int:
    """The talk of seat 01; the supervisor's part in it, if any."""
    with console.records() as session, session.begin():
        call = session.scalars(
            select(Call).where(Call.seat_id == night.seats[0].id, Call.state == CallState.TALKING)
        ).one()
        session.add(
            Consent(
                call_id=call.id,
                kind=ConsentKind.RECORDING,
                state=consent,
                how="notice",
                text_version="1",
                at=NOW,
            )
        )
        if state is not None:
            session.add(
                Participation(
                    call_id=call.id,
                    role=ParticipantRole.SUPERVISOR,
                    person_id=night.people.supervisor.id,
                    mode=AudioMode.LISTEN,
                    mode_wanted=AudioMode.LISTEN,
                    state=state,
                    asked_at=NOW,
                    deadline_at=NOW,
                )
            )
        return call.id


def asked(console: Console, night: Night, call_id: int, times: int = 1) -> tuple[int, dict[str, str]]:
    client = console.signed_in(night.people.supervisor)
    token = csrf_of(client, "/supervisor/")
    for _ in range(times):
        answer = client.post(f"/captions/{call_id}/access", data={"csrf_token": token})
    return answer.status_code, answer.get_json(silent=True) or {}


def lines(console: Console) -> list[tuple[int | None, str]]:
    with console.records() as session:
        read = select(AuditLine.person_id, AuditLine.subject).where(AuditLine.action == "captions.opened")
        return [(person_id, subject) for person_id, subject in session.execute(read)]


def test_who_listens_gets_the_words_by_a_pass_of_their_own_and_one_audit_line(busy: Busy) -> None:
    console, night = busy
    call_id = the_talk(console, night, ParticipationState.IN, ConsentState.GRANTED)
    status, told = asked(console, night, call_id, times=3)
    assert (status, told["state"]) == (200, "ready")
    assert told["token"] == console.parts.captions.token(call_id, night.people.supervisor.id)
    assert lines(console) == [(night.people.supervisor.id, f"call:{call_id}")], "asked each minute, told once"


@pytest.mark.parametrize(
    ("part", "consent", "status", "state"),
    [
        (None, ConsentState.GRANTED, 404, None),
        (ParticipationState.RINGING, ConsentState.GRANTED, 404, None),
        (ParticipationState.LEFT, ConsentState.GRANTED, 404, None),
        (ParticipationState.IN, ConsentState.REFUSED, 200, "refused"),
        (ParticipationState.IN, ConsentState.UNASKED, 200, "not_asked"),
    ],
)
def test_without_a_part_in_the_talk_or_the_callers_consent_there_are_no_words(
    busy: Busy, part: ParticipationState | None, consent: ConsentState, status: int, state: str | None
) -> None:
    console, night = busy
    call_id = the_talk(console, night, part, consent)
    answered, told = asked(console, night, call_id)
    assert (answered, told.get("state")) == (status, state)
    assert "token" not in told
    assert lines(console) == []


def test_the_lanes_stand_beside_the_listening_panel_once_the_line_is_up(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    assert 'data-role="captions-panel"' not in client.get("/supervisor/").text
    call_id = the_talk(console, night, ParticipationState.IN, ConsentState.GRANTED)
    for page in ("/supervisor/", "/supervisor/_listening"):
        text = client.get(page).text
        assert f'data-url="/captions/{call_id}/access"' in text
