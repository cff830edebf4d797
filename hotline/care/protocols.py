"""知识库: versions are written by one person and signed by another; the newest signed one holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from hotline.care.errors import NoSuchProtocol, ProtocolInvalid, SignerIsAuthor
from hotline.care.protocol_texts import SHIPPED
from hotline.domain.protocol_choice import Card
from models.audit import Auditor
from models.protocols import ProtocolPhase, ProtocolVersion
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_quality import Phase, ProtocolState
from models.vocabulary_record import Population

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
TEXTS = ("title_zh", "title_en", "card_zh", "card_en", "script_zh", "script_en", "source")
NEEDED = ("title_zh", "title_en", "card_zh", "card_en", "source")
LENGTHS = {"title_zh": 80, "title_en": 120, "source": 300}
CARD_LENGTH = 3000
"""One page."""


class Protocols:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def write(
        self, code: str, texts: Mapping[str, str], scope: Mapping[str, Sequence[str]], author_id: int
    ) -> int:
        """A new draft; returns its id. `scope`: levels, populations, phases. Raises ProtocolInvalid."""
        _check(code, texts, scope)
        with self._work() as unit:
            last = unit.session.scalar(
                select(func.max(ProtocolVersion.number)).where(ProtocolVersion.code == code)
            )
            version = ProtocolVersion(
                code=code,
                number=(last or 0) + 1,
                written_at=unit.now,
                author_id=author_id,
                **{name: texts.get(name, "").strip() for name in TEXTS},
                **{name: list(scope.get(name, ())) for name in ("levels", "populations", "phases")},
            )
            unit.session.add(version)
            unit.session.flush()
            self._audit(unit, author_id, "protocol.written", version)
            return version.id

    def adopt(self, code: str, author_id: int) -> int:
        """A text that came with the product becomes a draft of this person. Raises NoSuchProtocol."""
        text = next((one for one in SHIPPED if one.code == code), None)
        if text is None:
            raise NoSuchProtocol(protocol=code)
        texts: dict[str, Any] = {name: getattr(text, name) for name in TEXTS}
        lines = {k: v if isinstance(v, str) else "\n".join(v) for k, v in texts.items()}
        scope = {"levels": text.levels, "populations": text.populations, "phases": text.phases}
        return self.write(code, lines, scope, author_id)

    def sign(self, version_id: int, signer_id: int) -> None:
        """The second signature: from now on this version holds. Raises NoSuchProtocol, SignerIsAuthor."""
        with self._work() as unit:
            version = unit.session.get(ProtocolVersion, version_id, with_for_update=True)
            if version is None or version.state is not ProtocolState.DRAFT:
                raise NoSuchProtocol(protocol=version_id)
            if version.author_id == signer_id:
                raise SignerIsAuthor(protocol=version_id)
            before = select(ProtocolVersion).where(
                ProtocolVersion.code == version.code, ProtocolVersion.state == ProtocolState.SIGNED
            )
            for old in unit.session.scalars(before):
                old.state = ProtocolState.RETIRED
            version.state, version.signed_at, version.signer_id = (
                ProtocolState.SIGNED,
                unit.now,
                signer_id,
            )
            self._audit(unit, signer_id, "protocol.signed", version)

    def retire(self, version_id: int, by_id: int) -> None:
        """A draft that is dropped, or a protocol that holds no longer. Raises NoSuchProtocol."""
        with self._work() as unit:
            version = unit.session.get(ProtocolVersion, version_id)
            if version is None or version.state is ProtocolState.RETIRED:
                raise NoSuchProtocol(protocol=version_id)
            version.state = ProtocolState.RETIRED
            self._audit(unit, by_id, "protocol.retired", version)

    def set_phase(self, phase: Phase, by_id: int) -> None:
        with self._work() as unit:
            if phase_now(unit.session) is phase:
                return
            unit.session.add(ProtocolPhase(phase=phase, set_at=unit.now, set_by_id=by_id))
            self._audit_line(unit, by_id, "protocol.phase", f"phase:{phase}")

    def _audit(self, unit: UnitOfWork, by_id: int, action: str, version: ProtocolVersion) -> None:
        self._audit_line(unit, by_id, action, f"protocol:{version.id}")


def _check(code: str, texts: Mapping[str, str], scope: Mapping[str, Sequence[str]]) -> None:
    if not CODE.fullmatch(code):
        raise ProtocolInvalid(field="code")
    for name in TEXTS:
        words = texts.get(name, "").strip()
        if name in NEEDED and not words:
            raise ProtocolInvalid(field=name)
        if len(words) > LENGTHS.get(name, CARD_LENGTH):
            raise ProtocolInvalid(field=name)
    allowed = {
        "levels": {str(level) for level in range(5)},
        "populations": {str(one) for one in Population},
        "phases": {str(one) for one in Phase},
    }
    for name, codes in allowed.items():
        if not set(scope.get(name, ())) <= codes:
            raise ProtocolInvalid(field=name)


def phase_now(session: Session) -> Phase:
    """Ordinary times, until somebody says otherwise."""
    last = session.scalars(select(ProtocolPhase).order_by(ProtocolPhase.id.desc()).limit(1)).first()
    return last.phase if last else Phase.ORDINARY


def cards(session: Session) -> list[Card]:
    """What may be shown: every signed protocol, and shipped texts that were neither signed nor retired."""
    signed = session.scalars(
        select(ProtocolVersion)
        .where(ProtocolVersion.state == ProtocolState.SIGNED)
        .options(joinedload(ProtocolVersion.author), joinedload(ProtocolVersion.signer))
    ).all()
    decided = set(
        session.scalars(
            select(ProtocolVersion.code).where(ProtocolVersion.state != ProtocolState.DRAFT).distinct()
        )
    )
    shipped = [
        Card(
            code=text.code,
            title_zh=text.title_zh,
            title_en=text.title_en,
            card_zh=text.card_zh,
            card_en=text.card_en,
            script_zh=text.script_zh,
            script_en=text.script_en,
            levels=text.levels,
            populations=text.populations,
            phases=text.phases,
            source=text.source,
            source_en=text.source_en,
            signed=False,
        )
        for text in SHIPPED
        if text.code not in decided
    ]
    return [*(card_of(version) for version in signed), *shipped]


def card_of(version: ProtocolVersion) -> Card:
    return Card(
        code=version.code,
        title_zh=version.title_zh,
        title_en=version.title_en,
        card_zh=version.card_zh.splitlines(),
        card_en=version.card_en.splitlines(),
        script_zh=version.script_zh.splitlines(),
        script_en=version.script_en.splitlines(),
        levels=version.levels,
        populations=version.populations,
        phases=version.phases,
        source=version.source,
        signed=version.state is ProtocolState.SIGNED,
        number=version.number,
        author=version.author.name,
        signer=version.signer.name if version.signer else "",
    )
