"""Years of the written record of a service, and holds on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LEAST_DAYS = "1096"


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.add_column(
        "recording_policy",
        sa.Column("service_record_days", sa.Integer(), server_default=LEAST_DAYS, nullable=False),
    )
    op.add_column("call", sa.Column("record_erased_at", at, nullable=True))
    op.create_index("ix_call_record_erased_at_ended_at", "call", ["record_erased_at", "ended_at"])
    op.create_table(
        "record_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", at, nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", at, nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_record_hold_call_id_call")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_record_hold_set_by_id_person")),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_record_hold_lifted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_hold")),
    )
    op.create_index(op.f("ix_record_hold_call_id"), "record_hold", ["call_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_record_hold_call_id"), table_name="record_hold")
    op.drop_table("record_hold")
    op.drop_index("ix_call_record_erased_at_ended_at", table_name="call")
    op.drop_column("call", "record_erased_at")
    op.drop_column("recording_policy", "service_record_days")
