"""Number and hash of a signed report."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.papers import Paper
from models.places import Organisation
from models.vocabulary_papers import PaperKind


def next_number(session: Session, kind: PaperKind, day: date) -> str:
    """〔2026〕31号 of this kind and year; a number is never used again."""
    # One signer at a time: two must not read the same highest number.
    session.scalars(select(Organisation).with_for_update()).first()
    prefix = f"〔{day.year}〕"
    given = session.scalars(select(Paper.number).where(Paper.kind == kind, Paper.number.startswith(prefix)))
    highest = max((int(n.removeprefix(prefix).removesuffix("号")) for n in given if n), default=0)
    return f"{prefix}{highest + 1}号"


def hash_of(paper: Paper) -> str:
    """SHA-256 over everything that was signed, keys in order, so that a change of one character shows."""
    frozen = {
        "kind": str(paper.kind.value),
        "number": paper.number,
        "title": paper.title,
        "place": paper.place_code,
        "from": paper.first_day.isoformat(),
        "to": paper.last_day.isoformat(),
        "definitions": paper.definitions_version,
        "signed_by": paper.signed_by_id,
        "signed_at": paper.signed_at.isoformat() if paper.signed_at else None,
        "content": paper.content,
    }
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
