"""Seats can be retired; wrap-up, rests and nuisance limits are rules; who reads captions along is on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RULES = {
    "wrap_up_seconds": "120",
    "wrap_up_over_seconds": "300",
    "rest_after_decline_seconds": "0",
    "rest_after_no_answer_seconds": "0",
    "nuisance_calls": "3",
    "nuisance_window_seconds": "3600",
    "nuisance_lasts_seconds": "86400",
    "nuisance_repeated_from": "3",
    "nuisance_repeated_within_seconds": "604800",
    "nuisance_repeated_lasts_seconds": "604800",
}


def upgrade() -> None:
    with op.batch_alter_table("routing_policy") as table:
        for name, default in RULES.items():
            table.add_column(sa.Column(name, sa.Integer(), server_default=default, nullable=False))
    with op.batch_alter_table("seat") as table:
        table.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("participation") as table:
        table.add_column(sa.Column("captions_opened_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("participation") as table:
        table.drop_column("captions_opened_at")
    with op.batch_alter_table("seat") as table:
        table.drop_column("retired_at")
    with op.batch_alter_table("routing_policy") as table:
        for name in reversed(RULES):
            table.drop_column(name)
