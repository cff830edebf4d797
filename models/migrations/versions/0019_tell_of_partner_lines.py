"""After how long a waiting caller is told of a partner line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("routing_policy") as table:
        table.add_column(
            sa.Column("partner_after_seconds", sa.Integer(), nullable=False, server_default="300")
        )


def downgrade() -> None:
    with op.batch_alter_table("routing_policy") as table:
        table.drop_column("partner_after_seconds")
