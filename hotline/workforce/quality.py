"""Quality review: samples are drawn, a supervisor scores and writes, the operator reads and answers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.sampling import Candidate, draw
from hotline.domain.scorecard import FIRST_SCORECARD, read_scorecard, wrong_scores
from hotline.workforce.errors import FieldWrong, NotFound
from models.audit import Auditor
from models.calls import Call
from models.notes import Note
from models.quality import QualityReview, SampleDraw, ScorecardVersion
from models.recordings import Recording
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, RecordingState
from models.vocabulary_quality import ReviewState, SampleReason

WORDS_LENGTH = 3000


class Quality:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def draw_month(self, month: str, since: datetime, until: datetime, each: int, by_id: int) -> int:
        """Propose samples of a month, `since` included to `until`; again: only what came since is added, by
        the seed and the number of the first draw. Returns how many. Raises FieldWrong."""
        with self._work() as unit:
            record = unit.session.scalars(select(SampleDraw).where(SampleDraw.month == month)).first()
            if record is None:
                record = SampleDraw(
                    month=month, seed=secrets.token_hex(16), each=each, drawn_at=unit.now, drawn_by_id=by_id
                )
                unit.session.add(record)
                unit.session.flush()
            rows = unit.session.execute(select(QualityReview.call_id, QualityReview.operator_id))
            already = {(call_id, operator_id) for call_id, operator_id in rows}
            try:
                drawn = draw(candidates(unit.session, since, until), record.seed, record.each, already)
            except ValueError:
                raise FieldWrong("each", "out_of_range") from None
            for one in drawn:
                unit.session.add(
                    QualityReview(
                        call_id=one.call_id,
                        operator_id=one.operator_id,
                        reason=SampleReason.HIGH_RISK if one.high_risk else SampleReason.RANDOM,
                        draw_id=record.id,
                        proposed_at=unit.now,
                    )
                )
            self._audit(unit, by_id, "quality.drawn", f"draw:{record.id}", f"{month} +{len(drawn)}")
            return len(drawn)

    def choose(self, call_id: int, by_id: int) -> int:
        """A supervisor picks a call; returns the review's id, the standing one's too. Raises NotFound."""
        with self._work() as unit:
            call = unit.session.get(Call, call_id)
            if call is None or call.person_id is None or call.state is not CallState.ENDED:
                raise NotFound
            found = unit.session.scalars(
                select(QualityReview).where(
                    QualityReview.call_id == call_id, QualityReview.operator_id == call.person_id
                )
            ).first()
            if found is None:
                found = QualityReview(
                    call_id=call_id,
                    operator_id=call.person_id,
                    reason=SampleReason.CHOSEN,
                    proposed_at=unit.now,
                )
                unit.session.add(found)
                unit.session.flush()
                self._audit(unit, by_id, "quality.chosen", f"call:{call_id}")
            return found.id

    def write(self, review_id: int, by_id: int, scores: Mapping[str, int], comment: str) -> None:
        """Scores and words, by the newest scorecard; written again they replace the former. Raises NotFound,
        FieldWrong for a score that the card does not know, or for nothing at all."""
        with self._work() as unit:
            review = unit.session.get(QualityReview, review_id)
            if review is None:
                raise NotFound
            version = standing_scorecard(unit)
            if wrong_scores(read_scorecard(version.content), scores):
                raise FieldWrong("scores", "unknown")
            if not scores:
                raise FieldWrong("scores", "scores_missing")
            review.scorecard_id, review.scores = version.id, dict(scores)
            review.comment = comment.strip()[:WORDS_LENGTH] or None
            review.state = ReviewState.DONE
            review.reviewed_at, review.reviewed_by_id, review.read_at = unit.now, by_id, None
            self._audit(unit, by_id, "quality.reviewed", f"call:{review.call_id}")

    def read(self, review_id: int, operator_id: int) -> None:
        """The operator opened it. Raises NotFound for another's, and for one that is not written."""
        with self._work() as unit:
            review = self._own(unit, review_id, operator_id)
            if review.read_at is None:
                review.read_at = unit.now

    def reply(self, review_id: int, operator_id: int, words: str) -> None:
        """Raises NotFound."""
        with self._work() as unit:
            review = self._own(unit, review_id, operator_id)
            review.reply = words.strip()[:WORDS_LENGTH] or None

    def save_scorecard(self, content: Mapping[str, Any], by_id: int) -> int:
        """A new version; returns its number. Reviews keep theirs. Raises FieldWrong."""
        try:
            read_scorecard(content)
        except (ValueError, KeyError, TypeError) as wrong:
            reason = str(wrong) if isinstance(wrong, ValueError) else "unknown"
            raise FieldWrong("scorecard", reason) from None
        with self._work() as unit:
            standing = standing_scorecard(unit)
            if standing.content == content:
                return standing.number
            version = ScorecardVersion(
                number=standing.number + 1, content=dict(content), saved_at=unit.now, saved_by_id=by_id
            )
            unit.session.add(version)
            unit.session.flush()
            self._audit(unit, by_id, "scorecard.saved", f"scorecard:{version.id}")
            return version.number

    def _own(self, unit: UnitOfWork, review_id: int, operator_id: int) -> QualityReview:
        review = unit.session.get(QualityReview, review_id)
        if review is None or review.operator_id != operator_id or review.state is not ReviewState.DONE:
            raise NotFound
        return review


def candidates(session: Session, since: datetime, until: datetime) -> list[Candidate]:
    """Ended talks of that time: with a kept recording, or of high risk even without one."""
    kept = select(Recording.call_id).where(Recording.state == RecordingState.STORED)
    high = Call.danger.is_(True) | (Note.risk_level >= 3) | (Note.risk_floor >= 3)
    rows = session.execute(
        select(Call.id, Call.person_id, Call.danger, Note.risk_level, Note.risk_floor)
        .outerjoin(Note, Note.call_id == Call.id)
        .where(
            Call.state == CallState.ENDED,
            Call.person_id.is_not(None),
            Call.answered_at >= since,
            Call.answered_at < until,
            Call.id.in_(kept) | high,
        )
    )
    return [
        Candidate(call_id, person_id, bool(danger) or max(level or 0, floor or 0) >= 3)
        for call_id, person_id, danger, level, floor in rows
        if person_id is not None
    ]


def newest_scorecard(session: Session) -> ScorecardVersion | None:
    return session.scalars(select(ScorecardVersion).order_by(ScorecardVersion.number.desc()).limit(1)).first()


def standing_scorecard(unit: UnitOfWork) -> ScorecardVersion:
    """The newest version; the first one is written down when it is first used."""
    found = newest_scorecard(unit.session)
    if found is None:
        found = ScorecardVersion(number=1, content=FIRST_SCORECARD, saved_at=unit.now)
        unit.session.add(found)
        unit.session.flush()
    return found
