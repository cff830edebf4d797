"""A real hotline begins with its organisation and one administrator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.workforce.errors import AlreadyEstablished, FieldWrong
from hotline.workforce.establishment import Establishment, Founding
from models.people import Person
from models.places import UNKNOWN_PLACE, Organisation, Place
from models.unit_of_work import UnitOfWork
from models.vocabulary import PlaceLevel, Role

FOUNDING = Founding(
    "某省心理援助热线", "A province's hotline", "12356", "990000", "某省", "A province", PlaceLevel.PROVINCE,
    "admin", "管理员",
)  # fmt: skip


def establishment(engine: Engine) -> Establishment:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Establishment(
        lambda: UnitOfWork(engine, lambda: now, lambda _events, _rows: None),
        b"k" * 32,
        lambda word: f"hash {word}",
    )


def test_the_first_administrator_gets_a_password_once(engine: Engine) -> None:
    password = establishment(engine).establish(FOUNDING)
    with Session(engine) as session:
        person = session.scalars(select(Person)).one()
        assert (person.role, person.password_hash) == (Role.ADMINISTRATOR, f"hash {password}")
        organisation = session.scalars(select(Organisation)).one()
        assert (organisation.is_demonstration, organisation.number) == (False, "12356")
        assert {place.code for place in session.scalars(select(Place))} == {UNKNOWN_PLACE, "990000"}
    with pytest.raises(AlreadyEstablished):
        establishment(engine).establish(FOUNDING)


def test_a_lost_administrator_is_replaced_and_the_organisation_kept(engine: Engine) -> None:
    establishment(engine).establish(FOUNDING)
    with Session(engine) as session, session.begin():
        session.scalars(select(Person)).one().active = False
    again = Founding(**{**FOUNDING.__dict__, "login": "admin2", "name_zh": "另一条热线"})
    establishment(engine).establish(again)
    with Session(engine) as session:
        assert session.scalars(select(Organisation)).one().name_zh == "某省心理援助热线"


def test_a_code_of_a_wrong_form_writes_nothing(engine: Engine) -> None:
    wrong = Founding(**{**FOUNDING.__dict__, "place_code": "99"})
    with pytest.raises(FieldWrong):
        establishment(engine).establish(wrong)
    with Session(engine) as session:
        assert session.scalars(select(Place)).all() == []
