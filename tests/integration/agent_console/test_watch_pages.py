"""Figures by scope, limits set on a page, alarms on the board: what supervisors and administrators see."""

from __future__ import annotations

import json

from sqlalchemy import select

from hotline.workforce.watch import Watch
from models.audit import AuditLine
from models.vocabulary_watch import Metric
from models.watch import Alarm, Threshold, WatchHook
from tests.boards_kit import Night
from tests.console_kit import AUDIT_KEY, Console, csrf_of

Busy = tuple[Console, Night]


def test_figures_stand_for_the_whole_each_centre_and_each_number(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    page = client.get("/supervisor/figures/").text

    assert "全线" in page
    assert "石门中心" in page
    for ending in ("等待中挂断", "振铃无人接", "应到无人在岗", "未排班时段", "留言", "预约回拨"):
        assert ending in page
    assert client.get("/supervisor/figures/?period=week").status_code == 200
    assert client.get("/supervisor/figures/?period=year").status_code == 404


def test_a_limit_is_set_in_per_cent_and_stands_in_the_audit(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "metric": "service_level",
        "scope": f"centre:{night.centres[1].id}",
        "warn": "90",
        "crit": "75",
        "margin": "1",
        "repeat_minutes": "10",
        "active": "yes",
        "csrf_token": csrf_of(client, "/administration/people"),
    }

    answer = client.post("/administration/limits/", data=form, follow_redirects=True)

    assert "限值已保存" in answer.text
    with console.records() as session:
        row = session.scalars(select(Threshold).where(Threshold.centre_id == night.centres[1].id)).one()
        assert (row.warn, row.crit, row.repeat_minutes) == (0.9, 0.75, 10)
        line = session.scalars(select(AuditLine).where(AuditLine.action == "threshold.save")).one()
        assert json.loads(line.reason or "")["warn"] == [0.0, 0.9]


def test_what_is_wrong_with_a_limit_is_said_and_nothing_typed_is_lost(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/people")
    form = {"metric": "asa", "scope": "", "warn": "77", "crit": "30", "margin": "0", "repeat_minutes": "5"}

    answer = client.post("/administration/limits/", data={**form, "csrf_token": token})

    assert answer.status_code == 422
    assert "“立即处理”不能低于“注意”" in answer.text
    assert 'value="77"' in answer.text


def test_the_secret_of_a_webhook_is_never_shown_again(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "name": "值班平台",
        "url": "https://duty.example/alarms",
        "secret": "a secret of sixteen letters",
        "least_level": "crit",
        "active": "yes",
        "csrf_token": csrf_of(client, "/administration/people"),
    }

    page = client.post("/administration/limits/hooks", data=form, follow_redirects=True).text

    assert "值班平台" in page
    with console.records() as session:
        hook = session.scalars(select(WatchHook)).one()
        line = session.scalars(select(AuditLine).where(AuditLine.action == "watch_hook.save")).one()
    assert hook.secret not in page
    assert hook.secret not in client.get(f"/administration/limits/?hook={hook.id}").text
    assert hook.secret not in (line.reason or "")


def test_what_counts_as_in_time_changes_the_board(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {"answer_within_seconds": "30", "short_abandon_seconds": "5"}
    form["csrf_token"] = csrf_of(client, "/administration/people")
    client.post("/administration/limits/rule", data=form)

    page = console.signed_in(night.people.supervisor).get("/supervisor/").text

    assert "30 秒接起率" in page


def test_an_alarm_stands_on_the_board_until_somebody_acknowledges_it(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    Watch(console.parts.work, AUDIT_KEY).look()
    with console.records() as session:
        alarm = session.scalars(
            select(Alarm).join(Threshold).where(Threshold.metric == Metric.LONGEST_WAIT)
        ).one()

    page = client.get("/supervisor/").text
    answer = client.post(
        f"/supervisor/figures/alarms/{alarm.id}/acknowledge",
        data={"csrf_token": csrf_of(client, "/supervisor/")},
        follow_redirects=True,
    )

    assert f'data-alarm="{alarm.id}" data-level="crit" data-open' in page
    assert "最长等待 2:41，限值 2:00" in page
    assert "沈知 23:51 已确认" in answer.text
    assert f'data-alarm="{alarm.id}" data-level="crit" data-open' not in answer.text


def test_only_administrators_set_limits(busy: Busy) -> None:
    console, night = busy

    assert console.signed_in(night.people.supervisor).get("/administration/limits/").status_code == 403
    assert console.signed_in(night.people.operator).get("/supervisor/figures/").status_code == 403
