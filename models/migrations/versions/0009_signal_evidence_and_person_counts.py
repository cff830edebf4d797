"""Signals carry calls, area, evidence and possible causes; persons are counted once in seven days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signal") as table:
        table.add_column(sa.Column("calls", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("area", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("evidence", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("possible_causes", sa.JSON(), server_default="[]", nullable=False))
    # Counts are made from the contacts: the next count fills every day again by the new rule.
    op.execute("DELETE FROM day_count")


def downgrade() -> None:
    op.execute("DELETE FROM day_count")
    with op.batch_alter_table("signal") as table:
        table.drop_column("possible_causes")
        table.drop_column("evidence")
        table.drop_column("area")
        table.drop_column("calls")
