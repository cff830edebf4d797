"""Deciding how talks are recorded and how long they are kept: a row for each decision, audited with before
and after."""

from __future__ import annotations

import json

from hotline.workforce.changes import plain
from models.audit import write_audit
from models.policies import (
    LEAST_SERVICE_RECORD_DAYS,
    MOST_DAYS,
    ConsentMode,
    RecordingPolicy,
    standing_policy,
)
from models.unit_of_work import Work

DECIDED = ("consent_mode", "captions_separately", "recording_days", "transcript_days", "service_record_days")


class DaysOutOfBounds(ValueError):
    """Audio is kept at least a day and no longer than the words, the words no longer than the record of the
    service, that one three to ten years."""


def decide_recording_policy(
    work: Work,
    audit_key: bytes,
    *,
    consent_mode: ConsentMode | None = None,
    captions_separately: bool | None = None,
    recording_days: int | None = None,
    transcript_days: int | None = None,
    service_record_days: int | None = None,
    person_id: int | None = None,
) -> RecordingPolicy:
    """What is not named stays; a decision that changes nothing writes nothing. Holds for calls and recordings
    from now on; the years of written records hold for old ones too. Raises DaysOutOfBounds."""
    with work() as unit:
        before = standing_policy(unit.session)
        after = RecordingPolicy(
            consent_mode=consent_mode or before.consent_mode,
            captions_separately=(
                before.captions_separately if captions_separately is None else captions_separately
            ),
            recording_days=before.recording_days if recording_days is None else recording_days,
            transcript_days=before.transcript_days if transcript_days is None else transcript_days,
            service_record_days=(
                before.service_record_days if service_record_days is None else service_record_days
            ),
            set_at=unit.now,
            set_by_id=person_id,
        )
        if not 1 <= after.recording_days <= after.transcript_days <= after.service_record_days:
            raise DaysOutOfBounds
        if not LEAST_SERVICE_RECORD_DAYS <= after.service_record_days <= MOST_DAYS:
            raise DaysOutOfBounds
        changes = {
            name: [plain(getattr(before, name)), plain(getattr(after, name))]
            for name in DECIDED
            if getattr(before, name) != getattr(after, name)
        }
        if not changes and before.id is not None:
            return before
        unit.session.add(after)
        unit.session.flush()
        write_audit(
            unit.session,
            audit_key,
            at=unit.now,
            person_id=person_id,
            action="policy.recording",
            subject=f"recording_policy:{after.id}",
            reason=json.dumps(changes),
        )
        return after
