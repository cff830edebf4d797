"""Reading a caller's record leaves a line in the audit chain before anything is shown."""

from __future__ import annotations

from agent_console.sessions import me, parts
from models.audit import write_audit

REASON_LENGTH = 300


def note_reading(action: str, subject: str, reason: str | None = None) -> None:
    """Written and committed first: what could not be audited is not shown."""
    ready = parts()
    with ready.work() as unit:
        write_audit(
            unit.session,
            ready.audit_key,
            at=unit.now,
            person_id=me().id,
            action=action,
            subject=subject,
            reason=reason[:REASON_LENGTH] if reason else None,
        )
