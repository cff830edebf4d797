"""Deciding how talks are recorded and how long they are kept: a row for each decision, with an audit line."""

from __future__ import annotations

from models.audit import write_audit
from models.policies import MOST_DAYS, ConsentMode, RecordingPolicy, standing_policy
from models.unit_of_work import Work


class DaysOutOfBounds(ValueError):
    """Audio is kept at least a day and no longer than the words, the words no longer than ten years."""


def decide_recording_policy(
    work: Work,
    audit_key: bytes,
    *,
    consent_mode: ConsentMode | None = None,
    captions_separately: bool | None = None,
    recording_days: int | None = None,
    transcript_days: int | None = None,
    person_id: int | None = None,
) -> RecordingPolicy:
    """What is not named stays. Holds for calls and recordings from now on. Raises DaysOutOfBounds."""
    with work() as unit:
        before = standing_policy(unit.session)
        after = RecordingPolicy(
            consent_mode=consent_mode or before.consent_mode,
            captions_separately=(
                before.captions_separately if captions_separately is None else captions_separately
            ),
            recording_days=recording_days or before.recording_days,
            transcript_days=transcript_days or before.transcript_days,
            set_at=unit.now,
            set_by_id=person_id,
        )
        if not 1 <= after.recording_days <= after.transcript_days <= MOST_DAYS:
            raise DaysOutOfBounds
        unit.session.add(after)
        unit.session.flush()
        write_audit(
            unit.session,
            audit_key,
            at=unit.now,
            person_id=person_id,
            action="policy.recording",
            subject=f"recording_policy:{after.id}",
        )
        return after
