"""Issues: explored, decided about by people, exported without a word, an hour or a county."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from agent_console import issue_exports
from models.audit import AuditLine
from models.surveillance import Contact, Issue, IssueEvent
from tests.boards_kit import SECRET_WORDS, TODAY, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def post(client: FlaskClient, path: str, **form: str | int) -> str:
    data = {"csrf_token": csrf_of(client, "/issues/"), **form}
    answer = client.post(path, data=data, follow_redirects=True)
    assert answer.status_code in (200, 422)
    return answer.text


def other_issue(console: Console, night: Night) -> int:
    with console.records() as session:
        return session.scalars(select(Issue.id).where(Issue.id != night.issue.id)).one()


def audited(console: Console) -> list[tuple[str, str, str | None]]:
    with console.records() as session:
        return [(line.action, line.subject, line.reason) for line in session.scalars(select(AuditLine))]


def test_the_explorer_counts_what_its_filters_choose(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    page = client.get("/issues/?days=7&place=990103").text
    trend = json.loads(unescape(re.search(r'data-trend="([^"]*)"', page).group(1)))  # type: ignore[union-attr]
    with console.records() as session:
        asked = select(func.count()).where(
            Contact.issue_id == night.issue.id,
            Contact.day > TODAY - timedelta(days=7),
            Contact.place_code == "990103",
        )
        wanted = session.scalar(asked)
    (drawn,) = trend["series"]
    assert sum(drawn["data"]) == wanted
    assert f'<td class="num right strong">{wanted}</td>' in page
    assert "欠薪失业" in client.get("/issues/?back=10&words=欠薪").text
    for nobody in ("words=没有这个词", "population=P13", "back=400"):
        assert "没有来电" in client.get(f"/issues/?{nobody}").text
    assert client.get("/issues/?days=x&place=%00&risk=99&back=-3&last=soon").status_code == 200


def test_people_merge_part_mute_and_the_history_tells_it(busy: Busy) -> None:
    console, night = busy
    client, one, two = console.signed_in(night.people.supervisor), night.issue.id, other_issue(console, night)
    assert "校园考试压力" in client.get(f"/issues/{one}").text

    page = post(client, f"/issues/{two}/merge", into=one, reason="同一批来电人")
    assert "并入的问题" in page
    assert "已并入" in client.get(f"/issues/{two}").text
    assert "请在那里操作" in post(client, f"/issues/{two}/name", name="新名")
    page = post(client, f"/issues/{two}/part")
    assert page.count("取消合并") >= 1
    assert "并入的问题" not in client.get(f"/issues/{one}").text
    assert "恢复提示" in post(client, f"/issues/{one}/mute", muted="yes", reason="已由信访办理")
    assert "不能合并" in post(client, f"/issues/{one}/merge", into=one)
    actions = [action for action, subject, _ in audited(console) if subject == f"issue:{one}"]
    assert actions == ["issue.merged", "issue.parted", "issue.muted"]


def test_a_split_is_shown_before_it_is_made(busy: Busy) -> None:
    console, night = busy
    client, one = console.signed_in(night.people.supervisor), night.issue.id
    page = client.get(f"/issues/{one}/split?phrase=劳动仲裁").text
    assert ("issue.examples", f"issue:{one}", None) in audited(console)
    upto = int(re.search(r'name="upto" value="(\d+)"', page).group(1))  # type: ignore[union-attr]
    shown = [int(n) for n in re.findall(r'<span class="num">(\d+) 通</span>', page)]
    page = post(client, f"/issues/{one}/split", upto=upto, phrase="劳动仲裁", name="劳动仲裁咨询")
    assert "劳动仲裁咨询" in page
    with console.records() as session:
        new = session.scalars(select(Issue).where(Issue.name == "劳动仲裁咨询")).one()
        assert new.size == shown[1]
        texts = session.scalars(select(Contact.text).where(Contact.issue_id == new.id)).all()
        kinds = session.scalars(select(IssueEvent.kind).where(IssueEvent.issue_id == new.id)).all()
    assert texts
    assert all("劳动仲裁" in (text or "") for text in texts)
    assert list(kinds) == ["born"]
    assert f"拆自 {one} 号" in client.get(f"/issues/{new.id}").text
    assert "没有这样分的来电" in client.get(f"/issues/{one}/split?phrase=没有人说过").text


def test_typical_texts_open_with_an_audit_line_alone(busy: Busy) -> None:
    console, night = busy
    client, one = console.signed_in(night.people.supervisor), night.issue.id
    assert "裁员补偿一直拖着" not in client.get(f"/issues/{one}").text
    page = post(client, f"/issues/{one}/examples")
    assert page.count('class="excerpt"') == 3
    assert SECRET_WORDS not in page
    assert ("issue.examples", f"issue:{one}", None) in audited(console)


def exported(client: FlaskClient, kind: str, filters: str = "days=28") -> tuple[str, list[list[str]]]:
    page = post(client, f"/issues/export/?{filters}", kind=kind, reason="季度会商")
    link = unescape(re.search(r'href="(/issues/export/file.csv[^"]*)"', page).group(1))  # type: ignore[union-attr]
    text = client.get(link).get_data(as_text=True)
    return link, list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_contact_rows_hold_no_text_no_hour_and_no_place_below_the_city(busy: Busy) -> None:
    console, night = busy
    with console.records() as session, session.begin():
        session.get_one(Issue, night.issue.id).name = "=cmd|欠薪"
    client = console.signed_in(night.people.supervisor)
    _, (head, *rows) = exported(client, "contacts", "days=28&place=990103")
    assert head == ["issue_id", "issue", "day", "city_code", "city", "population", "problem", "risk_level"]
    with console.records() as session:
        # A county that was chosen is told as its city, whose rows all come.
        wanted = session.scalar(
            select(func.count()).where(
                Contact.issue_id == night.issue.id, Contact.day > TODAY - timedelta(days=28)
            )
        )
        private = {*session.scalars(select(Contact.person_hash)), *session.scalars(select(Contact.text))}
    assert len(rows) == wanted
    assert {row[3] for row in rows} == {"990100"}
    assert {row[1] for row in rows} == {"'=cmd|欠薪"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[2]) for row in rows)
    assert not private & {cell for row in rows for cell in row}
    assert rows == sorted(rows, key=lambda row: (row[2], *row))
    lines = audited(console)
    assert ("issues.export", "issues:contacts", "季度会商") in lines
    assert ("issues.download", "issues:contacts", None) in lines


def test_sums_of_fewer_than_five_persons_show_no_number(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    _, (head, *rows) = exported(client, "sums", "days=90&population=P03")
    assert head[-2:] == ["persons", "calls"]
    assert rows
    for row in rows:
        assert row[-2] == "少于5人" or int(row[-2]) >= 5
    assert any(row[-2:] == ["少于5人", "少于5人"] for row in rows)


def test_a_download_is_one_persons_and_expires(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    link, _ = exported(client, "sums")
    assert console.signed_in(night.people.second).get(link).status_code == 403
    assert client.get("/issues/export/file.csv?key=made-up").status_code == 403
    monkeypatch.setattr(issue_exports, "KEY_SECONDS", -1)
    assert client.get(link).status_code == 403
    assert console.signed_in(night.people.operator).get("/issues/export/").status_code == 403
    page = post(client, "/issues/export/", kind="sums", reason="看")
    assert "写明导出的原因" in page
