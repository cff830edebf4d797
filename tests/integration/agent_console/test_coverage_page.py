"""24 hours by 7 days: what is rostered, what is needed and why, and the way from a gap to a shift."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from models.audit import AuditLine
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def test_supervisors_see_each_hour_with_its_digits_and_gaps_with_their_hours(busy: Busy) -> None:
    console, night = busy
    page = console.signed_in(night.people.supervisor).get("/coverage/").text
    assert len(re.findall(r"<b>\d+/\d+</b>", page)) == 7 * 24
    assert "缺口" in page
    assert console.signed_in(night.people.operator).get("/coverage/").status_code == 403


def test_a_gap_leads_to_a_shift_that_is_already_filled_in(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    page = client.get("/coverage/").text
    link = re.search(r'href="(/roster/\?centre_id=[^"]+)"', page)
    assert link is not None
    address = link.group(1).replace("&amp;", "&").split("#")[0]
    start = re.search(r"starts_at=([^&]+)", address)
    assert start is not None
    assert f'value="{start.group(1).replace("%3A", ":")}"' in client.get(address).text


def test_what_if_changes_the_digits_alone(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    def rostered(address: str) -> list[int]:
        return [int(n) for n in re.findall(r"<b>(\d+)/\d+</b>", client.get(address).text)]

    now, more = rostered("/coverage/"), rostered("/coverage/?more=2")
    assert [b - a for a, b in zip(now, more, strict=True)] == [2] * len(now)
    assert rostered("/coverage/") == now


def test_the_target_is_data_with_before_and_after_in_the_audit(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    form = {
        "csrf_token": csrf_of(client, "/coverage/"),
        "within_seconds": "30",
        "answered_percent": "90",
        "shrinkage_percent": "15",
        "calls_a_day": "40",
        "handle_minutes": "30",
    }
    assert client.post("/coverage/target", data=form).status_code == 303
    with console.records() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "policy.staffing")).one()
        assert json.loads(line.reason or "") == {"within_seconds": [15, 30], "answered_percent": [95, 90]}
    wrong = client.post("/coverage/target", data={**form, "answered_percent": "100"})
    assert wrong.status_code == 422
    assert 'value="100"' in wrong.text, "what was typed stays"


def test_isolation_sites_are_reckoned(busy: Busy) -> None:
    console, night = busy
    page = console.signed_in(night.people.supervisor).get("/coverage/?people=450").text
    assert "18 至 27 人" in page
