"""Every page of the console, by day and by night, in Chinese and English: axe finds nothing.

One walk over all addresses that answer to GET, as the person whom each is for; a new page joins by itself.
In every change axe looks at the pages on which a caller depends, and all others must answer; `make journeys`
shows it each of them, in two looks.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from agent_console.permissions import PUBLIC, Permission, may, permission_of
from hotline.care.form_versions import FormVersions
from models.care import FollowUp
from models.notes import FORM_VERSION
from models.people import Person
from models.quality import QualityReview
from models.referrals import Referral
from models.roster import RosterDraft
from models.seats import Seat
from models.vocabulary import Role
from models.vocabulary_after import ReferralGround, ReferralTarget, SentBy
from models.vocabulary_papers import PaperKind
from models.vocabulary_surveillance import AlertLevel
from tests import factories
from tests.boards_kit import TODAY, Night
from tests.console_kit import AUDIT_KEY, Console

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.begins_first,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: `make test` says how to install it"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.timeout(420),
]
ALL_PAGES = "HOTLINE_ALL_PAGES" in os.environ
ON_DUTY = re.compile(r"^/(desk|supervisor|dangers|duties|handover|knowledge|sheet|sign)\b")
NO_PAGE = re.compile(
    r"/_|/static/|\.\w+$|\.<ending>$|/audio|/live$|/token$|/place$|^/$|/session/|/seeding$|/sign-in$"
)
"""Fragments, files and data: seen as part of a page, or not at all."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def address(busy: tuple[Console, Night]) -> Iterator[str]:
    # The same files on a hundred pages: the browser keeps them, as from the real server.
    busy[0].app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    served = make_server("127.0.0.1", 0, busy[0].app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.port}"
    served.shutdown()
    thread.join(5)


def some_of_each(console: Console, night: Night) -> dict[str, int | str]:
    """An example for each placeholder of an address."""
    with console.records() as session:
        seat = session.scalars(select(Seat).where(Seat.call_id == night.danger.call_id)).one()
        operator_id = session.get_one(Seat, seat.id).person_id
    supervisor, second = night.people.supervisor.id, night.people.second.id
    alert_id = console.parts.review.verify(night.signal.id, supervisor, AlertLevel.YELLOW, "连日上升，已核对")
    console.parts.review.sign(alert_id, second)
    with console.records() as session:
        review = QualityReview(
            call_id=night.told_call.id,
            operator_id=operator_id,
            reason="chosen",
            state="done",
            scores={"space": 2},
            proposed_at=factories.NOW,
            reviewed_at=factories.NOW,
            reviewed_by_id=supervisor,
            comment="听得很稳。",
        )
        follow_up = FollowUp(call_id=night.told_call.id, rule="R3-D1", due_at=factories.NOW)
        referral = Referral(
            call_id=night.told_call.id,
            target=ReferralTarget.PSYCHIATRY,
            unit_name="市精神卫生中心",
            ground=ReferralGround.CONSENT,
            sent={"request": "请评估"},
            sent_how=SentBy.TELEPHONE,
            sent_at=factories.NOW,
            sent_by_id=supervisor,
        )
        draft = RosterDraft(
            centre_id=night.centres[0].id,
            first_day=date(2026, 11, 23),
            last_day=date(2026, 11, 24),
            made_at=factories.NOW,
        )
        session.add_all([review, follow_up, referral, draft])
        session.flush()
        review_id, follow_up_id, referral_id = review.id, follow_up.id, referral.id
    with console.records() as session:
        # Reports are of the hotline's own place: its official reads them, and the alerts below.
        session.get_one(Person, night.people.official.id).place_code = "990000"
    FormVersions(console.parts.work, AUDIT_KEY).begin("city-1", FORM_VERSION, supervisor)
    paper_id = console.parts.papers.draft(PaperKind.DAILY, "990000", TODAY - timedelta(days=1))
    assert paper_id is not None
    console.parts.papers.sign(paper_id, supervisor, 1)
    return {
        "paper_id": paper_id,
        "key": "persons",
        "call_id": night.told_call.id,
        "danger_id": night.danger.id,
        "issue_id": night.issue.id,
        "signal_id": night.signal.id,
        "alert_id": alert_id,
        "person_id": night.people.operator.id,
        "review_id": review_id,
        "code": "imminent",
        "follow_up_id": follow_up_id,
        "referral_id": referral_id,
        "kind": "places",
        "draft_id": draft.id,
        "name": "city-1",
    }


def pages_for(console: Console, role: Role, examples: dict[str, int | str]) -> list[str]:
    """Every page that this role may open; an address whose placeholder has no example stops the test."""
    found = []
    adapter = console.app.url_map.bind("localhost")
    for rule in console.app.url_map.iter_rules():
        permission = permission_of(console.app, rule.endpoint)
        if "GET" not in (rule.methods or ()) or NO_PAGE.search(rule.rule) or permission == PUBLIC:
            continue
        if isinstance(permission, Permission) and may(role, permission):
            lacking = set(rule.arguments) - set(examples)
            assert not lacking, f"{rule.rule}: give `some_of_each` an example of {sorted(lacking)}"
            values: dict[str, Any] = {name: examples[name] for name in rule.arguments}
            found.append(adapter.build(rule.endpoint, values))
    return sorted(set(found))


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]


@pytest.mark.parametrize(
    ("theme", "language"),
    [
        ("light", "zh"),
        pytest.param(
            "dark",
            "en",
            marks=pytest.mark.skipif(not ALL_PAGES, reason="a walk of minutes: `make journeys` takes it"),
        ),
    ],
)
def test_axe_finds_nothing_on_any_page_of_anybody(
    busy: tuple[Console, Night], address: str, browser: Browser, theme: str, language: str
) -> None:
    console, night = busy
    examples = some_of_each(console, night)
    with console.records() as session:
        seat = session.scalars(select(Seat).where(Seat.call_id == night.danger.call_id)).one()
        on_the_line = session.get_one(Person, seat.person_id)
        people = session.scalars(select(Person)).all()
        for person in people:
            person.theme, person.language = theme, language
    faults: dict[str, list[tuple[str, str]]] = {}
    walked: list[str] = []
    for person in (on_the_line, night.people.supervisor, night.people.official, night.people.administrator):
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("#login", person.login)
        page.fill("#password", factories.PASSWORD)
        page.click(".btn-signin")
        expect(page.locator('[data-role="sign-out"]')).to_be_visible()
        # An operator opens their own talk, a supervisor one that has ended.
        own = {"call_id": night.danger.call_id} if person.role is Role.OPERATOR else {}
        for path in pages_for(console, person.role, {**examples, **own}):
            if path in walked and not ALL_PAGES:
                continue  # seen by another role: only the menu differs, which is on every page
            shown = ALL_PAGES or ON_DUTY.match(path) is not None
            answer = page.goto(address + path) if shown else page.request.get(address + path)
            assert answer is not None
            status = answer.status
            if status in (403, 404) and person.role is Role.SUPERVISOR and "/mine/" in path:
                continue  # another's review
            assert status == 200, f"{path}: {status}"
            if not answer.text().lstrip().lower().startswith("<!doctype"):
                continue  # a fragment by another name
            walked.append(path)
            if shown and (found := violations(page)):
                faults[f"{person.role} {path}"] = found
        context.close()
    assert faults == {}
    assert len(walked) > 30
