"""A report from the clock to the addressee: figures, edit, signature, freezing, delivery."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from analytics.alerts.more_channels import FileDrop
from analytics.papers.calendar import Period, period_of
from analytics.papers.counting import Shown
from analytics.papers.definitions import BY_KEY, DEFINITIONS, sql_of, version
from analytics.papers.desk import Papers
from analytics.papers.files import PaperFiles
from analytics.papers.freezing import hash_of
from analytics.papers.scope import scope_of
from analytics.papers.standing import StandingSignatures
from analytics.report.channels import Address, Push, SendFailed
from analytics.report.delivery import Deliverer
from analytics.report.errors import (
    NotPermitted,
    PaperAlreadySigned,
    PaperChangedMeanwhile,
    PeriodNotOver,
    ReasonMissing,
)
from hotline.bootstrap.report_clock import ReportClock
from models.alerting import PublishedFigure
from models.audit import AuditLine
from models.notes import Note
from models.outbox import OutboxRow, Progress
from models.papers import Paper
from models.places import Mechanism, Organisation
from models.surveillance import Contact, Delivery
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState
from tests.integration.pipeline.reports_kit import (
    FIRST,
    PROVINCE,
    count_by_hand,
    papers_of,
    some_days,
)
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline
from tests.recount import recount

FIVE = date(2026, 11, 5)


@pytest.fixture
def papers(hotline: Hotline) -> Papers:
    some_days(hotline, 5)
    return papers_of(hotline)


def paper_of(hotline: Hotline, paper_id: int | None) -> Paper:
    assert paper_id is not None
    with hotline.session() as session:
        paper = session.get_one(Paper, paper_id)
        _ = [delivery.tries for delivery in paper.deliveries]
        session.expunge_all()
        return paper


def figures(paper: Paper) -> dict[tuple[str, str | None], int | None]:
    return {(f["key"], f["label"]): f["value"] for f in paper.content["figures"]}


def period(kind: PaperKind, day: date) -> Period:
    found = period_of(kind, day)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", [PaperKind.DAILY, PaperKind.FIVE_DAY])
def test_every_figure_is_what_a_second_count_of_the_log_gives(
    hotline: Hotline, papers: Papers, kind: PaperKind
) -> None:
    paper = paper_of(hotline, papers.draft(kind, PROVINCE, FIVE))
    told, span = figures(paper), period(kind, FIVE)
    since, until = span.bounds()
    with hotline.session() as session:
        log = recount(session, since, until)

        def by(label: Callable[[Contact, Note], str | None]) -> dict[str, int]:
            return count_by_hand(session, span.first, span.last, label)

        assert told["received", None] == log.received
        few = log.received - log.answered < 5
        assert told["answered", None] == (log.answered if kind is PaperKind.DAILY and not few else None)
        assert told["persons", None] == by(lambda _c, _n: "all")["all"]
        assert told["high_risk", None] is None, "the month's to tell"
        checked = 0
        for key, label in (
            ("problems", lambda _c, n: str(n.problem.value)),
            (
                "populations",
                lambda _c, n: "others" if n.population.value == "P18" else str(n.population.value),
            ),
        ):
            again = by(label)
            if kind is PaperKind.DAILY:
                assert not any(figure == key for figure, _ in told), "the five days' to tell"
            for (figure, cell), value in told.items():
                if figure == key:
                    assert value == again[str(cell)], (key, cell)
                    checked += 1
    assert checked >= (6 if kind is PaperKind.FIVE_DAY else 0), "it tells something"


def test_a_month_counts_what_is_rare_and_adds_up_what_was_public_of_the_rest(hotline: Hotline) -> None:
    some_days(hotline, 30, calls_a_day=12)
    papers = papers_of(hotline)
    summaries = []
    for first in range(1, 31, 5):
        paper_id = papers.draft(PaperKind.FIVE_DAY, PROVINCE, FIRST.replace(day=first))
        summaries.append(figures(paper_of(hotline, paper_id)))
    told = figures(paper_of(hotline, papers.draft(PaperKind.MONTH, PROVINCE, FIRST)))
    emotion = ("problems", "C")
    assert told[emotion] == sum(one.get(emotion) or 0 for one in summaries)
    with hotline.session() as session:
        last = FIRST.replace(day=30)
        high = count_by_hand(session, FIRST, last, lambda _c, n: "yes" if (n.risk_level or 0) >= 3 else None)
        everybody = count_by_hand(session, FIRST, last, lambda _c, _n: "all")
    assert told["high_risk", None] == high["yes"]
    assert told["persons", None] == everybody["all"]


def test_a_report_is_written_once_and_only_when_its_period_is_over(hotline: Hotline, papers: Papers) -> None:
    job = {"kind": "five_day", "place": PROVINCE, "first": "2026-11-01"}
    first = papers.write(job)
    assert papers.write(job) == first
    with pytest.raises(PeriodNotOver):
        papers.draft(PaperKind.FIVE_DAY, PROVINCE, FIVE + timedelta(days=1))
    assert papers.write({**job, "place": "990100"}) is None, "nobody to address there"
    assert papers.write({**job, "place": "990101"}) is None, "five days are no report of a county"


def test_nothing_small_stands_in_a_report_nor_in_its_words(hotline: Hotline, papers: Papers) -> None:
    paper = paper_of(hotline, papers.draft(PaperKind.DAILY, PROVINCE, FIVE))
    values = [v for f in paper.content["figures"] for v in (f["value"], f["before"]) if v is not None]
    assert values
    assert min(values) >= 5
    with hotline.session() as session:
        smallest = session.scalar(select(func.min(PublishedFigure.persons)))
    assert smallest is not None
    assert smallest >= 5


def test_a_draft_is_edited_signed_and_then_stands(hotline: Hotline, papers: Papers) -> None:
    paper_id = papers.draft(PaperKind.FIVE_DAY, PROVINCE, FIVE)
    assert paper_id is not None
    first, official = hotline.person("first"), hotline.person("official")
    papers.edit(
        paper_id, first, 1, {"overall": "总体平稳。\n\n关注周末。", "unknown": "x"},
        [{"unit": "教育部门", "advice": "开展排查。", "until": "2026-12-01"}, {"unit": "", "advice": " "}],
    )  # fmt: skip
    with pytest.raises(PaperChangedMeanwhile):
        papers.sign(paper_id, hotline.person("second"), 1)
    with pytest.raises(NotPermitted):
        papers.sign(paper_id, official, 2)
    papers.sign(paper_id, hotline.person("second"), 2)
    paper = paper_of(hotline, paper_id)
    assert paper.state is PaperState.SIGNED
    assert paper.number == "〔2026〕1号"
    assert paper.definitions_version == version()
    assert paper.sha256 == hash_of(paper)
    advice = next(s for s in paper.content["sections"] if s["key"] == "advice")
    assert advice["items"] == [{"unit": "教育部门", "advice": "开展排查。", "until": "2026-12-01"}]
    overall = next(s for s in paper.content["sections"] if s["key"] == "overall")
    assert overall["remarks"] == ["总体平稳。", "关注周末。"]
    changes: tuple[Callable[[], None], ...] = (
        lambda: papers.edit(paper_id, first, 2, {}, []),
        lambda: papers.count_anew(paper_id, first),
        lambda: papers.drop(paper_id, first, "错"),
        lambda: papers.sign(paper_id, first, 2),
    )
    for change in changes:
        with pytest.raises(PaperAlreadySigned):
            change()
    paper.content["sections"][0]["paragraphs"].append("x")
    assert paper.sha256 != hash_of(paper), "one character more is another paper"
    with hotline.session() as session:
        actions = session.scalars(select(AuditLine.action).where(AuditLine.subject == f"report:{paper_id}"))
        assert list(actions) == ["report.draft", "report.edit", "report.sign"]


def test_figures_of_a_dropped_draft_are_free_again(hotline: Hotline, papers: Papers) -> None:
    paper_id = papers.draft(PaperKind.DAILY, PROVINCE, FIVE)
    assert paper_id is not None
    with pytest.raises(ReasonMissing):
        papers.drop(paper_id, hotline.person("first"), " ")
    papers.drop(paper_id, hotline.person("first"), "数据有误")
    with hotline.session() as session:
        assert session.scalar(select(func.count(PublishedFigure.id))) == 0
    assert papers.draft(PaperKind.DAILY, PROVINCE, FIVE) != paper_id


def test_counting_anew_keeps_what_was_written_by_hand(hotline: Hotline, papers: Papers) -> None:
    paper_id = papers.draft(PaperKind.DAILY, PROVINCE, FIVE)
    assert paper_id is not None
    papers.edit(paper_id, hotline.person("first"), 1, {"overall": "请关注。"}, [])
    with hotline.session() as session, session.begin():
        for contact in session.scalars(select(Contact).where(Contact.day == FIVE).limit(8)):
            session.delete(contact)
    before = figures(paper_of(hotline, paper_id))
    papers.count_anew(paper_id, hotline.person("first"))
    paper = paper_of(hotline, paper_id)
    assert (figures(paper)["persons", None] or 0) < (before["persons", None] or 0)
    assert paper.content["sections"][0]["remarks"] == ["请关注。"]


def test_each_figure_has_a_statement_that_can_be_read(hotline: Hotline, papers: Papers) -> None:
    with hotline.session() as session:
        scope = scope_of(session, PROVINCE, period(PaperKind.DAILY, FIVE))
        for definition in DEFINITIONS:
            assert sql_of(definition, scope).startswith("SELECT"), definition.key
    assert "2026-11-05" in sql_of(BY_KEY["persons"], scope)


class Received:
    """A receiver that keeps what it is sent, and fails the first times."""

    leaves_machine = False

    def __init__(self, failures: int = 0) -> None:
        self.pushes: list[tuple[Push, Address]] = []
        self._failures = failures

    def send(self, push: Push, address: Address) -> str:
        if self._failures:
            self._failures -= 1
            raise SendFailed("http 503")
        self.pushes.append((push, address))
        return "ok"


def test_a_signed_report_goes_out_with_number_kind_and_link_alone(
    hotline: Hotline, papers: Papers, tmp_path: Path
) -> None:
    with hotline.session() as session, session.begin():
        body = session.scalars(select(Mechanism).where(Mechanism.place_code == PROVINCE)).one()
        body.file_drop = True
    paper_id = papers.draft(PaperKind.DAILY, PROVINCE, FIVE)
    assert paper_id is not None
    papers.sign(paper_id, hotline.person("first"), 1)
    mail = Received(failures=1)
    drop = FileDrop(tmp_path, {"report": PaperFiles(hotline.work)}, leaves_machine=False)
    deliverer = Deliverer(
        hotline.work,
        {DeliveryChannel.EMAIL: mail, DeliveryChannel.FILE: drop},
        {"report": lambda n: f"https://hotline.example/papers/{n}"},
    )
    jobs: dict[str, Callable[[dict[str, Any]], object]] = {"deliver": deliverer.deliver}
    hotline.run_outbox(jobs, shuffle=random.Random(1).shuffle)
    assert mail.pushes == [], "the first attempt failed"
    hotline.now += timedelta(minutes=1)
    hotline.run_outbox(jobs)
    ((push, address),) = mail.pushes
    assert (push.number, push.level, push.subject) == ("〔2026〕1号", "日报", "report")
    assert push.link == f"https://hotline.example/papers/{paper_id}"
    assert address.to == "p@yunjiang.example"
    states = {d.channel: (d.state, len(d.tries)) for d in paper_of(hotline, paper_id).deliveries}
    assert states[DeliveryChannel.EMAIL] == (DeliveryState.SENT, 2), "each attempt is kept"
    assert states[DeliveryChannel.FILE] == (DeliveryState.SENT, 1)
    (folder,) = (tmp_path / PROVINCE).iterdir()
    assert {f.name for f in folder.iterdir()} == {"report.pdf", "report.docx", "manifest.json"}
    deliverer.deliver({"delivery_id": _id(hotline, paper_id, DeliveryChannel.EMAIL), "attempts": 1})
    assert len(mail.pushes) == 1, "asked again, it goes to nobody twice"


def _id(hotline: Hotline, paper_id: int, channel: DeliveryChannel) -> int:
    with hotline.session() as session:
        return session.scalars(
            select(Delivery.id).where(Delivery.paper_id == paper_id, Delivery.channel == channel)
        ).one()


def test_a_digest_goes_out_unread_only_while_a_signature_stands(hotline: Hotline, papers: Papers) -> None:
    hotline.now += timedelta(days=6)
    signatures = StandingSignatures(hotline.work, AUDIT_KEY)
    five = papers.draft(PaperKind.FIVE_DAY, PROVINCE, FIVE)
    assert five is not None
    papers.sign(five, hotline.person("first"), 1)
    without = paper_of(hotline, papers.draft(PaperKind.DIGEST, PROVINCE, FIRST - timedelta(days=1)))
    assert without.state is PaperState.DRAFT
    signatures.give(PROVINCE, hotline.person("second"), 30, "每周例行")
    paper = paper_of(hotline, papers.draft(PaperKind.DIGEST, PROVINCE, FIVE))
    assert (paper.state, paper.standing, paper.signed_by_id) == (
        PaperState.SIGNED, True, hotline.person("second"),
    )  # fmt: skip
    assert "全部求助" in str(paper.content["sections"]), "what the signed summary made public"
    with hotline.session() as session:
        own = session.scalars(select(PublishedFigure).where(PublishedFigure.source == f"report:{paper.id}"))
        assert own.all() == [], "it counts nobody anew"


def test_shown_starts_with_nothing(hotline: Hotline) -> None:
    with hotline.session() as session:
        shown = Shown(scope_of(session, PROVINCE, period(PaperKind.DAILY, FIVE)))
    assert (shown.received, shown.answered, shown.tables) == (None, None, {})


def test_the_clock_asks_once_for_what_ended_since_the_hotline_began(hotline: Hotline) -> None:
    hotline.now = datetime(2026, 11, 25, 16, 19, tzinfo=UTC)
    clock = ReportClock(hotline.work, lambda: hotline.now)
    asked: list[tuple[str, str]] = []

    def keep(job: dict[str, Any]) -> None:
        if job["place"] == PROVINCE:
            asked.append((job["kind"], job["first"]))

    def run() -> None:
        hotline.run_outbox({"write_paper": keep})

    clock.ask_if_due()
    run()
    assert ("daily", "2026-11-25") not in asked, "nineteen minutes after midnight notes are still written"
    hotline.now += timedelta(minutes=2)
    for _ in range(3):
        clock.ask_if_due()
        ReportClock(hotline.work, lambda: hotline.now).ask_if_due()
    run()
    assert {("daily", "2026-11-25"), ("five_day", "2026-11-21"), ("two_day", "2026-11-23")} <= set(asked)
    assert len(asked) == len(set(asked)), "a clock that starts anew asks nothing twice"
    assert min(first for kind, first in asked if kind == "daily") == "2026-11-20", "its first day"


def test_while_the_history_is_written_no_report_is_asked_for(hotline: Hotline) -> None:
    with hotline.session() as session, session.begin():
        session.scalars(select(Organisation)).one().is_demonstration = True
        session.add(Progress(key="demonstration", done=3, total=60, step="contacts", moved_at=hotline.now))
    clock = ReportClock(hotline.work, lambda: hotline.now)
    clock.ask_if_due()
    with hotline.session() as session, session.begin():
        assert session.scalars(select(OutboxRow).where(OutboxRow.kind == "write_paper")).all() == []
        session.get_one(Progress, "demonstration").finished_at = hotline.now
    clock.ask_if_due()
    with hotline.session() as session:
        assert session.scalars(select(OutboxRow).where(OutboxRow.kind == "write_paper")).all() != []
