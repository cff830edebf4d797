"""Referrals, forced tasks, appointments, hand-overs, contacts by hand; follow-ups hold their record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caller_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_hash", sa.String(length=64), nullable=False),
        sa.Column("second_hash", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["linked_by_id"], ["person.id"], name=op.f("fk_caller_link_linked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_link")),
        sa.UniqueConstraint("first_hash", "second_hash", name=op.f("uq_caller_link_first_hash_second_hash")),
    )
    with op.batch_alter_table("caller_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caller_link_first_hash"), ["first_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_caller_link_second_hash"), ["second_hash"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column(
            "method",
            sa.Enum("phone", "face_to_face", "video", name="contactmethod", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "attended",
                "missed",
                "cancelled",
                name="appointmentstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_appointment_call_id_call")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_appointment_closed_by_id_person")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_appointment_worker_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_series"), ["series"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_state"), ["state"], unique=False)

    op.create_table(
        "contact_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("form_number", sa.String(length=40), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_contact_entry_call_id_call")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_contact_entry_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_entry")),
        sa.UniqueConstraint("call_id", name=op.f("uq_contact_entry_call_id")),
        sa.UniqueConstraint("form_number", name=op.f("uq_contact_entry_form_number")),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "register",
                "report",
                "track",
                "minor_referral",
                "minor_report",
                "find_person",
                name="dutykind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state", sa.Enum("open", "done", name="dutystate", native_enum=False, length=24), nullable=False
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "done",
                "handed_on",
                "not_needed",
                "impossible",
                name="dutyoutcome",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("outcome_text", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_duty_call_id_call")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_duty_done_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("call_id", "kind", name=op.f("uq_duty_call_id_kind")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_state"), ["state"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "item_kind",
            sa.Enum(
                "danger",
                "linkage",
                "callback",
                "follow_up",
                "note",
                "referral",
                "duty",
                "appointment",
                name="itemkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "withdrawn",
                "taken",
                name="handoverstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_handover_call_id_call")),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_handover_from_id_person")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_handover_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_from_id"), ["from_id"], unique=False)
        batch_op.create_index("ix_handover_item_kind_item_id", ["item_kind", "item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_to_id"), ["to_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "psychiatry",
                "general_hospital",
                "primary_care",
                "isolation_site",
                "heart_station",
                "township",
                "community_grid",
                "civil_affairs",
                "disabled_federation",
                "womens_federation",
                "youth_league",
                "education",
                "police",
                "justice",
                "petitions",
                "trade_union",
                "family_doctor",
                name="referraltarget",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_name", sa.String(length=80), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "consent",
                "protection_of_life",
                "legal_report",
                name="referralground",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ground_reason", sa.Text(), nullable=True),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column(
            "sent_how",
            sa.Enum("telephone", "document", "in_person", name="sentby", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "received",
                "accepted",
                "refused",
                "done",
                name="referralstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_referral_call_id_call")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_referral_sent_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_state"), ["state"], unique=False)

    op.create_table(
        "sharing_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "psychiatry",
                "general_hospital",
                "primary_care",
                "isolation_site",
                "heart_station",
                "township",
                "community_grid",
                "civil_affairs",
                "disabled_federation",
                "womens_federation",
                "youth_league",
                "education",
                "police",
                "justice",
                "petitions",
                "trade_union",
                "family_doctor",
                name="referraltarget",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "unasked",
                "granted",
                "refused",
                "withdrawn",
                name="consentstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_sharing_consent_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_sharing_consent_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_consent")),
        sa.UniqueConstraint("call_id", "target", name=op.f("uq_sharing_consent_call_id_target")),
    )
    with op.batch_alter_table("sharing_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sharing_consent_call_id"), ["call_id"], unique=False)

    op.create_table(
        "referral_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "received",
                "accepted",
                "refused",
                "done",
                name="referralstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_referral_step_person_id_person")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
    )
    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_step_referral_id"), ["referral_id"], unique=False)

    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferred_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("callback_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "method",
                sa.Enum("phone", "face_to_face", "video", name="contactmethod", native_enum=False, length=24),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "result",
                sa.Enum(
                    "reached",
                    "refused",
                    "dead_number",
                    "lost",
                    name="followupresult",
                    native_enum=False,
                    length=24,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("assessment", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("counselling", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("guidance", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("rerated", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rerated_why", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_follow_up_preferred_id_person"), "person", ["preferred_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_follow_up_callback_id_callback"), "callback", ["callback_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_follow_up_callback_id_callback"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_follow_up_preferred_id_person"), type_="foreignkey")
        batch_op.drop_column("next_at")
        batch_op.drop_column("rerated_why")
        batch_op.drop_column("rerated")
        batch_op.drop_column("guidance")
        batch_op.drop_column("counselling")
        batch_op.drop_column("assessment")
        batch_op.drop_column("result")
        batch_op.drop_column("method")
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("callback_id")
        batch_op.drop_column("preferred_id")

    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_step_referral_id"))

    op.drop_table("referral_step")
    with op.batch_alter_table("sharing_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sharing_consent_call_id"))

    op.drop_table("sharing_consent")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_state"))
        batch_op.drop_index(batch_op.f("ix_referral_due_at"))
        batch_op.drop_index(batch_op.f("ix_referral_call_id"))

    op.drop_table("referral")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_to_id"))
        batch_op.drop_index(batch_op.f("ix_handover_state"))
        batch_op.drop_index("ix_handover_item_kind_item_id")
        batch_op.drop_index(batch_op.f("ix_handover_from_id"))
        batch_op.drop_index(batch_op.f("ix_handover_call_id"))

    op.drop_table("handover")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_state"))
        batch_op.drop_index(batch_op.f("ix_duty_due_at"))
        batch_op.drop_index(batch_op.f("ix_duty_call_id"))

    op.drop_table("duty")
    op.drop_table("contact_entry")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_state"))
        batch_op.drop_index(batch_op.f("ix_appointment_starts_at"))
        batch_op.drop_index(batch_op.f("ix_appointment_series"))
        batch_op.drop_index(batch_op.f("ix_appointment_call_id"))

    op.drop_table("appointment")
    with op.batch_alter_table("caller_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caller_link_second_hash"))
        batch_op.drop_index(batch_op.f("ix_caller_link_first_hash"))

    op.drop_table("caller_link")
