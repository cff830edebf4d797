"""Who read or did what: a chain of keyed hashes, so that a line taken out or changed is seen."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.crypto import EncryptedText
from models.unit_of_work import UnitOfWork

GENESIS = "0" * 64


class AuditLine(Base):
    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None: the system itself."""
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40), index=True)
    """Kind and id: `call:17`."""
    reason: Mapped[str | None] = mapped_column(EncryptedText("audit_line.reason"))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


def _digest(key: bytes, line: AuditLine) -> str:
    text = json.dumps(
        [line.previous, line.at.isoformat(), line.person_id, line.action, line.subject, line.reason],
        ensure_ascii=False,
    )
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def write_audit(
    session: Session,
    key: bytes,
    *,
    at: datetime,
    person_id: int | None,
    action: str,
    subject: str,
    reason: str | None = None,
) -> AuditLine:
    """Append a line in the caller's transaction."""
    last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1).with_for_update()).first()
    line = AuditLine(
        at=at,
        person_id=person_id,
        action=action,
        subject=subject,
        reason=reason,
        previous=last.digest if last else GENESIS,
    )
    line.digest = _digest(key, line)
    session.add(line)
    session.flush()
    return line


@dataclass(frozen=True)
class Written:
    """One record among many of a table, for the line that tells of them together."""

    subject: str
    """Kind and id: `place:990104`."""
    after: Mapping[str, str]
    """What it holds now, by column; never a caller's words or a number."""
    before: Mapping[str, str] | None = None
    """The same columns as they were; None for a new record."""


def written(
    subject: str, row: Mapping[str, str], columns: Sequence[str], before: Mapping[str, str] | None = None
) -> Written:
    """Of a row of a table: these columns, and of them those that hold something."""
    return Written(subject, {name: row[name] for name in columns if row[name]}, before)


class Auditor:
    """What a use case writes its lines with: the key is given once, the moment is that of the transaction."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(
        self, unit: UnitOfWork, person_id: int | None, action: str, subject: str, reason: str | None = None
    ) -> None:
        """`person_id` None: the system itself."""
        write_audit(
            unit.session,
            self._key,
            at=unit.now,
            person_id=person_id,
            action=action,
            subject=subject,
            reason=reason,
        )


def broken_audit_line(session: Session, key: bytes) -> int | None:
    """The id of the first line that does not fit the chain, or None."""
    previous = GENESIS
    for line in session.scalars(select(AuditLine).order_by(AuditLine.id)):
        if line.previous != previous or line.digest != _digest(key, line):
            return line.id
        previous = line.digest
    return None
