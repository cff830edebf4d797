"""What an operator writes of place and age during a talk counts for the call itself."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.notes import Notes
from hotline.routing.caller_history import history_of
from hotline.routing.emergency_lines import emergency_lines
from hotline.routing.replay import replay
from models.audit import AuditLine, broken_audit_line
from models.calls import CallEvent
from models.network import PartnerLine
from models.vocabulary import CallState
from models.vocabulary_network import PartnerKind
from tests.factories import NOW
from tests.integration.routing.house import House

KEY = b"an audit key for tests, 32 bytes."


def a_talk(house: House) -> tuple[int, int, Notes]:
    """(call, person, notes)."""
    _, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    return call_id, person_id, Notes(house.work, KEY)


def test_the_place_that_an_operator_notes_is_the_calls_place_audited_and_replayed(engine: Engine) -> None:
    house = House(engine)
    call_id, person_id, notes = a_talk(house)
    notes.save(call_id, person_id, 0, {"summary": "还没有说在哪里。"})
    assert house.call(call_id).place_code is None
    notes.save(call_id, person_id, 1, {"place_code": "990100"})
    call = house.call(call_id)
    assert (call.place_code, call.place_source) == ("990100", "operator"), "the city, and no county guessed"
    notes.save(call_id, person_id, 2, {"place_code": "990100", "summary": "失眠"})
    with Session(engine) as session:
        told = session.scalars(select(CallEvent.data).where(CallEvent.kind == "place_told")).all()
        assert told == [{"place": "990100", "before": None, "source": None}], "once, not at each save"
        assert session.scalars(select(AuditLine.action)).all() == ["call.place_told"]
        assert broken_audit_line(session, KEY) is None
    with Session(engine) as session:
        assert replay(session).differences == []
    notes.save(call_id, person_id, 3, {"summary": "说错了，还不知道。"})
    assert house.call(call_id).place_code is None
    with Session(engine) as session:
        assert replay(session).differences == []
    with Session(engine) as session, session.begin():
        session.get_one(type(call), call_id).place_code = "990200"
    with Session(engine) as session:
        assert [found.field for found in replay(session).differences] == ["place_code"]


def test_who_was_noted_as_a_minor_comes_back_to_the_queue_with_that_reason(engine: Engine) -> None:
    house = House(engine)
    call_id, person_id, notes = a_talk(house)
    notes.save(call_id, person_id, 0, {"age_band": "14-17"})
    before = house.call(call_id)
    assert before.queue_reasons == []
    assert house.conversation.operator_left(call_id, "CAleg")
    call = house.call(call_id)
    assert (call.state, call.queue_reasons) == (CallState.QUEUED, ["operator_lost", "minor"])
    assert call.queue_key == (before.queue_key or 0) - 1200 - 600
    with Session(engine) as session:
        assert replay(session).differences == []


def test_a_band_that_was_corrected_in_the_talk_leaves_nothing_behind(engine: Engine) -> None:
    house = House(engine)
    call_id, person_id, notes = a_talk(house)
    notes.save(call_id, person_id, 0, {"age_band": "<14"})
    notes.save(call_id, person_id, 1, {"age_band": "25-34"})
    house.transfers.to_queue(call_id, person_id, skills=["youth"])
    assert house.call(call_id).queue_reasons == ["transferred"]


def test_a_childs_voice_comes_first_while_no_age_was_told(engine: Engine) -> None:
    house = House(engine)
    call_id, person_id, notes = a_talk(house)
    saved = notes.save(call_id, person_id, 0, {"call_type": "02", "child_voice": ["yes"]})
    assert "guardian" in saved.missing
    house.transfers.to_queue(call_id, person_id)
    assert house.call(call_id).queue_reasons == ["transferred", "minor"]
    notes.save(call_id, person_id, 1, {"call_type": "02", "child_voice": ["yes"], "age_band": "18-24"})
    with Session(engine) as session:
        assert not history_of(session, house.call(call_id).caller_hash).minor, "what was told outweighs it"
    notes.save(call_id, person_id, 2, {"call_type": "02", "child_voice": ["yes"], "age_band": "u"})
    with Session(engine) as session:
        assert history_of(session, house.call(call_id).caller_hash).minor, "and at the next call"
    with Session(engine) as session:
        assert replay(session).differences == []


def test_the_nearest_emergency_line_of_the_noted_place_is_rung(engine: Engine) -> None:
    house = House(engine)
    call_id, person_id, notes = a_talk(house)
    with Session(engine) as session, session.begin():
        for name, kind, place, hours in (
            ("省", PartnerKind.POLICE, "990000", []),
            ("区", PartnerKind.POLICE, "990102", []),
            ("市", PartnerKind.POLICE, "990100", []),
            ("别处", PartnerKind.AMBULANCE, "990200", []),
            ("白天", PartnerKind.AMBULANCE, "990102", ["1-5 08:00-18:00"]),
        ):
            session.add(
                PartnerLine(
                    name_zh=name, name_en=name, kind=kind, number="0571110", place_code=place, hours=hours
                )
            )

    def found() -> dict[str, str | None]:
        with Session(engine) as session:
            lines = emergency_lines(session, house.call(call_id).place_code, NOW)
            return {one.service: one.line.name_zh if one.line else None for one in lines}

    assert found() == {"110": None, "120": None, "119": None}, "from nowhere known: nothing is guessed"
    notes.save(call_id, person_id, 0, {"place_code": "990100"})
    assert found() == {"110": "市", "120": None, "119": None}
    notes.save(call_id, person_id, 1, {"place_code": "990102"})
    assert found() == {"110": "区", "120": None, "119": None}
