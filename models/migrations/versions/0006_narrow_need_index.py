"""The index of needs holds waiting calls alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_need"))
        batch_op.create_index(
            "ix_call_needs",
            ["need"],
            unique=False,
            sqlite_where=sa.text("need IS NOT NULL"),
            postgresql_where=sa.text("need IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_call_needs",
            sqlite_where=sa.text("need IS NOT NULL"),
            postgresql_where=sa.text("need IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_call_need"), ["need"], unique=False)
