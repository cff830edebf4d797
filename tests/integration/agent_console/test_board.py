"""The board agrees with the event log, shows what is urgent first, and says why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from agent_console import board_page, queries_board
from agent_console.kept_rows import NUMBER, SECONDS
from agent_console.local_time import day_start
from agent_console.queries_board import read_board
from agent_console.shared_fragments import TOKEN
from hotline.workforce.coverage import coverage_now
from models.calls import Call
from models.care import Danger
from models.events import AlarmChanged, DangerClosed, HelpAsked, SeatChanged
from models.outbox import OutboxRow
from models.seats import Seat
from models.vocabulary import CallOutcome, CallState, DangerState, SeatState
from tests import factories
from tests.boards_kit import NOW, Night, a_night
from tests.console_kit import Console, csrf_of
from tests.recount import recount


def test_the_boards_numbers_equal_a_recount_of_the_event_log(engine: Engine) -> None:
    with Session(engine) as session:
        factories.a_province(session)
        factories.an_organisation(session)
        a_night(session)
        session.commit()

        board = read_board(session, NOW)
        counted = recount(session, day_start(NOW), NOW)

    today = board.today
    assert today.received == counted.received > 20
    assert today.answered == counted.answered
    assert today.answered_within == counted.within
    assert today.short_abandons == counted.short == 1
    assert today.abandoned == counted.abandoned == 2
    assert today.asa_seconds == pytest.approx(counted.asa)
    assert board.standing.whole.waiting == len(board.waiting) == counted.waiting == 4
    assert sum(row.figures.received for row in board.centres) <= today.received


def test_the_queue_stands_in_the_order_of_service(busy: tuple[Console, Night]) -> None:
    console, _ = busy
    with console.records() as session:
        board = read_board(session, NOW)
        keys = {call.id: call.queue_key for call in session.scalars(select(Call)) if call.queue_key}

    shown = [call.call_id for call in board.waiting]
    assert shown == sorted(shown, key=lambda call_id: keys[call_id] or 0)
    assert [part.code for part in board.waiting[0].order.parts] == ["danger"]
    assert board.longest_seconds == 161


def test_danger_and_help_stand_first_among_the_seats(busy: tuple[Console, Night]) -> None:
    console, night = busy
    with console.records() as session:
        board = read_board(session, NOW)

    assert board.seats[0].danger
    assert board.seats[1].help_asked
    assert [d.danger_id for d in board.dangers] == [night.danger.id]
    assert board.seat_counts[SeatState.TALKING] == 2


def test_the_page_says_why_a_call_comes_first_and_what_falls_short(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    page = client.get("/supervisor/").text

    assert "按了危险键" in page
    assert "尾号 6120" in page
    assert "13722226120" not in page
    assert "石门中心在岗 1 席，最低 2 席" in page
    assert "石门中心现在排班不足 2 席" in page
    assert "1 个回拨已过时限" in page
    for part in (
        "strip",
        "figures",
        "queue",
        "centres",
        "seats",
        "alarms",
        "notices",
        "duties",
        "outcomes",
    ):
        assert f'id="board-{part}"' in page


def test_the_refresh_brings_every_part_of_the_board(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    whole, fresh = client.get("/supervisor/").text, client.get("/supervisor/live").text

    parts = re.compile(r'id="(board-[a-z]+)"')
    assert parts.findall(fresh)
    assert set(parts.findall(fresh)) == set(parts.findall(whole))
    assert "<html" not in fresh


def test_the_wall_shows_no_name_and_no_number(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    with console.records() as session:
        board = read_board(session, NOW)
    names = {seat.person for seat in board.seats if seat.person}
    tails = {call.tail for call in board.waiting if call.tail}

    page = client.get("/supervisor/wall/live").text

    assert "坐席 01" in page
    assert len(names) > 5
    assert not [name for name in names if name in page]
    assert not [tail for tail in tails if tail in page]


def test_cover_on_the_board_is_the_workforces_cover(busy: tuple[Console, Night]) -> None:
    console, night = busy
    with console.records() as session:
        whole = coverage_now(session, NOW).whole

    page = console.signed_in(night.people.supervisor).get("/supervisor/").text

    assert f"在岗 {whole.on_duty} / 应到 {whole.rostered} · 最低 {whole.minimum}" in page


def test_a_danger_is_seen_and_closed_with_an_outcome_only(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    path = f"/supervisor/dangers/{night.danger.id}"
    token = csrf_of(client, "/supervisor/")

    seen = client.post(f"{path}/see", data={"csrf_token": token})
    refused = client.post(f"{path}/close", data={"csrf_token": token, "outcome": "  "})
    outcome = {"csrf_token": token, "outcome": "家人已到身边，约明早随访"}
    undecided = client.post(f"{path}/close", data=outcome)
    closed = client.post(f"{path}/close", data={**outcome, "not_called": "家人先到，本人平静"})

    assert (seen.status_code, refused.status_code, undecided.status_code) == (303, 409, 409)
    assert closed.status_code == 303
    with console.records() as session:
        assert read_board(session, NOW).dangers == ()
    assert "家人已到身边" in client.get(path).text


def test_help_is_seen_by_the_first_and_the_desk_is_told(busy: tuple[Console, Night]) -> None:
    console, night = busy
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    path = f"/supervisor/helps/{night.help.id}/see"

    for client in (first, second):
        client.post(path, data={"csrf_token": csrf_of(client, "/supervisor/")})

    with console.records() as session:
        found = read_board(session, NOW).helps
    assert [row.seen_at for row in found] == [NOW]
    assert sum(isinstance(event, HelpAsked) for event in console.bulletin.told) == 1


def test_a_seat_is_changed_only_with_a_reason(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    seat = night.seats[2].id
    token = csrf_of(client, "/supervisor/")

    client.post(
        f"/supervisor/seats/{seat}/status", data={"csrf_token": token, "status": "break", "reason": ""}
    )
    assert console.desk.asked == []
    client.post(
        f"/supervisor/seats/{seat}/status",
        data={"csrf_token": token, "status": "break", "reason": "设备在换"},
    )

    assert [verb for verb, _ in console.desk.asked] == ["set_by_supervisor"]


def test_a_waiting_call_ages_with_the_clock(busy: tuple[Console, Night]) -> None:
    console, _ = busy
    with console.records() as session:
        later = read_board(session, NOW + timedelta(seconds=30))

    assert later.longest_seconds == 191


def test_boards_share_a_reading_and_each_has_a_form_token_of_its_own(busy: tuple[Console, Night]) -> None:
    console, night = busy
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    field = re.compile(r'name="csrf_token" value="([^"]+)"')

    one, other = first.get("/supervisor/live").text, second.get("/supervisor/live").text

    assert TOKEN not in one + other
    assert field.sub("", one) == field.sub("", other)
    assert set(field.findall(one)).isdisjoint(field.findall(other))
    seen = second.post(f"/supervisor/helps/{night.help.id}/see", data={"csrf_token": field.findall(other)[0]})
    assert seen.status_code == 303


def test_what_analysis_owes_is_shown_by_priority_each_with_its_age(busy: tuple[Console, Night]) -> None:
    console, night = busy
    with console.records() as session:
        for number, (queue, minutes) in enumerate((("work", 50), ("danger", 2), ("work", 3), ("danger", 9))):
            at = NOW - timedelta(minutes=minutes)
            session.add(
                OutboxRow(kind="transcribe", queue=queue, key=f"owed:{number}", due_at=at, created_at=at)
            )
        session.commit()
        board = read_board(session, NOW)
    first, second = board.backlog.by_priority
    assert first == ("danger", 2, 540.0)
    assert (second[0], second[2]) == ("work", 3000.0)
    assert (board.backlog.jobs, board.backlog.oldest_seconds) == (2 + second[1], 3000.0)

    page = console.signed_in(night.people.supervisor).get("/supervisor/live").text

    assert page.index("危险来电与留言") < page.index("一般来电")
    assert re.search(r'data-figure="backlog-danger">2 <span class="muted">最早的已等 9 分钟', page)


def test_a_seats_card_is_rendered_anew_when_it_says_something_else_and_only_then(
    busy: tuple[Console, Night],
) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    before = client.get("/supervisor/").text
    kept = dict(_kept_rows(console, "seat_card"))
    with console.records() as session:
        paused = session.scalars(select(Seat).where(Seat.state == SeatState.AVAILABLE)).first()
        assert paused is not None
        paused.state, paused.state_reason = SeatState.PAUSED, "no_answer"

    after = client.get("/supervisor/").text

    said = _kept_rows(console, "seat_card")
    assert {key for key, card in said.items() if kept[key] is not card} == {paused.id}
    card = re.compile(rf'<article class="[^"]*" data-row data-seat="{paused.id}">.*?</article>', re.DOTALL)
    was, now = card.search(before), card.search(after)
    assert was is not None
    assert now is not None
    assert "上一通没有接" not in was[0]
    assert "上一通没有接" in now[0]
    assert SECONDS not in before + after


def _kept_rows(console: Console, row: str) -> dict[int, object]:
    found: dict[int, object] = console.app.extensions["console_kept_rows"][f"supervisor/_{row}.html", "zh"]
    return found


def test_who_leaves_the_line_moves_the_others_up_and_renders_none_of_them(
    busy: tuple[Console, Night],
) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    row = re.compile(r'data-call="(\d+)"><td class="num">(\d+)</td>')
    before = row.findall(client.get("/supervisor/").text)
    kept = dict(_kept_rows(console, "queue_row"))
    with console.records() as session:
        first = session.get_one(Call, int(before[0][0]))
        first.state, first.ended_at, first.outcome = CallState.ENDED, NOW, CallOutcome.ABANDONED

    page = client.get("/supervisor/").text

    assert row.findall(page) == [(call, str(n)) for n, (call, _) in enumerate(before[1:], 1)]
    said = _kept_rows(console, "queue_row")
    assert list(said) == [int(call) for call, _ in before[1:]]
    assert all(said[key] is kept[key] for key in said)
    assert SECONDS not in page
    assert NUMBER not in page


def test_a_refresh_after_calls_and_seats_alone_does_not_ask_anew_what_they_do_not_change(
    busy: tuple[Console, Night], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queries_board, board_page):  # for however long this machine takes
        monkeypatch.setattr(module, "REST_SECONDS", 600.0)
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    asked: list[str] = []
    listen(console.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    first = client.get("/supervisor/live").text
    rest = ("FROM threshold", "FROM alarm", "FROM follow_up", "FROM shift", "FROM admission")
    assert all(any(table in one for one in asked) for table in rest)
    with console.records() as session:
        seat = session.scalars(select(Seat).where(Seat.state == SeatState.AVAILABLE)).first()
        assert seat is not None
        seat.state = SeatState.PAUSED
        session.add(OutboxRow(kind="transcribe", queue="urgent", key="new", due_at=NOW, created_at=NOW))
    asked.clear()
    console.bulletin.publish((SeatChanged(seat.id, "paused"),), ())

    page = client.get("/supervisor/live").text

    assert not [one for one in asked for table in rest if table in one]
    assert "backlog-urgent" not in first + page
    lane = page[page.index('data-lane="paused"') :]
    assert f'data-seat="{seat.id}"' in lane
    console.bulletin.publish((AlarmChanged(1, "raise", "warn"),), ())
    assert "backlog-urgent" in client.get("/supervisor/live").text


def test_a_board_never_shows_a_moment_from_before_what_it_was_told(busy: tuple[Console, Night]) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    before = client.get("/supervisor/live").text
    with console.records() as session:
        danger = session.get_one(Danger, night.danger.id)
        danger.state = DangerState.CLOSED
    console.bulletin.publish((DangerClosed(night.danger.id, danger.call_id),), ())

    after = client.get("/supervisor/live").text

    assert f'data-danger="{night.danger.id}"' in before
    assert f'data-danger="{night.danger.id}"' not in after
