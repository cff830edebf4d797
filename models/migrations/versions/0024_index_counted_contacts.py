"""Contacts are found by state and day at once: by the state alone a reader went through all there ever were."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_state_day", ["state", "day"], unique=False)
        batch_op.drop_index(batch_op.f("ix_contact_state"))


def downgrade() -> None:
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_state"), ["state"], unique=False)
        batch_op.drop_index("ix_contact_state_day")
