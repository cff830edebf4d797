"""Reports as papers that are signed, frozen and delivered; standing signatures; exports for evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = ("daily", "two_day", "five_day", "month", "quarter", "half_year", "digest")
CHANNELS = ("email", "webhook", "inbox", "sms", "feed", "file")


def _code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _code("paperkind", *KINDS), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", _code("paperstate", "draft", "signed", "dropped"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("definitions_version", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due_at", at, nullable=False),
        sa.Column("drafted_at", at, nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", at, nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", at, nullable=True),
        sa.Column("standing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("dropped_reason", sa.Text(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_paper_place_code_place")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_paper_edited_by_id_person")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["person.id"], name=op.f("fk_paper_signed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_paper_kind_number")),
    )
    op.create_index(op.f("ix_paper_place_code"), "paper", ["place_code"])
    op.create_index(op.f("ix_paper_last_day"), "paper", ["last_day"])
    op.create_index(op.f("ix_paper_state"), "paper", ["state"])
    standing = sa.text("state != 'dropped'")
    op.create_index(
        "ix_paper_period",
        "paper",
        ["kind", "place_code", "first_day"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "paper_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("mechanism_id", sa.Integer(), nullable=False),
        sa.Column("channel", _code("deliverychannel", *CHANNELS), nullable=False),
        sa.Column(
            "state", _code("deliverystate", "due", "sent", "received", "held", "failed"), nullable=False
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("sent_at", at, nullable=True),
        sa.Column("read_at", at, nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_delivery_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanism.id"], name=op.f("fk_paper_delivery_mechanism_id_mechanism")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_delivery_key")),
        sa.UniqueConstraint(
            "paper_id",
            "mechanism_id",
            "channel",
            name=op.f("uq_paper_delivery_paper_id_mechanism_id_channel"),
        ),
    )
    op.create_index(op.f("ix_paper_delivery_paper_id"), "paper_delivery", ["paper_id"])
    op.create_index(op.f("ix_paper_delivery_state"), "paper_delivery", ["state"])
    op.create_table(
        "standing_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given_at", at, nullable=False),
        sa.Column("until", at, nullable=False),
        sa.Column("revoked_at", at, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_code"], ["place.code"], name=op.f("fk_standing_signature_place_code_place")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_standing_signature_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_signature")),
    )
    op.create_index(op.f("ix_standing_signature_place_code"), "standing_signature", ["place_code"])
    op.create_table(
        "evaluation_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluator", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", at, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", at, nullable=False),
        sa.Column("ended_at", at, nullable=True),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_evaluation_export_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_export")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_evaluation_export_token_hash")),
    )
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("reports", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("subscription") as table:
        table.drop_column("reports")
    op.drop_table("evaluation_export")
    op.drop_index(op.f("ix_standing_signature_place_code"), table_name="standing_signature")
    op.drop_table("standing_signature")
    op.drop_index(op.f("ix_paper_delivery_state"), table_name="paper_delivery")
    op.drop_index(op.f("ix_paper_delivery_paper_id"), table_name="paper_delivery")
    op.drop_table("paper_delivery")
    op.drop_index("ix_paper_period", table_name="paper")
    op.drop_index(op.f("ix_paper_state"), table_name="paper")
    op.drop_index(op.f("ix_paper_last_day"), table_name="paper")
    op.drop_index(op.f("ix_paper_place_code"), table_name="paper")
    op.drop_table("paper")
