"""Alembic's environment: the engine is handed in, never read from a file."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from models.schema import Base

engine = context.config.attributes["engine"]
if engine is None:
    raise RuntimeError("migrations run through models.migrations.upgrade(engine)")


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration writes the plain column type, so that it never depends on tomorrow's models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
