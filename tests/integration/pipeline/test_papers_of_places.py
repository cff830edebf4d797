"""Every place of the tree that has an addressee gets its own reports: its own figures, for its own people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from analytics.alerts.notices import Notifier
from analytics.papers.answers import PaperAnswers, open_questions
from analytics.papers.desk import Papers
from analytics.papers.plan import Plans, plan_of
from analytics.report.channels import Address, Push
from analytics.report.delivery import Deliverer
from analytics.report.errors import NotFound, NothingAsked, NotPermitted, PersonNamed, TextMissing
from hotline.bootstrap.report_clock import ReportClock
from hotline.workforce.training import Entry, Trainings
from models.alerting import PublishedFigure, Subscription
from models.audit import AuditLine
from models.notes import Note
from models.papers import Paper
from models.places import Mechanism
from models.surveillance import Contact, Delivery
from models.vocabulary import PlaceLevel
from models.vocabulary_alerting import BodyKind, DeliveryRole
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_readiness import TrainingKind, TrainingResult
from models.vocabulary_surveillance import AlertLevel, DeliveryChannel, DeliveryState
from tests.integration.pipeline.reports_kit import CITY, FIRST, PROVINCE, papers_of, some_days
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline, Jobs

COUNTY, OTHER_CITY = "990101", "990200"


def a_body(hotline: Hotline, place: str, kind: BodyKind = BodyKind.MECHANISM) -> None:
    with hotline.session() as session, session.begin():
        name = f"{place} {kind.value}"
        session.add(
            Mechanism(
                place_code=place, kind=kind, name_zh=name, name_en=name, email=f"{kind.value}@{place}.example"
            )
        )


@pytest.fixture
def papers(hotline: Hotline) -> Papers:
    some_days(hotline, 5, calls_a_day=50)
    hotline.now = datetime(2026, 12, 1, 1, tzinfo=UTC)
    for place in (CITY, OTHER_CITY):
        a_body(hotline, place)
    return papers_of(hotline)


def a_signed(hotline: Hotline, papers: Papers, kind: PaperKind, place: str) -> int:
    paper_id = papers.draft(kind, place, FIRST)
    assert paper_id is not None
    papers.sign(paper_id, hotline.person("first"), 1)
    return paper_id


def lines_of(hotline: Hotline, paper_id: int) -> dict[str, str]:
    """The rows of the work sheet."""
    with hotline.session() as session:
        sections = session.get_one(Paper, paper_id).content["sections"]
        (sheet,) = [table for s in sections if s["key"] == "work" for table in s["tables"]]
        return {row[0]: row[1] for row in sheet["rows"]}


def test_a_place_gets_the_reports_of_its_level_once_it_has_an_addressee(hotline: Hotline) -> None:
    a_body(hotline, "990102", BodyKind.COUNTY_OFFICER)
    a_body(hotline, CITY, BodyKind.POLICE)
    with hotline.session() as session:
        plan = {p.place_code: p.kinds for p in plan_of(session)}
    assert set(plan) == {PROVINCE, COUNTY, "990102"}, "a county with a 专员, none for the police of a city"
    assert plan[PROVINCE] == set(PaperKind)
    assert plan[COUNTY] == {PaperKind.MONTH, PaperKind.QUARTER, PaperKind.HALF_YEAR, PaperKind.DIGEST}


def test_which_level_gets_which_is_a_supervisors_choice_and_audited(hotline: Hotline) -> None:
    plans, supervisor = Plans(hotline.work, AUDIT_KEY), hotline.person("first")
    with pytest.raises(NotPermitted):
        plans.choose(hotline.person("official"), {PlaceLevel.COUNTY: []})
    plans.choose(supervisor, {PlaceLevel.COUNTY: [PaperKind.DAILY], PlaceLevel.PROVINCE: []})
    with hotline.session() as session:
        plan = {p.place_code: p.kinds for p in plan_of(session)}
        assert plan[COUNTY] == {PaperKind.DAILY}
        assert plan[PROVINCE] == set(PaperKind), "the hotline's own place gets every one"
        assert session.scalars(select(AuditLine).where(AuditLine.action == "report.plan")).first() is not None
    plans.choose(supervisor, {PlaceLevel.COUNTY: []})
    with hotline.session() as session:
        assert {p.place_code for p in plan_of(session)} == {PROVINCE}


def test_the_clock_asks_for_the_reports_of_every_place(hotline: Hotline) -> None:
    hotline.now = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    a_body(hotline, CITY)
    ReportClock(hotline.work, lambda: hotline.now).ask_if_due()
    asked: set[tuple[str, str]] = set()
    hotline.run_outbox({"write_paper": lambda job: asked.add((job["place"], job["kind"]))})
    assert {(PROVINCE, "daily"), (CITY, "five_day"), (CITY, "month"), (COUNTY, "month")} <= asked
    assert (CITY, "daily") not in asked
    assert (COUNTY, "five_day") not in asked


def test_a_citys_report_tells_the_citys_figures_and_none_of_the_province(
    hotline: Hotline, papers: Papers
) -> None:
    for place in (PROVINCE, CITY):
        a_signed(hotline, papers, PaperKind.FIVE_DAY, place)
    last = FIRST + timedelta(days=4)
    with hotline.session() as session:
        paper = session.scalars(select(Paper).where(Paper.place_code == CITY)).one()
        figures = {(f["key"], f["label"]): f["value"] for f in paper.content["figures"]}
        contacts = session.scalars(
            select(Contact).where(Contact.day >= FIRST, Contact.day <= last, Contact.place_code.like("9901%"))
        ).all()
        told = session.scalars(select(PublishedFigure).where(PublishedFigure.place_code == CITY)).all()
    assert figures["persons", None] == len({c.person_hash for c in contacts})
    problems = {label: value for (key, label), value in figures.items() if key == "problems"}
    assert problems, "a month of this hotline is enough to tell subjects of a city"
    for label, value in problems.items():
        assert value == len({c.person_hash for c in contacts if c.problem == label})
    assert "澜州市" in paper.title
    assert paper.content["to"] == [f"{CITY} mechanism"]
    assert {(f.series, f.persons) for f in told} >= {("all", figures["persons", None])}, "the ledger has it"


def test_a_county_without_a_centre_is_told_of_its_people_and_not_of_calls_and_shifts(
    hotline: Hotline, papers: Papers
) -> None:
    paper_id = a_signed(hotline, papers, PaperKind.MONTH, COUNTY)
    with hotline.session() as session:
        sections = session.get_one(Paper, paper_id).content["sections"]
        text = str(sections)
    assert "东岸区求助人数" in text
    assert "staff" not in {s["key"] for s in sections}
    assert "被访问总数" not in text
    assert "本地、外地" not in text


def test_a_report_reaches_its_own_place_and_no_other(hotline: Hotline, papers: Papers) -> None:
    a_body(hotline, CITY, BodyKind.CITY_TEAM)
    with hotline.session() as session, session.begin():
        for login in ("city", "official", "elsewhere"):
            session.add(
                Subscription(
                    person_id=hotline.person(login), email=f"{login}@me.example", reports=True,
                    lowest_level=AlertLevel.BLUE, created_at=hotline.now,
                )
            )  # fmt: skip
    paper_id = a_signed(hotline, papers, PaperKind.MONTH, CITY)
    sent: list[str] = []

    class Mail:
        leaves_machine = False

        def send(self, _push: Push, address: Address) -> str:
            sent.append(address.to)
            return "ok"

    ways, links = {DeliveryChannel.EMAIL: Mail()}, {"report": str}
    jobs: Jobs = {
        "deliver": Deliverer(hotline.work, ways, links).deliver,
        "notice": Notifier(hotline.work, ways, links),
    }
    hotline.run_outbox(jobs)
    assert sorted(sent) == ["city@me.example", f"city_team@{CITY}.example", f"mechanism@{CITY}.example"]
    with hotline.session() as session:
        deliveries = session.scalars(select(Delivery).where(Delivery.paper_id == paper_id)).all()
        assert {d.mechanism.place_code for d in deliveries} == {CITY}
        roles = {d.mechanism.kind: d.role for d in deliveries}
        assert roles == {BodyKind.MECHANISM: DeliveryRole.MAIN, BodyKind.CITY_TEAM: DeliveryRole.COPY}


def test_a_digest_of_a_place_of_which_nothing_is_public_is_not_written(
    hotline: Hotline, papers: Papers
) -> None:
    monday = FIRST + timedelta(days=1)
    assert papers.draft(PaperKind.DIGEST, COUNTY, monday) is None
    assert papers.draft(PaperKind.DIGEST, PROVINCE, monday) is not None


def test_the_sheet_of_a_month_has_every_line_of_the_work_report(hotline: Hotline, papers: Papers) -> None:
    with hotline.session() as session, session.begin():
        for number, note in enumerate(session.scalars(select(Note).order_by(Note.id).limit(40))):
            note.fields = {"special": ["difficult"]} if number % 2 else {"repeat": "03"}
    Trainings(hotline.work, AUDIT_KEY).record(
        [hotline.person("operator")],
        Entry(
            TrainingKind.SYSTEM, "危机干预", datetime(2026, 11, 9, 16, tzinfo=UTC), 3.0,
            TrainingResult.ATTENDED, None, "沈文",
        ),
        by_id=hotline.person("first"),
    )  # fmt: skip
    papers.draft(PaperKind.FIVE_DAY, PROVINCE, FIRST)
    lines = lines_of(hotline, a_signed(hotline, papers, PaperKind.MONTH, PROVINCE))
    with hotline.session() as session:
        rows = session.execute(
            select(Contact.person_hash, Note.fields).join(Note, Note.call_id == Contact.call_id)
        ).all()
    difficult = len({r.person_hash for r in rows if (r.fields or {}).get("special")})
    frequent = len({r.person_hash for r in rows if (r.fields or {}).get("repeat") == "03"})
    assert lines["困难来电"] == f"{difficult}人"
    assert lines["反复来电"] == f"{frequent}人"
    assert lines["培训、演练"] == "1次、0次，参加1人"
    place = lines["本地、外地、未说明（各期公布数合计）"]
    assert place.startswith("本地")
    assert "外地—" in place
    assert "未说明—" not in place, "a fifth of these callers named no place"


def test_an_official_asks_tells_and_acknowledges_and_the_hotline_answers(
    hotline: Hotline, papers: Papers
) -> None:
    paper_id = a_signed(hotline, papers, PaperKind.MONTH, CITY)
    answers = PaperAnswers(hotline.work, AUDIT_KEY)
    city, elsewhere, first = (hotline.person(login) for login in ("city", "elsewhere", "first"))
    for stranger in (elsewhere, hotline.person("official")):
        with pytest.raises(NotFound):
            answers.ask(paper_id, stranger, "？")
    with pytest.raises(NothingAsked):
        answers.answer(paper_id, first, "没有人问")
    answers.opened(paper_id, city)
    assert states_of(hotline, paper_id) == {DeliveryState.DUE}, "a month's paper asks for more than opening"
    answers.acknowledge(paper_id, city)
    answers.acknowledge(paper_id, city)
    assert states_of(hotline, paper_id) == {DeliveryState.RECEIVED}
    for refused, error in ((" ", TextMissing), ("请回电13800138000", PersonNamed)):
        with pytest.raises(error):
            answers.ask(paper_id, city, refused)
    answers.ask(paper_id, city, "失眠增多的原因是什么？")
    answers.tell(paper_id, city, "已在社区开设讲座。")
    with hotline.session() as session:
        (question,) = open_questions(session)
        assert (question.paper_id, question.text) == (paper_id, "失眠增多的原因是什么？")
    with pytest.raises(NotPermitted):
        answers.answer(paper_id, city, "自问自答")
    answers.answer(paper_id, first, "主要与停产有关，见第三部分。")
    with hotline.session() as session:
        assert open_questions(session) == ()
        actions = session.scalars(select(AuditLine.action).where(AuditLine.subject == f"report:{paper_id}"))
        assert [a for a in actions if a not in ("report.draft", "report.sign")] == [
            "report.acknowledge", "report.ask", "report.act", "report.answer",
        ]  # fmt: skip


def states_of(hotline: Hotline, paper_id: int) -> set[DeliveryState]:
    with hotline.session() as session:
        paper = session.get_one(Paper, paper_id)
        assert paper.state is PaperState.SIGNED
        return {delivery.state for delivery in paper.deliveries}
