"""Who is ready for calls: training ledger, qualifications, admissions, supervision, rest; isolation sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "isolation_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["place_code"], ["place.code"], name=op.f("fk_isolation_site_place_code_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_isolation_site")),
    )
    op.create_index(op.f("ix_isolation_site_place_code"), "isolation_site", ["place_code"], unique=False)
    op.create_table(
        "admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lacks", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "granted", "declined", name="admissionstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_admission_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admission_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index(op.f("ix_admission_person_id"), "admission", ["person_id"], unique=False)
    op.create_table(
        "availability",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_availability_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_availability")),
    )
    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "psychiatrist",
                "therapist",
                "counsellor",
                "social_worker",
                "nurse",
                "teacher",
                "other",
                name="qualificationkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_qualification_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
    )
    op.create_index(op.f("ix_qualification_person_id"), "qualification", ["person_id"], unique=False)
    op.create_table(
        "readiness_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_trainings", sa.Integer(), nullable=False),
        sa.Column("drills", sa.Integer(), nullable=False),
        sa.Column("assessments", sa.Integer(), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("high_risk_calls", sa.Integer(), nullable=False),
        sa.Column("nights_in_a_row", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_readiness_policy_set_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_policy")),
    )
    op.create_table(
        "supervision_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "individual", "group", "live", "debrief", name="supervisionform", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_supervision_record_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["person.id"], name=op.f("fk_supervision_record_supervisor_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_record")),
    )
    op.create_index(op.f("ix_supervision_record_held_at"), "supervision_record", ["held_at"], unique=False)
    op.create_index(
        op.f("ix_supervision_record_person_id"), "supervision_record", ["person_id"], unique=False
    )
    op.create_table(
        "training_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pre_service",
                "system",
                "drill",
                "assessment",
                name="trainingkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("attended", "passed", "failed", name="trainingresult", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("trainer", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_training_record_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_training_record_recorded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["person.id"], name=op.f("fk_training_record_voided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
    )
    op.create_index(op.f("ix_training_record_held_at"), "training_record", ["held_at"], unique=False)
    op.create_index(op.f("ix_training_record_person_id"), "training_record", ["person_id"], unique=False)
    op.create_table(
        "rest_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column(
            "strain",
            sa.Enum("talk", "high_risk", "nights", name="strain", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("shift_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("taken", "later", name="restanswer", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rest_offer_person_id_person")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_rest_offer_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rest_offer")),
        sa.UniqueConstraint(
            "person_id",
            "strain",
            "shift_began_at",
            "step",
            name=op.f("uq_rest_offer_person_id_strain_shift_began_at_step"),
        ),
    )
    op.create_index(op.f("ix_rest_offer_offered_at"), "rest_offer", ["offered_at"], unique=False)
    op.create_index(op.f("ix_rest_offer_person_id"), "rest_offer", ["person_id"], unique=False)
    _begin_the_ledger()


def _begin_the_ledger() -> None:
    """A hotline that answers already is behind with nothing that was never asked to be written down."""
    begun = "INSERT INTO readiness_policy (system_trainings, drills, assessments, talk_minutes,"
    begun += " high_risk_calls, nights_in_a_row, counted_from)"
    begun += " SELECT 4, 2, 1, 240, 2, 3, CURRENT_TIMESTAMP WHERE EXISTS (SELECT 1 FROM person)"
    op.execute(sa.text(begun))


def downgrade() -> None:
    op.drop_index(op.f("ix_rest_offer_person_id"), table_name="rest_offer")
    op.drop_index(op.f("ix_rest_offer_offered_at"), table_name="rest_offer")
    op.drop_table("rest_offer")
    op.drop_index(op.f("ix_training_record_person_id"), table_name="training_record")
    op.drop_index(op.f("ix_training_record_held_at"), table_name="training_record")
    op.drop_table("training_record")
    op.drop_index(op.f("ix_supervision_record_person_id"), table_name="supervision_record")
    op.drop_index(op.f("ix_supervision_record_held_at"), table_name="supervision_record")
    op.drop_table("supervision_record")
    op.drop_table("readiness_policy")
    op.drop_index(op.f("ix_qualification_person_id"), table_name="qualification")
    op.drop_table("qualification")
    op.drop_table("availability")
    op.drop_index(op.f("ix_admission_person_id"), table_name="admission")
    op.drop_table("admission")
    op.drop_index(op.f("ix_isolation_site_place_code"), table_name="isolation_site")
    op.drop_table("isolation_site")
