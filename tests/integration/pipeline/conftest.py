"""The fixture of the pipeline's tests."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.people import Person
from models.places import Mechanism, Organisation, Place
from models.vocabulary import PlaceLevel, Role
from tests.integration.pipeline.situations import NOW, Hotline


@pytest.fixture
def hotline(engine: Engine) -> Hotline:
    house = Hotline(engine)
    with house.session() as session, session.begin():
        session.add_all(
            [
                Place(code="990000", name_zh="云江省", name_en="Yunjiang", level=PlaceLevel.PROVINCE),
                Place(code="000000", name_zh="地区未告知", name_en="Not told", level=PlaceLevel.PROVINCE),
            ]
        )
        session.flush()
        for code, name in (("990100", "澜州市"), ("990200", "岭川市")):
            session.add(
                Place(code=code, name_zh=name, name_en=name, level=PlaceLevel.CITY, parent_code="990000")
            )
        session.flush()
        for code, name in (("990101", "东岸区"), ("990102", "西岸区")):
            session.add(
                Place(code=code, name_zh=name, name_en=name, level=PlaceLevel.COUNTY, parent_code="990100")
            )
        session.flush()
        session.add(
            Organisation(
                name_zh="测试热线", name_en="Test line", number="12356", place_code="990000", created_at=NOW
            )
        )
        session.add(
            Mechanism(
                place_code="990101",
                name_zh="东岸区联防联控机制",
                name_en="Dong'an mechanism",
                email="duty@dongan.example",
            )
        )
        session.add(
            Mechanism(
                place_code="990000",
                name_zh="云江省联防联控机制",
                name_en="Province",
                email="p@yunjiang.example",
            )
        )
        for login, role, place in (
            ("operator", Role.OPERATOR, None),
            ("first", Role.SUPERVISOR, None),
            ("second", Role.SUPERVISOR, None),
            ("official", Role.OFFICIAL, "990101"),
            ("city", Role.OFFICIAL, "990100"),
            ("elsewhere", Role.OFFICIAL, "990200"),
        ):
            session.add(
                Person(
                    login=login,
                    name=login,
                    role=role,
                    password_hash="-",
                    place_code=place,
                    created_at=NOW,
                )
            )
    return house
