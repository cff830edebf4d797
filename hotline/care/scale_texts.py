"""Texts of scales and the choice of cut-offs: filed by an administrator, with source and permission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchScale, TextIncomplete
from hotline.care.scale_files import Entry, library
from hotline.domain.scale_text import ScaleWords, content_of, read_text, words_of
from hotline.domain.scales import CutOffSet
from models.audit import Auditor
from models.scales import ScaleChoice, ScaleText
from models.unit_of_work import UnitOfWork, Work


@dataclass(frozen=True)
class OnFile:
    """A scale as it stands: its text when one is filed, and the cut-offs in use."""

    entry: Entry
    cut_offs: CutOffSet
    text: ScaleText | None
    words: ScaleWords | None


def on_file(session: Session) -> dict[str, OnFile]:
    """Every scale of the library by its code."""
    texts = {
        text.scale: text
        for text in session.scalars(
            select(ScaleText).where(ScaleText.withdrawn_at.is_(None)).order_by(ScaleText.id)
        )
    }
    chosen = {
        row.scale: row.cut_offs for row in session.scalars(select(ScaleChoice).order_by(ScaleChoice.id))
    }
    return {code: _standing(entry, texts, chosen) for code, entry in library().items()}


def _standing(entry: Entry, texts: Mapping[str, ScaleText], chosen: Mapping[str, str]) -> OnFile:
    text = texts.get(entry.code)
    return OnFile(
        entry,
        entry.cut_offs.get(chosen.get(entry.code, ""), entry.usual),
        text,
        words_of(text.content) if text is not None else None,
    )


class ScaleTexts:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def file(self, scale: str, raw: bytes, *, version: str, source: str, permission: str, by_id: int) -> None:
        """Raises NoSuchScale, TextWrong, and TextIncomplete when version, source or permission is missing."""
        entry = _entry(scale)
        missing = [
            name
            for name, value in (("version", version), ("source", source), ("permission", permission))
            if not value.strip()
        ]
        if missing:
            raise TextIncomplete(fields=missing)
        words = read_text(entry.rule, raw)
        with self._work() as unit:
            text = ScaleText(
                scale=scale,
                version=version.strip()[:40],
                source=source.strip(),
                permission=permission.strip(),
                content=content_of(words),
                filed_at=unit.now,
                filed_by_id=by_id,
            )
            unit.session.add(text)
            unit.session.flush()
            self._audit(unit, "scale_text.filed", f"scale_text:{text.id}", by_id, f"{scale} {source}")

    def withdraw(self, scale: str, by_id: int) -> None:
        """No text of this scale is shown any more; what was asked with one stays readable."""
        _entry(scale)
        with self._work() as unit:
            for text in unit.session.scalars(
                select(ScaleText).where(ScaleText.scale == scale, ScaleText.withdrawn_at.is_(None))
            ):
                text.withdrawn_at = unit.now
                self._audit(unit, "scale_text.withdrawn", f"scale_text:{text.id}", by_id, scale)

    def choose(self, scale: str, cut_offs: str, by_id: int) -> None:
        """Raises NoSuchScale for a scale, or a set of it, that is not in the library."""
        entry = _entry(scale)
        if cut_offs not in entry.cut_offs:
            raise NoSuchScale(scale=scale)
        with self._work() as unit:
            before = on_file(unit.session)[scale].cut_offs.code
            unit.session.add(ScaleChoice(scale=scale, cut_offs=cut_offs, set_at=unit.now, set_by_id=by_id))
            self._audit(unit, "scale.cut_offs", f"scale:{scale}", by_id, f"{before} → {cut_offs}")

    def _audit(self, unit: UnitOfWork, action: str, subject: str, by_id: int, reason: str) -> None:
        self._audit_line(unit, by_id, action, subject, reason)


def _entry(scale: str) -> Entry:
    entry = library().get(scale)
    if entry is None:
        raise NoSuchScale(scale=scale)
    return entry
