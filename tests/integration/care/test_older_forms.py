"""A note that was begun with an older form opens, is saved and is closed by its own definition."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.notes import Notes
from models.notes import Note
from models.unit_of_work import UnitOfWork
from models.vocabulary import NoteState, SeatState
from tests import factories
from tests.fakes import Bulletin, StoppedClock
from tests.integration.care.test_care_notes import COMPLETE, KEY

OLD_CONTENT = {
    name: value for name, value in COMPLETE.items() if name not in ("interventions", "referral_to")
}


def test_an_older_note_keeps_its_form_to_the_end(engine: Engine) -> None:
    clock = StoppedClock(factories.NOW)
    notes = Notes(lambda: UnitOfWork(engine, clock, Bulletin().publish), KEY)
    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        call = factories.a_talk(session, factories.a_seat(session, centre, person, SeatState.TALKING))
        session.add(
            Note(
                call=call,
                person_id=person.id,
                form_version="2026-11",
                fields={},
                created_at=factories.NOW,
                saved_at=factories.NOW,
            )
        )
        session.commit()
        call_id, person_id = call.id, person.id
    view = notes.open(call_id, person_id)
    assert view.form.version == "2026-11"
    assert not view.form.has("interventions")
    assert notes.save(call_id, person_id, 0, OLD_CONTENT).missing == []
    notes.close(call_id, person_id)
    with Session(engine) as session:
        note = session.scalars(select(Note)).one()
        assert (note.form_version, note.state) == ("2026-11", NoteState.CLOSED)
