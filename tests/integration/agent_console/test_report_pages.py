"""Reports on their pages: edited and signed by supervisors, read by officials; files and exports."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from agent_console.app import create_app
from analytics.papers import pdf
from models.audit import AuditLine
from models.papers import EvaluationExport, Paper
from models.people import Person
from models.surveillance import Alert
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import AlertLevel
from tests import factories
from tests.boards_kit import CALLER_NUMBER, SECRET_WORDS, TODAY, Night
from tests.console_kit import Console, csrf_of
from tests.fakes import StoppedClock

Busy = tuple[Console, Night]
PLACE = "990000"
YESTERDAY = TODAY - timedelta(days=1)


def post(client: FlaskClient, path: str, **form: object) -> int:
    form["csrf_token"] = csrf_of(client, "/papers/")
    return client.post(path, data=form).status_code


@pytest.fixture
def draft(busy: Busy) -> int:
    console, night = busy
    with console.records() as session:
        session.get_one(Person, night.people.official.id).place_code = PLACE
    paper_id = console.parts.papers.draft(PaperKind.DAILY, PLACE, YESTERDAY)
    assert paper_id is not None
    return paper_id


def test_a_supervisor_edits_and_signs_and_the_official_of_the_place_reads(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    official, other = console.signed_in(night.people.official), console.signed_in(night.people.other_official)
    assert "待签发" in supervisor.get("/papers/").text
    for reader in (official, other):
        assert reader.get(f"/papers/{draft}").status_code == 404, "a draft is nobody's but the hotline's"
    assert (
        post(supervisor, f"/papers/{draft}", step="edit", revision=1, **{"remark-overall": "夜间增开一席。"})
        == 303
    )
    stale = supervisor.post(
        f"/papers/{draft}",
        data={"csrf_token": csrf_of(supervisor, "/papers/"), "step": "sign", "revision": 1},
    )
    assert stale.status_code == 409
    assert "刚被另一位督导改过" in stale.text
    assert post(supervisor, f"/papers/{draft}", step="sign", revision=2) == 303
    page = official.get(f"/papers/{draft}").text
    assert "夜间增开一席。" in page
    assert re.search(r"〔20\d\d〕1号", page)
    assert "数字与来源" not in page, "queries are the hotline's"
    assert other.get(f"/papers/{draft}").status_code == 404, "another place's report is as none"
    assert "来电情况" in official.get("/papers/").text
    assert "还没有已签发的报告" in other.get("/papers/").text
    assert (
        official.post(f"/papers/{draft}", data={"csrf_token": csrf_of(official, "/papers/")}).status_code
        == 403
    )
    with console.records() as session:
        paper = session.get_one(Paper, draft)
        assert all(delivery.opened_at is not None for delivery in paper.deliveries)
        readers = session.scalars(
            select(AuditLine.person_id).where(
                AuditLine.subject == f"report:{draft}", AuditLine.action == "report.read"
            )
        ).all()
    assert night.people.official.id in readers


def test_an_official_asks_on_the_paper_and_reads_the_hotlines_answer_there(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    official, other = console.signed_in(night.people.official), console.signed_in(night.people.other_official)
    assert post(supervisor, f"/papers/{draft}", step="sign", revision=1, receipt="yes") == 303
    words = f"/papers/{draft}/words"
    page = official.get(f"/papers/{draft}").text
    assert "待签收" in page
    assert "没有查询来电人身份的途径" in page
    assert post(official, words, kind="acknowledge") == 303
    token = csrf_of(official, "/papers/")
    refused = official.post(
        words, data={"csrf_token": token, "kind": "ask", "text": f"请回电{CALLER_NUMBER}"}
    )
    assert refused.status_code == 409
    assert CALLER_NUMBER in refused.text, "what was typed is still in the box"
    assert post(official, words, kind="ask", text="夜间来电为何增多？") == 303
    assert post(other, words, kind="ask", text="？") == 404
    assert post(official, words, kind="answer", text="？") == 409, "the hotline answers"
    listed = supervisor.get("/papers/").text
    assert "等待答复的询问" in listed
    assert "夜间来电为何增多？" in listed
    assert post(supervisor, words, kind="answer", text="见第二部分。") == 303
    page = official.get(f"/papers/{draft}").text
    assert "见第二部分。" in page
    assert "已签收" in page
    assert "等待答复的询问" not in supervisor.get("/papers/").text
    with console.records() as session:
        lines = session.scalars(select(AuditLine.action).where(AuditLine.subject == f"report:{draft}")).all()
    assert {"report.acknowledge", "report.ask", "report.answer"} <= set(lines)


def test_a_supervisor_chooses_which_level_gets_which_report(busy: Busy) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    assert post(supervisor, "/papers/plan", plan=["county:month", "city:five_day"]) == 303
    page = supervisor.get("/papers/").text
    assert re.search(r'value="county:month"[^>]*checked', page)
    assert not re.search(r'value="county:quarter"[^>]*checked', page)
    official = console.signed_in(night.people.official)
    assert post(official, "/papers/plan", plan="county:daily") == 403


def test_no_page_of_a_report_holds_a_number_or_a_word_of_a_caller(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    for path in (
        "/papers/",
        f"/papers/{draft}",
        f"/papers/{draft}/figures/persons",
        "/trends/",
        "/evaluation/",
    ):
        text = supervisor.get(path).text
        assert CALLER_NUMBER not in text, path
        assert SECRET_WORDS not in text, path


def test_the_page_of_a_figure_shows_definition_window_query_and_both_values(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    page = supervisor.get(f"/papers/{draft}/figures/persons").text
    assert "同意汇总分析" in page
    assert f"{YESTERDAY.isoformat()} 至 {YESTERDAY.isoformat()}" in page
    assert "SELECT DISTINCT" in page
    assert 'data-role="frozen"' in page
    assert supervisor.get(f"/papers/{draft}/figures/nothing").status_code == 404
    official = console.signed_in(night.people.official)
    assert official.get(f"/papers/{draft}/figures/persons").status_code == 403


def test_three_formats_are_downloaded_and_audited(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    for ending, magic in (("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype")):
        answer = supervisor.get(f"/papers/{draft}/report.{ending}")
        assert answer.status_code == 200
        assert answer.data.startswith(magic), ending
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].isascii(), "gunicorn sends no other header"
    assert supervisor.get(f"/papers/{draft}/report.exe").status_code == 404
    with console.records() as session:
        actions = set(session.scalars(select(AuditLine.action).where(AuditLine.subject == f"report:{draft}")))
    assert {"report.pdf", "report.docx", "report.html"} <= actions


def test_a_machine_without_pango_says_what_to_install_and_still_shows_the_report(
    busy: Busy, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, night = busy
    for module in ("agent_console.papers", "analytics.papers.pdf"):
        monkeypatch.setattr(f"{module}.missing_for_pdf", lambda: ("libpango-1.0-0",))
    supervisor = console.signed_in(night.people.supervisor)
    page = supervisor.get(f"/papers/{draft}").text
    assert "apt install libpango-1.0-0" in page
    assert 'class="gongwen"' in page
    assert "report.pdf" not in page
    answer = supervisor.get(f"/papers/{draft}/report.pdf")
    assert answer.status_code == 503
    assert "libpango-1.0-0" in answer.text
    docx = supervisor.get(f"/papers/{draft}/report.docx")
    assert docx.data.startswith(b"PK"), "charts stand as tables there"
    assert pdf.LIBRARIES


def test_the_special_report_of_an_alert_is_a_file_for_its_own_place(busy: Busy) -> None:
    console, night = busy
    alert_id = console.parts.review.verify(
        night.signal.id, night.people.supervisor.id, AlertLevel.ORANGE, "属实"
    )
    console.parts.review.sign(alert_id, night.people.second.id)
    official, other = console.signed_in(night.people.official), console.signed_in(night.people.other_official)
    with console.records() as session:
        place = session.get_one(Alert, alert_id).place_code
    mine, theirs = (official, other) if place.startswith("9901") else (other, official)
    assert mine.get(f"/papers/special/{alert_id}.pdf").data.startswith(b"%PDF-")
    assert theirs.get(f"/papers/special/{alert_id}.pdf").status_code == 404
    page = mine.get(f"/papers/special/{alert_id}.html").text
    for words in ("首次信号", "核实", "报送", "签收", "五、对策建议", "内部资料　不得公开"):
        assert words in page


def test_a_draft_by_hand_refuses_a_period_that_goes_on_and_the_fifth_day(busy: Busy) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    send = {"kind": "month", "place": PLACE}
    assert post(supervisor, "/papers/draft", **send, day=TODAY.isoformat()) == 409
    fifth = TODAY.replace(day=5)
    assert post(supervisor, "/papers/draft", kind="two_day", place=PLACE, day=fifth.isoformat()) == 422
    assert post(supervisor, "/papers/draft", **send, day="nonsense") == 422
    assert post(supervisor, "/papers/draft", kind="daily", place=PLACE, day=YESTERDAY.isoformat()) == 303


def test_trends_show_public_figures_of_the_own_place_alone(busy: Busy, draft: int) -> None:
    console, night = busy
    official = console.signed_in(night.people.official)
    assert "没有公布过数字" in official.get("/trends/").text, "a draft is not public"
    other = console.signed_in(night.people.other_official)
    assert other.get("/trends/?place=990100").status_code == 404
    assert official.get("/trends/?from=x&to=2026-13-99").status_code == 200


def test_an_evaluation_export_ends_by_itself_by_hand_and_leaves_a_trace(busy: Busy) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    form = {
        "evaluator": "某大学",
        "first": "2026-01-01",
        "last": TODAY.isoformat(),
        "days": "7",
        "reason": "年度评价",
    }
    assert post(supervisor, "/evaluation/", **{**form, "reason": " "}) == 409
    answer = supervisor.post("/evaluation/", data=form | {"csrf_token": csrf_of(supervisor, "/papers/")})
    found = re.search(r'data-role="token">([^<]+)<', answer.text)
    assert found is not None
    token, stranger = found.group(1), console.client()

    def fetch(clock: StoppedClock | None = None, what: str = token) -> tuple[int, bytes]:
        if clock is not None:
            later = dataclasses.replace(
                console.parts, work=lambda: console.parts.work().at(clock, lambda *_: None)
            )
            client = create_app(later).test_client()
        else:
            client = stranger
        answer = client.post(
            "/evaluation/fetch", data={"token": what, "csrf_token": csrf_of(client, "/evaluation/fetch")}
        )
        return answer.status_code, answer.data

    status, content = fetch()
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = set(files.namelist())
        everything = b"".join(files.read(name) for name in names).decode()
    assert names == {
        "figures.csv",
        "reports.csv",
        "alerts.csv",
        "indicators.csv",
        "definitions.csv",
        "README.txt",
    }
    assert CALLER_NUMBER not in everything
    assert night.people.operator.name not in everything
    assert fetch(what="guess")[0] == 404
    assert fetch(StoppedClock(factories.NOW + timedelta(days=8)))[0] == 404, "over"
    with console.records() as session:
        export_id = session.scalars(select(EvaluationExport.id)).one()
        assert session.get_one(EvaluationExport, export_id).fetches == 1
    assert post(supervisor, f"/evaluation/{export_id}/end") == 303
    assert fetch()[0] == 404
    with console.records() as session:
        actions = session.scalars(
            select(AuditLine.action).where(AuditLine.subject == f"evaluation:{export_id}")
        )
        assert list(actions) == ["evaluation.made", "evaluation.fetched", "evaluation.ended"]


def test_a_dropped_draft_can_be_written_anew(busy: Busy, draft: int) -> None:
    console, night = busy
    supervisor = console.signed_in(night.people.supervisor)
    assert post(supervisor, f"/papers/{draft}", step="drop", reason="") == 409
    assert post(supervisor, f"/papers/{draft}", step="drop", reason="口径待核") == 303
    with console.records() as session:
        assert session.get_one(Paper, draft).state is PaperState.DROPPED
    assert console.parts.papers.draft(PaperKind.DAILY, PLACE, YESTERDAY) != draft
