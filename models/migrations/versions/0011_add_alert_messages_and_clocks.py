"""Alerts have versions, clocks, signers on duty and bodies of many kinds; published figures are remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "told_signers",
                "told_deputies",
                "told_all",
                "overdue",
                "single_allowed",
                "deputy_reminded",
                "escalated",
                "nobody_above",
                name="clockstep",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_fact")),
        sa.UniqueConstraint(
            "subject",
            "subject_id",
            "version",
            "step",
            "stage",
            name=op.f("uq_clock_fact_subject_subject_id_version_step_stage"),
        ),
    )
    op.create_table(
        "published_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "axis",
            sa.Enum(
                "total",
                "population",
                "risk",
                "handed_on",
                "follow_up",
                "share",
                name="figureaxis",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=24), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figure")),
    )
    with op.batch_alter_table("published_figure") as batch_op:
        batch_op.create_index(
            "ix_published_figure_place_days", ["place_code", "first_day", "last_day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_published_figure_source"), ["source"], unique=False)

    op.create_table(
        "signing_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("deputy_email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("deputy_phone", sa.Text(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_signing_duty_deputy_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signing_duty_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_duty")),
    )
    with op.batch_alter_table("signing_duty") as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_duty_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signing_duty_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "lowest_level",
            sa.Enum("red", "orange", "yellow", "blue", name="alertlevel", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("person_id", name=op.f("uq_subscription_person_id")),
    )
    op.create_table(
        "threshold_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("margin_persons", sa.Integer(), nullable=False),
        sa.Column("signal_ids", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("would_have_missed", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "accepted", "refused", name="proposalstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_threshold_proposal_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_proposal")),
    )
    with op.batch_alter_table("threshold_proposal") as batch_op:
        batch_op.create_index(batch_op.f("ix_threshold_proposal_series"), ["series"], unique=False)

    op.create_table(
        "alert_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("Alert", "Update", "Cancel", name="messagekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("red", "orange", "yellow", "blue", name="alertlevel", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identifier", sa.String(length=31), nullable=True),
        sa.Column("references", sa.JSON(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_message_alert_id_alert")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_alert_message_drafted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_alert_message_signed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
        sa.UniqueConstraint("alert_id", "version", name=op.f("uq_alert_message_alert_id_version")),
        sa.UniqueConstraint("identifier", name=op.f("uq_alert_message_identifier")),
    )
    with op.batch_alter_table("alert_message") as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_message_alert_id"), ["alert_id"], unique=False)

    _add_reference("alert", "countersigned_by_id", "person", "fk_alert_countersigned_by_id_person")
    _add_reference("signal", "merged_into_id", "signal", "fk_signal_merged_into_id_signal")
    with op.batch_alter_table("alert") as batch_op:
        batch_op.add_column(sa.Column("single_signed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("countersigned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_exercise", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("delivery") as batch_op:
        batch_op.add_column(
            sa.Column(
                "role",
                sa.Enum("main", "copy", "escalation", name="deliveryrole", native_enum=False, length=24),
                server_default="main",
                nullable=False,
            )
        )

    with op.batch_alter_table("mechanism") as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "township_worker",
                    "county_officer",
                    "city_team",
                    "mechanism",
                    "government",
                    "department",
                    "police",
                    "political_legal",
                    "petition",
                    name="bodykind",
                    native_enum=False,
                    length=24,
                ),
                server_default="mechanism",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("department", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("main_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("main_phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("deputy_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("deputy_phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("duty_phone", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("duty_hours", sa.String(length=11), server_default="00:00-24:00", nullable=False)
        )
        batch_op.add_column(sa.Column("file_drop", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("feed_token_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.create_index(batch_op.f("ix_mechanism_feed_token_hash"), ["feed_token_hash"], unique=True)

    with op.batch_alter_table("signal_review") as batch_op:
        batch_op.add_column(
            sa.Column(
                "cause",
                sa.Enum(
                    "natural",
                    "known",
                    "same_callers",
                    "coding",
                    "hotline_changed",
                    "one_person",
                    name="rejectioncause",
                    native_enum=False,
                    length=24,
                ),
                nullable=True,
            )
        )


def _add_reference(table: str, column: str, to: str, name: str) -> None:
    """SQLite would copy the whole table for a constraint, and other tables refer to it; it can add a column
    that refers, which Alembic does not say by itself."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {to} (id)")
        return
    op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.create_foreign_key(name, table, to, [column], ["id"])


def downgrade() -> None:
    # The copy of a table that SQLite makes leaves out what names a dropped column.
    sqlite = op.get_bind().dialect.name == "sqlite"

    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table("signal_review") as batch_op:
        batch_op.drop_column("cause")

    with op.batch_alter_table("signal") as batch_op:
        if not sqlite:
            batch_op.drop_constraint("fk_signal_merged_into_id_signal", type_="foreignkey")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("mechanism") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mechanism_feed_token_hash"))
        batch_op.drop_column("active")
        batch_op.drop_column("feed_token_hash")
        batch_op.drop_column("file_drop")
        batch_op.drop_column("duty_hours")
        batch_op.drop_column("duty_phone")
        batch_op.drop_column("deputy_phone")
        batch_op.drop_column("deputy_name")
        batch_op.drop_column("main_phone")
        batch_op.drop_column("main_name")
        batch_op.drop_column("department")
        batch_op.drop_column("kind")

    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_column("role")

    with op.batch_alter_table("alert") as batch_op:
        if not sqlite:
            batch_op.drop_constraint("fk_alert_countersigned_by_id_person", type_="foreignkey")
        batch_op.drop_column("is_exercise")
        batch_op.drop_column("countersigned_at")
        batch_op.drop_column("countersigned_by_id")
        batch_op.drop_column("single_signed_at")

    with op.batch_alter_table("alert_message") as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_message_alert_id"))

    op.drop_table("alert_message")
    with op.batch_alter_table("threshold_proposal") as batch_op:
        batch_op.drop_index(batch_op.f("ix_threshold_proposal_series"))

    op.drop_table("threshold_proposal")
    op.drop_table("subscription")
    with op.batch_alter_table("signing_duty") as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_duty_starts_at"))
        batch_op.drop_index(batch_op.f("ix_signing_duty_person_id"))

    op.drop_table("signing_duty")
    with op.batch_alter_table("published_figure") as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_figure_source"))
        batch_op.drop_index("ix_published_figure_place_days")

    op.drop_table("published_figure")
    op.drop_table("clock_fact")
