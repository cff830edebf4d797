"""The administrator sees what the carrier cannot do, and records the cross-border assessment."""

from __future__ import annotations

import dataclasses
import json

import pytest
from sqlalchemy import select

from agent_console.app import create_app
from models.audit import AuditLine
from models.cross_border import CrossBorderAssessment
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
PAGE = "/administration/carrier"
FORM = {"basis": "standard_contract", "reference": "网信备〔2026〕17号", "valid_until": "2029-06-30"}


@pytest.fixture
def abroad(busy: Busy) -> Busy:
    """The same console, with its calls carried from abroad."""
    console, night = busy
    parts = dataclasses.replace(
        console.parts, settings=dataclasses.replace(console.parts.settings, carrier="twilio")
    )
    console.app.extensions["console_realtime"].close()
    return dataclasses.replace(console, app=create_app(parts), parts=parts), night


def test_what_the_carrier_cannot_do_is_named(abroad: Busy) -> None:
    console, night = abroad
    page = console.signed_in(night.people.administrator).get(PAGE).text
    for function in ("outbound", "emergency", "sms", "local_number"):
        assert f'data-lack="{function}"' in page
    assert 'data-role="refused"' in page


def test_an_assessment_is_recorded_by_name_and_audited(abroad: Busy) -> None:
    console, night = abroad
    client = console.signed_in(night.people.administrator)

    answer = client.post(PAGE, data={**FORM, "csrf_token": csrf_of(client, PAGE)})

    assert answer.status_code == 303
    page = client.get(PAGE).text
    assert FORM["reference"] in page
    assert 'data-role="allowed"' in page
    assert 'data-role="refused"' not in page
    with console.records() as session:
        line = session.scalars(select(CrossBorderAssessment)).one()
        audit = session.scalars(select(AuditLine).where(AuditLine.action == "cross_border.record")).one()
        assert (line.carrier, line.person_id) == ("twilio", night.people.administrator.id)
        assert json.loads(audit.reason or "")["reference"] == FORM["reference"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("reference", " "), ("valid_until", "2020-01-01"), ("valid_until", "soon"), ("basis", "x")],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(abroad: Busy, field: str, value: str) -> None:
    console, night = abroad
    client = console.signed_in(night.people.administrator)

    answer = client.post(PAGE, data={**FORM, field: value, "csrf_token": csrf_of(client, PAGE)})

    assert answer.status_code == 422
    assert f'name="{field}"' in answer.text
    with console.records() as session:
        assert session.scalars(select(CrossBorderAssessment)).all() == []


def test_only_administrators_may(abroad: Busy) -> None:
    console, night = abroad
    assert console.signed_in(night.people.supervisor).get(PAGE).status_code == 403
