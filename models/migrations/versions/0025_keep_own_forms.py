"""A hotline keeps its own versions of the contact form, and when each was in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_in_force",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_form_in_force_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_in_force")),
    )
    with op.batch_alter_table("form_in_force", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_in_force_version"), ["version"], unique=False)
    op.create_table(
        "form_version",
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["person.id"], name=op.f("fk_form_version_begun_by_id_person")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_form_version")),
    )


def downgrade() -> None:
    op.drop_table("form_version")
    with op.batch_alter_table("form_in_force", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_in_force_version"))
    op.drop_table("form_in_force")
