from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from analytics.cluster import embedder_for
from analytics.days import day_of
from analytics.demonstration.clearing import clear_demonstration
from analytics.demonstration.geography import CITIES, PROVINCE
from analytics.demonstration.history import NoDemonstration, seed_history
from analytics.demonstration.organisation import OrganisationExists, seed_organisation
from analytics.demonstration.roster import leave_telephones
from analytics.papers.freezing import hash_of
from analytics.papers.trends import TrendQuery, subjects, trend
from analytics.pipeline import Pipeline
from analytics.report.cells import EVERYBODY
from hotline.bootstrap.reporting import BOOKS
from hotline.workforce.roster_policy import DEFAULTS, SWITCHES
from models.audit import broken_audit_line, write_audit
from models.calls import Call
from models.care import Danger
from models.crypto import Keyring, NumberHasher
from models.danger_protocol import CallerAsk, DangerReport, DangerTick, Debrief
from models.duty_requests import Absence, StaffNotice, Summons
from models.isolation import IsolationSite
from models.notes import Note
from models.outbox import OutboxRow, Progress
from models.papers import Paper
from models.people import Person
from models.places import Centre, Organisation, Place
from models.protocols import ProtocolVersion
from models.quality import QualityReview, SampleDraw
from models.readiness import (
    Admission,
    RestOffer,
)
from models.recordings import Transcript
from models.roster import (
    DraftShift,
    NamedExit,
    PatternException,
    RosterDraft,
    RosterPolicy,
    ShiftPattern,
)
from models.schema import Base
from models.seats import Seat
from models.surveillance import Contact, Delivery, Issue
from models.unit_of_work import UnitOfWork
from models.vocabulary import AnalysisState, Role, ShiftKind
from models.vocabulary_danger import ReportDecision, ReportTo, TickAnswer
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_quality import SampleReason
from models.vocabulary_roster import NoticeKind
from models.workforce import Shift
from tests.grounds import Ground
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, Hotline

pytestmark = pytest.mark.begins_first

DAYS = 10
HASHER = NumberHasher(b"h" * 32)


@pytest.fixture
def empty(engine: Engine) -> Hotline:
    return Hotline(engine)


def seed(
    hotline: Hotline, keyring: Keyring, folder: Path, tell: Callable[[int, int], None] | None = None
) -> None:
    embedder = embedder_for("zh")
    pipeline = Pipeline(hotline.work, keyring, folder, lambda _l: None, lambda _l: embedder)
    seed_history(hotline.work, pipeline, HASHER, AUDIT_KEY, BOOKS, tell, length_days=DAYS)


def rows(hotline: Hotline, kind: type[Base]) -> int:
    with hotline.session() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_organisation_has_two_centres_with_five_seats_and_shifts_round_the_clock(empty: Hotline) -> None:
    made = seed_organisation(empty.work, lambda password: f"hash of {password}", NOW)
    assert rows(empty, Centre) == 2
    assert rows(empty, Seat) == 10
    assert set(made.by_role()) == {"operator", "supervisor", "supervisor2", "official", "administrator"}
    with empty.session() as session:
        shifts = session.scalars(select(Shift)).all()
        first, last = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
        assert first <= NOW
        assert (last - NOW).days >= 7
        hours = int((last - first).total_seconds() // 3600)
        exits = session.scalars(select(NamedExit)).all()
        for centre in session.scalars(select(Centre.id)):
            own = [s for s in shifts if s.centre_id == centre and s.kind is ShiftKind.SEAT]
            for hour in range(hours):
                at = first + (last - first) * hour / hours
                on = [s for s in own if s.starts_at <= at < s.ends_at]
                named = any(e.centre_id == centre and e.starts_at <= at < e.ends_at for e in exits)
                assert on or named or at >= last - timedelta(hours=8)
                assert len({s.person_id for s in on}) == len(on)
        assert {p.role for p in session.scalars(select(Person))} == set(Role)


def test_making_it_again_gives_new_passwords_and_nothing_else(empty: Hotline) -> None:
    first = seed_organisation(empty.work, str, NOW)
    second = seed_organisation(empty.work, str, NOW)
    assert [a.login for a in first.accounts] == [a.login for a in second.accounts]
    assert not {a.password for a in first.accounts} & {a.password for a in second.accounts}
    assert rows(empty, Organisation) == 1


def test_a_real_organisation_is_never_written_over(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    with pytest.raises(OrganisationExists):
        seed_organisation(hotline.work, str, NOW)
    with pytest.raises(NoDemonstration):
        seed(hotline, keyring, tmp_path)


def after_a_kill(ground: Ground, keyring: Keyring, folder: Path) -> Hotline:
    """The whole demonstration, made by a run that was killed, by the next, and by one that found all done."""

    def past(engine: Engine) -> None:
        house = Hotline(engine)
        seed_organisation(house.work, str, NOW)
        leave_telephones(house.work)

        class Killed(BaseException):
            pass

        def kill(done: int, _total: int) -> None:
            if done == 4:
                raise Killed

        with pytest.raises(Killed):
            seed(house, keyring, folder, kill)
        with house.session() as session, session.begin():
            # As when it is killed after the day was written and before the progress was.
            session.get_one(Progress, "demonstration").done = 3
        seed(house, keyring, folder)
        seed(house, keyring, folder)

    return Hotline(ground.standing("a_demonstration", past))


def test_killed_it_goes_on_where_it_was_and_writes_nothing_twice(
    ground: Ground, keyring: Keyring, tmp_path: Path
) -> None:
    made = after_a_kill(ground, keyring, tmp_path)
    with made.session() as session:
        keys = session.scalars(select(Call.carrier_sid)).all()
        assert len(keys) == len(set(keys)) > 150
        progress = session.get_one(Progress, "demonstration")
        assert (progress.done, progress.total, progress.step) == (DAYS, DAYS, "finished")
        assert progress.finished_at is not None
        calls, in_contacts = len(keys), session.scalars(select(Contact)).all()
        assert 0.6 * calls < len(in_contacts) < calls
        assert all(contact.state is AnalysisState.DONE for contact in in_contacts)
        assert session.scalars(select(Issue)).all(), "issues were founded by the real grouper"
        transcripts = session.scalars(select(Transcript)).all()
        assert any("手机号" in str(t.redacted) for t in transcripts)
        for contact in in_contacts:
            assert not re.search(r"1[3-9]\d{9}|[零幺二三四五六七八九]{7,}", contact.text or "")
        for row in session.scalars(select(OutboxRow)):
            # The clock of what was decided in the past ends at its first turn.
            assert row.kind in ("deliver", "clock"), "history wakes no worker"
        _was_reported(session)
        people = {row.call_id for row in in_contacts}
        closed = {note.call_id for note in session.scalars(select(Note)) if note.call_type is not None}
        assert people <= closed


def _was_reported(session: Session) -> None:
    """Signed in time and once each by two supervisors in turn, frozen, sent; public in the trends."""
    papers = session.scalars(select(Paper)).all()
    today = day_of(NOW)
    assert {paper.state for paper in papers} == {PaperState.SIGNED}
    assert {PaperKind.DAILY, PaperKind.FIVE_DAY} <= {paper.kind for paper in papers}
    assert len({(paper.kind, paper.place_code, paper.first_day) for paper in papers}) == len(papers)
    assert max(paper.last_day for paper in papers) == today - timedelta(days=2)
    assert min(paper.first_day for paper in papers) >= today - timedelta(days=DAYS - 1)
    for paper in papers:
        assert paper.sha256 == hash_of(paper)
        assert paper.signed_at is not None
        assert paper.signed_at < paper.due_at
        assert paper.is_demonstration
    assert len({paper.signed_by_id for paper in papers}) == 2
    ways = session.scalars(select(Delivery).where(Delivery.paper_id.is_not(None))).all()
    assert {way.paper_id for way in ways} == {paper.id for paper in papers}
    told = subjects(session, PROVINCE, today - timedelta(days=DAYS), today)
    assert told[0].series == EVERYBODY
    query = TrendQuery(PROVINCE, EVERYBODY, today - timedelta(days=DAYS), today, "day")
    assert len(trend(session, query)) > 5


def _what_people_did(unit: UnitOfWork, supervisor: int) -> None:
    """A danger with all its records, a review and a protocol, by a person of the demonstration."""
    call_id = unit.session.scalars(select(Call.id).where(Call.person_id.is_not(None))).first()
    assert call_id is not None
    danger = Danger(call_id=call_id, source="desk", raised_at=NOW)
    drawn = SampleDraw(month="2026-11", seed="s", each=4, drawn_at=NOW, drawn_by_id=supervisor)
    unit.session.add_all([danger, drawn])
    unit.session.flush()
    texts = dict.fromkeys(("title_zh", "title_en", "card_zh", "card_en", "script_zh", "script_en"), "x")
    unit.session.add_all(
        [
            DangerTick(
                danger_id=danger.id,
                checklist="1",
                step="place",
                answer=TickAnswer.DONE,
                at=NOW,
                person_id=supervisor,
            ),
            DangerReport(
                danger_id=danger.id,
                recipient=ReportTo.POLICE,
                decision=ReportDecision.NOT_SENT,
                decided_at=NOW,
                decided_by_id=supervisor,
            ),
            Debrief(danger_id=danger.id, led_by_id=supervisor, held_at=NOW, written_at=NOW, rest_minutes=10),
            CallerAsk(call_id=call_id, asked_at=NOW, asked_by_id=supervisor),
            QualityReview(
                call_id=call_id,
                operator_id=supervisor,
                reason=SampleReason.RANDOM,
                draw_id=drawn.id,
                proposed_at=NOW,
            ),
            ProtocolVersion(code="x", number=1, source="x", written_at=NOW, author_id=supervisor, **texts),
            Admission(person_id=supervisor, lacks=[], state="granted", decided_by_id=supervisor),
            RestOffer(
                person_id=supervisor,
                seat_id=unit.session.scalars(select(Seat.id)).first(),
                strain="talk",
                value=240,
                shift_began_at=NOW,
                offered_at=NOW,
            ),
            IsolationSite(name="x", place_code=CITIES[0], people=200, workers=6, counted_at=NOW),
        ]
    )
    _what_the_roster_asked(unit, supervisor)


def _what_the_roster_asked(unit: UnitOfWork, person: int) -> None:
    """A no-show with who was called for it, a draft, and what the clock told."""
    shift = unit.session.scalars(select(Shift).order_by(Shift.id)).first()
    pattern = unit.session.scalars(select(ShiftPattern).order_by(ShiftPattern.id)).first()
    assert shift is not None
    assert pattern is not None
    span = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    absence = Absence(
        shift_id=shift.id, centre_id=shift.centre_id, person_id=shift.person_id, noticed_at=NOW, **span
    )
    draft = RosterDraft(
        centre_id=shift.centre_id, first_day=NOW.date(), last_day=NOW.date(), made_at=NOW, made_by_id=person
    )
    unit.session.add_all([absence, draft])
    unit.session.flush()
    unit.session.add_all(
        [
            Summons(absence_id=absence.id, centre_id=shift.centre_id, person_id=person, asked_at=NOW, **span),
            StaffNotice(person_id=person, kind=NoticeKind.ABSENCE, key="absence:1", at=NOW),
            DraftShift(draft_id=draft.id, person_id=person, kind=ShiftKind.SEAT, **span),
            PatternException(pattern_id=pattern.id, day=NOW.date(), cancelled=True),
            RosterPolicy(centre_id=shift.centre_id, set_at=NOW, set_by_id=person, **DEFAULTS, **SWITCHES),
        ]
    )


def test_clearing_leaves_one_administrator_and_the_audit_chain(
    ground: Ground, keyring: Keyring, tmp_path: Path
) -> None:
    made = after_a_kill(ground, keyring, tmp_path)
    supervisor = made.person("supervisor")
    with made.work() as unit:
        write_audit(
            unit.session, AUDIT_KEY, at=NOW, person_id=supervisor, action="note.opened", subject="call:1"
        )
        _what_people_did(unit, supervisor)
    assert clear_demonstration(made.work, AUDIT_KEY, tmp_path) is True
    assert clear_demonstration(made.work, AUDIT_KEY, tmp_path) is False
    left = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if rows(made, mapper.class_) > 0}
    # The highest number of an issue outlives the issues of a demonstration, so that none is given twice.
    assert left == {"audit_line", "person", "place", "issue_number"}
    with made.session() as session:
        active = session.scalars(select(Person).where(Person.active.is_(True))).all()
        assert [(p.role, p.is_demonstration) for p in active] == [(Role.ADMINISTRATOR, False)]
        assert session.get_one(Person, supervisor).password_hash == "!"
        assert broken_audit_line(session, AUDIT_KEY) is None
        assert session.scalars(select(Place.code)).all() == ["000000"]
