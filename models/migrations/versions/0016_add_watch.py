"""The supervisor's watch, its alarms and webhooks; prompts as versions; seat events are found by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

METRICS = (
    "waiting",
    "longest_wait",
    "free_seats",
    "service_level",
    "service_level_2",
    "abandonment",
    "connect_rate",
    "asa",
    "aht",
    "occupancy",
)

PROMPTS = (
    "greeting",
    "greeting_asks_later",
    "greeting_offers",
    "greeting_english",
    "notice_waiting",
    "menu",
    "message_begin",
    "message_kept",
    "callback_noted",
    "breathing_begins",
    "on_hold",
    "talk_over",
)


def _level() -> sa.Enum:
    return sa.Enum("warn", "crit", name="alarmlevel", native_enum=False, length=24)


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "service_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_within_seconds", sa.Integer(), nullable=False),
        sa.Column("short_abandon_seconds", sa.Integer(), nullable=False),
        sa.Column("changed_at", at, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_service_rule_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_rule")),
    )
    op.create_table(
        "threshold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.Enum(*METRICS, name="metric", native_enum=False, length=24), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("warn", sa.Float(), nullable=False),
        sa.Column("crit", sa.Float(), nullable=False),
        sa.Column("margin", sa.Float(), nullable=False),
        sa.Column("repeat_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("changed_at", at, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_threshold_centre_id_centre")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_line.id"], name=op.f("fk_threshold_line_id_phone_line")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_threshold_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("threshold_id", sa.Integer(), nullable=False),
        sa.Column("level", _level(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("began_at", at, nullable=False),
        sa.Column("level_since", at, nullable=False),
        sa.Column("told_at", at, nullable=False),
        sa.Column("times_told", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", at, nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", at, nullable=True),
        sa.ForeignKeyConstraint(
            ["threshold_id"], ["threshold.id"], name=op.f("fk_alarm_threshold_id_threshold")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["person.id"], name=op.f("fk_alarm_acknowledged_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_began_at"), "alarm", ["began_at"])
    op.create_index(
        "ix_alarm_open",
        "alarm",
        ["threshold_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "watch_hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("least_level", _level(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_hook")),
    )
    op.create_table(
        "prompt_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Enum(*PROMPTS, name="prompt", native_enum=False, length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("synthetic", "recorded", name="promptsource", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("made_at", at, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("used_from", at, nullable=True),
        sa.Column("used_until", at, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_prompt_version_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_version")),
        sa.UniqueConstraint("prompt", "number", name=op.f("uq_prompt_version_prompt_number")),
    )
    in_use = sa.text("used_from IS NOT NULL AND used_until IS NULL")
    op.create_index(
        "ix_prompt_version_in_use",
        "prompt_version",
        ["prompt"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_index(op.f("ix_seat_event_at"), "seat_event", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_seat_event_at"), table_name="seat_event")
    op.drop_index("ix_prompt_version_in_use", table_name="prompt_version")
    op.drop_table("prompt_version")
    op.drop_table("watch_hook")
    op.drop_index("ix_alarm_open", table_name="alarm")
    op.drop_index(op.f("ix_alarm_began_at"), table_name="alarm")
    op.drop_table("alarm")
    op.drop_table("threshold")
    op.drop_table("service_rule")
