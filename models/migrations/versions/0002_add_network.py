"""Lines, agreements, partner lines, skills and the routing policy; what a call needs and a seat gives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "youth_line",
                "women_line",
                "hotline",
                "hospital",
                "community",
                "police",
                "fire",
                "ambulance",
                name="partnerkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("takes_overflow", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_code"], ["place.code"], name=op.f("fk_partner_line_place_code_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_line")),
    )
    with op.batch_alter_table("partner_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_line_place_code"), ["place_code"], unique=False)

    op.create_table(
        "overflow_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_centre_id", sa.Integer(), nullable=False),
        sa.Column("to_centre_id", sa.Integer(), nullable=False),
        sa.Column("after_seconds", sa.Integer(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_centre_id"], ["centre.id"], name=op.f("fk_overflow_agreement_from_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["to_centre_id"], ["centre.id"], name=op.f("fk_overflow_agreement_to_centre_id_centre")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overflow_agreement")),
        sa.UniqueConstraint(
            "from_centre_id", "to_centre_id", name=op.f("uq_overflow_agreement_from_centre_id_to_centre_id")
        ),
    )
    with op.batch_alter_table("overflow_agreement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_overflow_agreement_from_centre_id"), ["from_centre_id"], unique=False
        )

    op.create_table(
        "phone_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_phone_line_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_line")),
        sa.UniqueConstraint("number", name=op.f("uq_phone_line_number")),
    )
    op.create_table(
        "person_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=12), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_skill_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_skill")),
        sa.UniqueConstraint("person_id", "skill", name=op.f("uq_person_skill_person_id_skill")),
    )
    with op.batch_alter_table("person_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_skill_person_id"), ["person_id"], unique=False)

    op.create_table(
        "routing_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credits", sa.JSON(), nullable=False),
        sa.Column("most_credit_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "strategy",
            sa.Enum(
                "longest_idle", "least_talk", "ring_several", name="strategy", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("ring_at_once", sa.Integer(), nullable=False),
        sa.Column("city_after_seconds", sa.Integer(), nullable=False),
        sa.Column("province_after_seconds", sa.Integer(), nullable=False),
        sa.Column("anywhere_after_seconds", sa.Integer(), nullable=False),
        sa.Column("skill_after_seconds", sa.Integer(), nullable=False),
        sa.Column("language_after_seconds", sa.Integer(), nullable=False),
        sa.Column("known_operator_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "keeping",
            sa.Enum("seat", "supervisor", "none", name="keeping", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("keep_from_seats", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_routing_policy_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_policy")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("line_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=8), server_default="zh", nullable=False))
        batch_op.add_column(sa.Column("wanted_skills", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("wants_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("known_person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("need", sa.String(length=200), nullable=True))
        batch_op.drop_index(batch_op.f("ix_call_caller_hash"))
        batch_op.create_index("ix_call_caller_hash_arrived_at", ["caller_hash", "arrived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_need"), ["need"], unique=False)
        batch_op.create_index(
            "ix_call_waiting",
            ["queue_key", "id", "need", "wants_since"],
            unique=False,
            sqlite_where=sa.text("need IS NOT NULL"),
            postgresql_where=sa.text("need IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_call_known_person_id_person"), "person", ["known_person_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_call_line_id_phone_line"), "phone_line", ["line_id"], ["id"]
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("time_zone", sa.String(length=40), server_default="Asia/Shanghai", nullable=False)
        )

    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("talked_seconds", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("profile", sa.String(length=600), server_default="", nullable=False))
        batch_op.create_index(
            "ix_seat_state_profile_idle_since", ["state", "profile", "idle_since"], unique=False
        )

    # Who waits while this step runs is offered a seat afterwards all the same.
    op.execute(
        "UPDATE call SET wants_since = arrived_at, need = 'zh|' || coalesce(cast(centre_id as varchar(20)), '')"
        " || '|' || coalesce(place_code, '') || '||' || CASE WHEN danger THEN '!' ELSE '' END"
        " WHERE state = 'queued' AND seat_id IS NULL AND queue_key IS NOT NULL"
    )
    op.execute("UPDATE seat SET profile = cast(centre_id as varchar(20)) || '||'")


def downgrade() -> None:
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index("ix_seat_state_profile_idle_since")
        batch_op.drop_column("profile")
        batch_op.drop_column("talked_seconds")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("time_zone")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_call_line_id_phone_line"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_call_known_person_id_person"), type_="foreignkey")
        batch_op.drop_index(
            "ix_call_waiting",
            sqlite_where=sa.text("need IS NOT NULL"),
            postgresql_where=sa.text("need IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_call_need"))
        batch_op.drop_index(batch_op.f("ix_call_line_id"))
        batch_op.drop_index("ix_call_caller_hash_arrived_at")
        batch_op.create_index(batch_op.f("ix_call_caller_hash"), ["caller_hash"], unique=False)
        batch_op.drop_column("need")
        batch_op.drop_column("known_person_id")
        batch_op.drop_column("wants_since")
        batch_op.drop_column("wanted_skills")
        batch_op.drop_column("language")
        batch_op.drop_column("line_id")

    op.drop_table("routing_policy")
    with op.batch_alter_table("person_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_skill_person_id"))

    op.drop_table("person_skill")
    op.drop_table("phone_line")
    with op.batch_alter_table("overflow_agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overflow_agreement_from_centre_id"))

    op.drop_table("overflow_agreement")
    with op.batch_alter_table("partner_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_line_place_code"))

    op.drop_table("partner_line")
