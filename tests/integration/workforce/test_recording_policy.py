"""The policy of recording: what is not named stays, bounds hold, and each decision is on file."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.workforce.recording_policy import DaysOutOfBounds, decide_recording_policy
from models.audit import AuditLine
from models.policies import ConsentMode, RecordingPolicy, standing_policy
from models.unit_of_work import UnitOfWork, system_clock

KEY = b"an audit key for tests, 32 bytes."


def test_the_newest_decision_stands_and_the_older_ones_are_the_history(engine: Engine) -> None:
    def work() -> UnitOfWork:
        return UnitOfWork(engine, system_clock, lambda _told, _rows: None)

    decide_recording_policy(work, KEY, consent_mode=ConsentMode.SEPARATE)
    decide_recording_policy(work, KEY, recording_days=90)
    for days in ({"recording_days": 5000}, {"transcript_days": 30}, {"recording_days": -1}):
        with pytest.raises(DaysOutOfBounds):
            decide_recording_policy(work, KEY, **days)
    with Session(engine) as session:
        stands = standing_policy(session)
        assert (stands.consent_mode, stands.recording_days) == (ConsentMode.SEPARATE, 90)
        assert len(session.scalars(select(RecordingPolicy)).all()) == 2
        assert [line.action for line in session.scalars(select(AuditLine))] == ["policy.recording"] * 2
