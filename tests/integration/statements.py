"""What a piece of work asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def statements_of(engine: Engine, *, whole: bool = False, begins: bool = False) -> Iterator[list[str]]:
    """First words of the statements (or the whole of them), without the beginnings of transactions unless
    they are asked for."""
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if begins or not statement.startswith("BEGIN"):
            seen.append(statement if whole else statement.split()[0])

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", see)
