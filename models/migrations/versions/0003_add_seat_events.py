"""add_seat_events: a log of each seat, which begins with what the seats are found in."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    log = op.create_table(
        "seat_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_event_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_event")),
    )
    with op.batch_alter_table("seat_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_event_seat_id"), ["seat_id"], unique=False)
    names = ("id", "state", "state_reason", "person_id", "status", "device_live", "call_id")
    seat = sa.table("seat", *(sa.column(name) for name in names))
    now = datetime.now(UTC)
    found = [
        {
            "seat_id": row.id,
            "at": now,
            "kind": "found",
            "data": {
                "state": row.state,
                "reason": row.state_reason,
                "person_id": row.person_id,
                "status": row.status,
                "device_live": bool(row.device_live),
                "call_id": row.call_id,
            },
        }
        for row in op.get_bind().execute(sa.select(seat).where(seat.c.state != "offline"))
    ]
    if found:
        op.bulk_insert(log, found)


def downgrade() -> None:
    with op.batch_alter_table("seat_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_event_seat_id"))
    op.drop_table("seat_event")
