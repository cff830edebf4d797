"""Scales with their texts, consents and results; consultations; the duty to report harm to a minor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scale_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(length=12), nullable=False),
        sa.Column("cut_offs", sa.String(length=24), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_scale_choice_set_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_choice")),
    )
    with op.batch_alter_table("scale_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_choice_scale"), ["scale"], unique=False)
    op.create_table(
        "scale_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(length=12), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["person.id"], name=op.f("fk_scale_text_filed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_text")),
    )
    with op.batch_alter_table("scale_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_text_scale"), ["scale"], unique=False)
    op.create_table(
        "forced_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("due", "reported", "not_sent", name="forcedreportstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_to", sa.String(length=80), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_forced_report_call_id_call")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_forced_report_closed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_forced_report_opened_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forced_report")),
        sa.UniqueConstraint("call_id", name=op.f("uq_forced_report_call_id")),
    )
    with op.batch_alter_table("forced_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forced_report_state"), ["state"], unique=False)
    op.create_table(
        "scale_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(length=12), nullable=False),
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
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("wording_version", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_scale_consent_call_id_call")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scale_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_consent")),
    )
    with op.batch_alter_table("scale_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scale_consent_call_id"), ["call_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(length=12), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("cut_offs", sa.String(length=24), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_assessment_call_id_call")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["scale_consent.id"], name=op.f("fk_assessment_consent_id_scale_consent")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assessment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["scale_text.id"], name=op.f("fk_assessment_text_id_scale_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_call_id"), ["call_id"], unique=False)
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "sent",
                "answered",
                "withdrawn",
                name="consultationstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_to", sa.String(length=80), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("expert", sa.String(length=60), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recommendation",
            sa.Enum(
                "individual", "family", "group", "none", name="recommendation", native_enum=False, length=24
            ),
            nullable=True,
        ),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_consultation_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_consultation_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_consultation_call_id_call")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_consultation_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_consultation_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_state"))
        batch_op.drop_index(batch_op.f("ix_consultation_call_id"))
    op.drop_table("consultation")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_call_id"))
    op.drop_table("assessment")
    with op.batch_alter_table("scale_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scale_consent_call_id"))
    op.drop_table("scale_consent")
    with op.batch_alter_table("forced_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forced_report_state"))
    op.drop_table("forced_report")
    with op.batch_alter_table("scale_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scale_text_scale"))
    op.drop_table("scale_text")
    with op.batch_alter_table("scale_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scale_choice_scale"))
    op.drop_table("scale_choice")
