"""Callers by quarter of an hour, and the target that seats are reckoned for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarter_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("callers", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("gave_up", sa.Integer(), nullable=False),
        sa.Column("waited_seconds", sa.Float(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("handle_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_quarter_count_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_count")),
    )
    op.create_index("ix_quarter_count_centre_id", "quarter_count", ["centre_id"])
    op.create_index("ix_quarter_count_starts_at", "quarter_count", ["starts_at"])
    op.create_table(
        "staffing_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("within_seconds", sa.Integer(), nullable=False),
        sa.Column("answered_percent", sa.Integer(), nullable=False),
        sa.Column("shrinkage_percent", sa.Integer(), nullable=False),
        sa.Column("calls_a_day", sa.Integer(), nullable=False),
        sa.Column("handle_minutes", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_staffing_policy_set_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_policy")),
    )


def downgrade() -> None:
    op.drop_table("staffing_policy")
    op.drop_index("ix_quarter_count_starts_at", "quarter_count")
    op.drop_index("ix_quarter_count_centre_id", "quarter_count")
    op.drop_table("quarter_count")
