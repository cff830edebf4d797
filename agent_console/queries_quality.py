"""Quality reviews as pages show them: the list of a month, one review beside its recording and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.local_time import local_day, midnight
from hotline.domain.scorecard import FIRST_SCORECARD, Result, Scorecard, read_scorecard, result_of
from hotline.workforce.quality import newest_scorecard
from models.quality import QualityReview, SampleDraw
from models.recordings import Recording, Transcript
from models.vocabulary import RecordingKind, RecordingState
from models.vocabulary_quality import ReviewState

SPEAKERS = ("caller", "operator")


@dataclass(frozen=True)
class Month:
    name: str
    """2026-11"""
    since: datetime
    until: datetime


def month_of(now: datetime) -> Month:
    first = local_day(now).replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Month(f"{first:%Y-%m}", midnight(first), midnight(following))


@dataclass(frozen=True)
class Scored:
    review: QualityReview
    result: Result | None


def reviews_of_month(session: Session, month: Month) -> list[Scored]:
    """Those that wait first, then the newest."""
    rows = session.scalars(
        select(QualityReview)
        .where(QualityReview.proposed_at >= month.since, QualityReview.proposed_at < month.until)
        .options(*_LOADS)
        .order_by(QualityReview.state.desc(), QualityReview.id)
    )
    return [scored(row) for row in rows]


def own_reviews(session: Session, operator_id: int) -> list[Scored]:
    rows = session.scalars(
        select(QualityReview)
        .where(QualityReview.operator_id == operator_id, QualityReview.state == ReviewState.DONE)
        .options(*_LOADS)
        .order_by(QualityReview.reviewed_at.desc())
        .limit(100)
    )
    return [scored(row) for row in rows]


_LOADS = (
    joinedload(QualityReview.call),
    joinedload(QualityReview.operator),
    joinedload(QualityReview.reviewed_by),
    joinedload(QualityReview.scorecard),
)


def review_with(session: Session, review_id: int) -> QualityReview | None:
    return session.get(QualityReview, review_id, options=list(_LOADS))


def scored(review: QualityReview) -> Scored:
    card = read_scorecard(review.scorecard.content) if review.scorecard else None
    return Scored(review, result_of(card, review.scores) if card else None)


def card_for(session: Session, review: QualityReview) -> Scorecard:
    """The card of the review that was written, else the one that holds now."""
    version = review.scorecard or newest_scorecard(session)
    return read_scorecard(version.content if version else FIRST_SCORECARD)


def draw_of(session: Session, month: Month) -> SampleDraw | None:
    return session.scalars(select(SampleDraw).where(SampleDraw.month == month.name)).first()


@dataclass(frozen=True)
class Line:
    speaker: str
    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True)
class Material:
    """What there is of a call to review."""

    recording: Recording | None
    lines: Sequence[Line]
    """Redacted words."""


def material_of(session: Session, call_id: int) -> Material:
    recording = session.scalars(
        select(Recording)
        .where(
            Recording.call_id == call_id,
            Recording.kind == RecordingKind.TALK,
            Recording.state == RecordingState.STORED,
        )
        .order_by(Recording.id.desc())
    ).first()
    transcript = session.scalars(
        select(Transcript).where(Transcript.call_id == call_id).order_by(Transcript.id.desc())
    ).first()
    rows = (transcript.redacted or ()) if transcript else ()
    lines = [Line(row["speaker"], row["start_seconds"], row["end_seconds"], row["text"]) for row in rows]
    return Material(recording, lines)
