"""Production through a carrier abroad: refused for a mainland hotline until the assessment is recorded."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from hotline.commands.carrier_reach import demand_reach, reach_of
from hotline.commands.check import check
from hotline.faults import OperationalFault
from hotline.settings import Settings, load_settings
from hotline.workforce.cross_border import CrossBorder
from models.base import make_engine
from models.cross_border import CrossBorderBasis
from models.crypto import Keyring
from models.places import Organisation, Place
from models.schema import Base
from models.unit_of_work import UnitOfWork, system_clock
from models.vocabulary import PlaceLevel, Role
from tests import factories

KEYS = "k1:" + base64.b64encode(b"k" * 32).decode()


class Hotline:
    """A database with one organisation, and settings that carry its calls through Twilio."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, place_code: str) -> None:
        for name, value in {"DATA_DIR": str(folder), "CARRIER_BASE_URL": "twilio", "DATA_KEYS": KEYS}.items():
            monkeypatch.setenv(f"HOTLINE_{name}", value)
        self.engine = make_engine(f"sqlite:///{folder / 'hotline.db'}", Keyring.parse(KEYS))
        Base.metadata.create_all(self.engine)
        with Session(self.engine) as session:
            session.add(
                Place(code=place_code, name_zh="某地", name_en="Somewhere", level=PlaceLevel.PROVINCE)
            )
            session.flush()
            session.add(
                Organisation(
                    name_zh="热线",
                    name_en="Hotline",
                    number="12356",
                    place_code=place_code,
                    created_at=system_clock(),
                )
            )
            person = factories.a_person(session, Role.ADMINISTRATOR)
            session.commit()
            self.administrator = person.id

    def assessed_until(self, day: date) -> None:
        CrossBorder(lambda: UnitOfWork(self.engine, system_clock, lambda *_: None), b"key").record(
            "twilio", CrossBorderBasis.SECURITY_ASSESSMENT, "国信〔2026〕3号", day, by_id=self.administrator
        )

    def in_production(self) -> Settings:
        return load_settings().model_copy(update={"mode": "production"})


@pytest.fixture
def mainland(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hotline:
    return Hotline(tmp_path, monkeypatch, "430000")


def test_a_mainland_hotline_is_refused_until_the_assessment_is_recorded(mainland: Hotline) -> None:
    with pytest.raises(OperationalFault, match="hotline serve web"):
        demand_reach(mainland.in_production())

    mainland.assessed_until(system_clock().date() + timedelta(days=30))

    demand_reach(mainland.in_production())
    assert reach_of(mainland.in_production()).refusal is None


def test_outside_the_mainland_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demand_reach(Hotline(tmp_path, monkeypatch, "810000").in_production())


def test_check_names_every_function_that_is_not_to_be_had(mainland: Hotline) -> None:
    said = CliRunner().invoke(check, []).output
    for function in ("outbound", "emergency", "sms", "local_number"):
        assert function in said


def test_before_there_is_an_organisation_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    assert "no organisation yet" in CliRunner().invoke(check, []).output
