"""The versions of the contact form on file: which one new notes begin with, and a hotline's own drafts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import FormNotDraft, FormRefused, NoSuchForm
from hotline.care.form_drafts import Raw, begun_from, left_out, next_own, with_field, without_field
from hotline.care.form_files import FormFileWrong, form_of, raw_of, read_form, shipped_form, versions
from hotline.care.form_own import FieldState, differences, faults_of_own
from hotline.care.forms import Fault, Form
from models.audit import Auditor
from models.forms import FormInForce, FormVersion
from models.notes import FORM_VERSION
from models.unit_of_work import UnitOfWork, Work

NAME = re.compile(r"(?!\d{4}-\d{2}$|.*\.json$)[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
"""Year and month are names of shipped versions: a later one must never take the place of a hotline's own.
With `.json` behind its name a version is downloaded."""
MOST_BYTES = 200_000
MOST_REASON = 300

Changes = dict[str, list[str | None]]
"""What an audit line tells of a change: before and after by name."""


def standing_version(session: Session) -> str:
    """What new notes are begun with: the newest decision of the hotline, else the newest shipped version."""
    chosen = session.scalars(select(FormInForce.version).order_by(FormInForce.id.desc()).limit(1)).first()
    return chosen or FORM_VERSION


def form_on_file(session: Session, version: str) -> Form:
    """Any version, shipped or a hotline's own. Raises NoSuchForm."""
    return form_of(version) if version in versions() else _read(version, _row(session, version).body)


def raw_on_file(session: Session, version: str) -> Raw:
    """Its content, as a file holds it. Raises NoSuchForm."""
    return raw_of(version) if version in versions() else _raw(_row(session, version).body)


def _row(session: Session, version: str, *, locked: bool = False) -> FormVersion:
    row = session.get(FormVersion, version, with_for_update=locked)
    if row is None:
        raise NoSuchForm(version=version)
    return row


@lru_cache(maxsize=64)
def _read(version: str, body: str) -> Form:
    # Kept by the text, so that a draft that changes, or another database, is never read as it was.
    return read_form(version, _raw(body))


def _raw(body: str) -> Raw:
    raw: Raw = json.loads(body)
    return raw


class FormVersions:
    """What an administrator does with versions. Each step is audited with before and after."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def begin(self, version: str, source: str, by_id: int) -> None:
        """A draft after `source`, brought up to the newest shipped form. Raises FormRefused, NoSuchForm."""
        with self._work() as unit:
            draft = begun_from(raw_of(FORM_VERSION), raw_on_file(unit.session, source), version)
            self._file(unit, version, draft, by_id)

    def upload(self, raw: bytes, by_id: int) -> str:
        """A draft from the file of another hotline; its version. Raises FormRefused."""
        content = _content(raw)
        try:
            form = read_form(content["version"], content)
            faults = faults_of_own(shipped_form(), form)
            _text(content).encode()
        except FormFileWrong as wrong:
            raise FormRefused(wrong.faults) from wrong
        except (TypeError, ValueError, AttributeError) as fault:
            # A number where words belong, half a character: whatever else a file may hold.
            raise FormRefused([Fault("unreadable")]) from fault
        if faults:
            raise FormRefused(faults)
        shipped = raw_of(FORM_VERSION)
        content |= {"based_on": FORM_VERSION, "left_out": left_out(shipped, content["fields"])}
        with self._work() as unit:
            self._file(unit, form.version, content, by_id)
        return form.version

    def change_field(self, version: str, entry: Raw, needed: Iterable[str], by_id: int) -> None:
        """Put a field of the draft in place of what it was. Raises FormRefused, FormNotDraft, NoSuchForm."""
        shipped = raw_of(FORM_VERSION)
        self._change(version, by_id, lambda raw: with_field(raw, shipped, entry, needed))

    def add_field(self, version: str, entry: Raw, needed: Iterable[str], by_id: int) -> None:
        """A field of the hotline's own: its code and number are given here. Raises as `change_field`."""
        shipped = raw_of(FORM_VERSION)

        def added(raw: Raw) -> Raw:
            code, item = next_own(raw)
            return with_field(raw, shipped, {**entry, "code": code, "item": item}, needed)

        self._change(version, by_id, added)

    def leave_out(self, version: str, code: str, by_id: int) -> None:
        """Take a field out of the draft. Raises as `change_field`."""
        shipped = raw_of(FORM_VERSION)
        self._change(version, by_id, lambda raw: without_field(raw, shipped, code))

    def take_back(self, version: str, code: str, by_id: int) -> None:
        """Put a shipped field that was left out back, as it is shipped. Raises as `change_field`."""
        shipped = raw_of(FORM_VERSION)
        entry = next((one for one in shipped["fields"] if one["code"] == code), None)
        if entry is None:
            raise FormRefused([Fault("field_changed", code)])
        needed = [kind for kind, codes in shipped["required"].items() if code in codes]
        self._change(version, by_id, lambda raw: with_field(raw, shipped, entry, needed))

    def put_in_force(self, version: str, reason: str, by_id: int) -> None:
        """From now on new notes are begun with it; notes that are begun keep theirs.

        Raises FormRefused without a reason, or for a version that lacks what the product's form came to ask
        meanwhile, an older one of the product among them, and NoSuchForm.
        """
        reason = reason.strip()[:MOST_REASON]
        if not reason:
            raise FormRefused([Fault("reason_missing")])
        with self._work() as unit:
            before = standing_version(unit.session)
            form = form_on_file(unit.session, version)
            if version == before:
                raise FormRefused([Fault("stands_already", version)])
            faults = faults_of_own(shipped_form(), form)
            if faults:
                raise FormRefused(faults)
            unit.session.add(FormInForce(version=version, reason=reason, at=unit.now, by_id=by_id))
            changes: Changes = {"version": [before, version], "reason": [None, reason]}
            self._write(unit, by_id, "form.in_force", version, changes)

    def discard(self, version: str, by_id: int) -> None:
        """Take a draft away. What was ever in force stays. Raises FormNotDraft, NoSuchForm."""
        with self._work() as unit:
            unit.session.delete(_draft(unit, version))
            self._write(unit, by_id, "form.discarded", version, {"version": [version, None]})

    def _file(self, unit: UnitOfWork, version: str, raw: Raw, by_id: int) -> None:
        if not NAME.fullmatch(version):
            raise FormRefused([Fault("name_wrong")])
        if version in versions() or unit.session.get(FormVersion, version) is not None:
            raise FormRefused([Fault("name_taken", version)])
        unit.session.add(
            FormVersion(
                version=version,
                body=_text(raw),
                begun_at=unit.now,
                begun_by_id=by_id,
                changed_at=unit.now,
            )
        )
        changes = _said(shipped_form(), read_form(version, raw))
        self._write(unit, by_id, "form.begun", version, {"replaces": [None, raw.get("replaces")], **changes})

    def _change(self, version: str, by_id: int, change: Callable[[Raw], Raw]) -> None:
        with self._work() as unit:
            row = _draft(unit, version)
            before, raw = _read(version, row.body), change(_raw(row.body))
            try:
                after = read_form(version, raw)
            except FormFileWrong as wrong:
                raise FormRefused(wrong.faults) from wrong
            faults = faults_of_own(shipped_form(), after)
            if faults:
                raise FormRefused(faults)
            changes = _said(before, after)
            if not changes:
                return
            row.body, row.changed_at = _text(raw), unit.now
            self._write(unit, by_id, "form.changed", version, changes)

    def _write(self, unit: UnitOfWork, by_id: int, action: str, version: str, changes: Changes) -> None:
        told = json.dumps(changes, ensure_ascii=False)
        self._audit(unit, by_id, action, f"form:{version}", told)


def was_in_force(session: Session, version: str) -> bool:
    return session.scalars(select(FormInForce.id).where(FormInForce.version == version)).first() is not None


def _draft(unit: UnitOfWork, version: str) -> FormVersion:
    row = _row(unit.session, version, locked=True)
    if was_in_force(unit.session, version):
        raise FormNotDraft(version=version)
    return row


def _content(sent: bytes) -> Raw:
    """Of an uploaded file. Raises FormRefused."""
    try:
        content = json.loads(sent.decode("utf-8-sig")) if len(sent) <= MOST_BYTES else None
    except (ValueError, RecursionError) as fault:
        raise FormRefused([Fault("unreadable")]) from fault
    if not isinstance(content, dict) or not isinstance(content.get("version"), str):
        raise FormRefused([Fault("unreadable")])
    return content


def _text(raw: Raw) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def _said(before: Form, after: Form) -> Changes:
    """The changed fields in words, for the audit."""
    return {one.code: [_words(one.before), _words(one.after)] for one in differences(before, after)}


def _words(state: FieldState | None) -> str | None:
    if state is None:
        return None
    choices = "、".join(choice.zh for choice in state.field.choices)
    parts = (state.field.zh, state.field.kind, choices, " ".join(state.needed))
    return " | ".join(part for part in parts if part)
