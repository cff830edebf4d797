"""Counts read again by day, issues found by their newest members, numbers used once, weights of notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_counted_day")),
    )
    op.execute("INSERT INTO counted_day (day, mark) SELECT DISTINCT day, 'before' FROM day_count")
    op.create_table(
        "issue_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_number")),
    )
    op.execute("INSERT INTO issue_number (id, last) SELECT 1, COALESCE(MAX(id), 0) FROM issue")
    op.create_table(
        "note_weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("embedder", sa.String(length=60), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_weights")),
    )
    op.create_index(op.f("ix_note_weights_embedder"), "note_weights", ["embedder"], unique=False)
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_issue_id_day", ["issue_id", "day"], unique=False)
        batch_op.drop_index(batch_op.f("ix_contact_issue_id"))


def downgrade() -> None:
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_issue_id"), ["issue_id"], unique=False)
        batch_op.drop_index("ix_contact_issue_id_day")
    op.drop_table("note_weights")
    op.drop_table("issue_number")
    op.drop_table("counted_day")
