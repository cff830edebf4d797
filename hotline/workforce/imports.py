"""When a city joins: places, people and partner lines from a table (CSV), all or nothing.

Each kind checks every line by itself and against the records and the lines before it; what is wrong is told
by line. Nothing is written while one line is wrong; then all in one transaction, each named in the audit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hotline.workforce.changes import audit
from models.audit import Written
from models.unit_of_work import UnitOfWork, Work

MOST_LINES = 2000
MOST_BYTES = 2_000_000
AUDITED_TOGETHER = 50
"""Records that one line of the audit tells of."""
ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets of government desktops write."""


class NotATable(ValueError):
    """`code`: too_big | not_text | no_lines | too_many | columns_missing."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Fault:
    line: int
    """As a spreadsheet counts: the heading is line 1."""
    column: str
    reason: str
    """Code of what is wrong, of the same words as the forms."""


@dataclass(frozen=True)
class Preview:
    lines: int
    faults: Sequence[Fault]
    shown: Sequence[Sequence[str]]
    """The first lines, as they would be kept."""


@dataclass(frozen=True)
class Imported:
    lines: int
    secrets: Sequence[tuple[str, str]] = field(default=(), repr=False)
    """First passwords of new people by login: shown once, kept nowhere."""


class Kind(Protocol):
    """One kind of table. `check` and `keep` see the same rows in the same order."""

    @property
    def columns(self) -> Sequence[str]: ...

    def begin(self, unit: UnitOfWork) -> None:
        """Read what the rows are checked against."""
        ...

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """What takes long, without the records."""
        ...

    def check(self, row: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        """(column, reason) of everything that is wrong; remembers the row for those after it."""
        ...

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        """Write it; gives what the audit tells of it."""
        ...

    def secrets(self) -> Sequence[tuple[str, str]]: ...


class Imports:
    def __init__(self, work: Work, audit_key: bytes, make: Callable[[], Kind], action: str) -> None:
        """`make` gives a fresh kind: it remembers the rows it has seen."""
        self._work = work
        self._audit_key = audit_key
        self._make = make
        self._action = action

    def preview(self, data: bytes) -> Preview:
        """Raises NotATable."""
        kind = self._make()
        rows = read_table(data, kind.columns)
        with self._work() as unit:
            unit.only_read()
            faults = _faults(unit, kind, rows)
        shown = [[row[column] for column in kind.columns] for row in rows[:20]]
        return Preview(len(rows), faults, shown)

    def carry_out(self, data: bytes, *, by_id: int) -> Imported | Preview:
        """A Preview: something is wrong, and nothing was written. Raises NotATable.

        What takes long is done before the transaction: callers' doors wait for the same database.
        """
        checked = self.preview(data)
        if checked.faults:
            return checked
        kind = self._make()
        rows = read_table(data, kind.columns)
        kind.prepare(rows)
        with self._work() as unit:
            faults = _faults(unit, kind, rows)
            if faults:
                return Preview(len(rows), faults, ())
            kept = [(row.number, kind.keep(unit, row)) for row in rows]
            unit.session.flush()
            changed = [
                (f"{number} {one.subject}", [one.before, one.after])
                for number, one in kept
                if one.before != one.after
            ]
            for first in range(0, len(changed), AUDITED_TOGETHER):
                audit(
                    unit,
                    self._audit_key,
                    by_id=by_id,
                    action=self._action,
                    subject=f"import:{len(rows)}",
                    changes=dict(changed[first : first + AUDITED_TOGETHER]),
                )
            return Imported(len(rows), tuple(kind.secrets()))


class Row(dict[str, str]):
    """A row by column; `number` as a spreadsheet counts it, whatever empty rows stand before it."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        super().__init__(cells)
        self.number = number


def read_table(data: bytes, columns: Sequence[str]) -> list[Row]:
    """Rows by column, trimmed. Empty ones are passed over. Raises NotATable."""
    if len(data) > MOST_BYTES:
        raise NotATable("too_big")
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""))
    headings = [name.strip() for name in next(reader, [])]
    missing = [column for column in columns if column not in headings]
    if missing:
        raise NotATable("columns_missing", ", ".join(missing))
    rows: list[Row] = []
    for number, cells in enumerate(reader, start=2):
        given = dict(zip(headings, cells, strict=False))
        kept = {column: given.get(column, "").strip() for column in columns}
        if any(kept.values()):
            rows.append(Row(number, kept))
        if len(rows) > MOST_LINES:
            raise NotATable("too_many")
    if not rows:
        raise NotATable("no_lines")
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotATable("not_text")


def _faults(unit: UnitOfWork, kind: Kind, rows: Sequence[Row]) -> list[Fault]:
    kind.begin(unit)
    return [Fault(row.number, column, reason) for row in rows for column, reason in kind.check(row)]
