"""Prompts as versions: made, taken into use, and kept; each change audited."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.prompt_audio import TelephoneAudio
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.prompts import PromptVersion
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_prompts import GREETINGS, Prompt, PromptSource

MOST_LETTERS = 400
STAR = re.compile("[*]|星号|米字键|star")


def audio_file(folder: Path, sha256: str) -> Path:
    """Named by its content: one recording is one file, and no version can change another's."""
    return folder / f"{sha256}.wav"


def in_use(session: Session) -> dict[Prompt, PromptVersion]:
    rows = session.scalars(
        select(PromptVersion).where(PromptVersion.used_from.is_not(None), PromptVersion.used_until.is_(None))
    )
    return {row.prompt: row for row in rows}


def greeting_is_recorded(session: Session) -> bool:
    """Whether any greeting in use is a person's voice."""
    standing = in_use(session)
    return any(
        prompt in standing and standing[prompt].source is PromptSource.RECORDED for prompt in GREETINGS
    )


class PromptVersions:
    def __init__(self, work: Work, audit_key: bytes, folder: Path) -> None:
        self._work = work
        self._audit_key = audit_key
        self._folder = folder

    def write(self, prompt: Prompt, text_zh: str, text_en: str, *, by_id: int) -> int:
        """A new wording, for the synthetic voice. Raises FieldWrong."""
        zh, en = _checked(prompt, text_zh, text_en)
        with self._work() as unit:
            return self._add(unit, prompt, PromptSource.SYNTHETIC, zh, en, by_id)

    def record(self, prompt: Prompt, text_zh: str, text_en: str, audio: TelephoneAudio, *, by_id: int) -> int:
        """A recording with its words, which are said should its file be gone. Raises FieldWrong."""
        zh, en = _checked(prompt, text_zh, text_en)
        digest = hashlib.sha256(audio.wav).hexdigest()
        _keep(audio_file(self._folder, digest), audio.wav)
        with self._work() as unit:
            return self._add(
                unit, prompt, PromptSource.RECORDED, zh, en, by_id, sha256=digest, seconds=audio.seconds
            )

    def use(self, version_id: int, *, by_id: int) -> None:
        """From the next caller on. Raises NotFound."""
        with self._work() as unit:
            chosen = unit.session.get(PromptVersion, version_id, with_for_update=True)
            if chosen is None:
                raise NotFound(version_id=version_id)
            before = self._end(unit, chosen.prompt)
            if before == chosen.number:
                chosen.used_until = None
                return
            # A version that was in use before begins anew: its earlier time stands in the audit.
            chosen.used_from, chosen.used_until = unit.now, None
            self._audit(unit, by_id, chosen.prompt, before, chosen.number)

    def use_default(self, prompt: Prompt, *, by_id: int) -> None:
        """Back to the words that came with the product."""
        with self._work() as unit:
            before = self._end(unit, prompt)
            if before is not None:
                self._audit(unit, by_id, prompt, before, None)

    def _end(self, unit: UnitOfWork, prompt: Prompt) -> int | None:
        standing = in_use(unit.session).get(prompt)
        if standing is None:
            return None
        standing.used_until = unit.now
        unit.session.flush()
        return standing.number

    def _add(
        self,
        unit: UnitOfWork,
        prompt: Prompt,
        source: PromptSource,
        zh: str,
        en: str,
        by_id: int,
        *,
        sha256: str | None = None,
        seconds: float | None = None,
    ) -> int:
        newest = select(func.max(PromptVersion.number)).where(PromptVersion.prompt == prompt)
        version = PromptVersion(
            prompt=prompt,
            number=(unit.session.scalar(newest) or 0) + 1,
            source=source,
            text_zh=zh,
            text_en=en,
            sha256=sha256,
            seconds=seconds,
            made_at=unit.now,
            made_by_id=by_id,
        )
        unit.session.add(version)
        unit.session.flush()
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action="prompt.add",
            subject=f"prompt:{version.id}",
            changes={"prompt": [None, str(prompt)], "number": [None, version.number], "text_zh": [None, zh]},
        )
        return version.id

    def _audit(
        self, unit: UnitOfWork, by_id: int, prompt: Prompt, before: int | None, after: int | None
    ) -> None:
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action="prompt.use",
            subject=f"prompt:{prompt}"[:40],
            changes={"in_use": [before, after]},
        )


def _checked(prompt: Prompt, text_zh: str, text_en: str) -> tuple[str, str]:
    zh, en = text_zh.strip(), text_en.strip()
    if not en or (not zh and prompt is not Prompt.GREETING_ENGLISH):
        raise FieldWrong("text_zh" if not zh else "text_en", "name_missing")
    if len(zh) > MOST_LETTERS or len(en) > MOST_LETTERS:
        raise FieldWrong("text_zh" if len(zh) > MOST_LETTERS else "text_en", "text_long")
    said = zh or en.lower()
    for key in prompt.must_say:
        if not (STAR.search(said) if key == "*" else key in said):
            raise FieldWrong("text_zh", "star_missing" if key == "*" else "danger_key_missing")
    return zh, en


def _keep(file: Path, data: bytes) -> None:
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(data)
    part.replace(file)
