"""The roster: patterns, drafts, versions, exits, leave, swaps, absences; the plain table becomes version 1."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_how",
            sa.Enum("came", "standby", "over", name="absenceend", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_absence_centre_id_centre")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_absence_shift_id")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "duty_contact",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("feed_token_hash", sa.String(length=64), nullable=True),
        sa.Column("feed_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_contact_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_duty_contact")),
        sa.UniqueConstraint("feed_token_hash", name=op.f("uq_duty_contact_feed_token_hash")),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_holiday_set_by_id_person")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("annual", "sick", "training", "other", name="leavekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "granted",
                "refused",
                "withdrawn",
                name="askstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_leave_decided_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_state"), ["state"], unique=False)

    op.create_table(
        "named_exit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "standby_phone",
                "partner_line",
                "agreement",
                "province",
                name="exitkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("to_centre_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_named_exit_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["person.id"], name=op.f("fk_named_exit_named_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner_line.id"], name=op.f("fk_named_exit_partner_id_partner_line")
        ),
        sa.ForeignKeyConstraint(
            ["to_centre_id"], ["centre.id"], name=op.f("fk_named_exit_to_centre_id_centre")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_exit")),
    )
    with op.batch_alter_table("named_exit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_named_exit_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_named_exit_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_named_exit_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "roster_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_roster_draft_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_roster_draft_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_draft")),
        sa.UniqueConstraint("centre_id", name=op.f("uq_roster_draft_centre_id")),
    )
    op.create_table(
        "roster_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=True),
        sa.Column("rest_hours", sa.Integer(), nullable=False),
        sa.Column("shift_hours", sa.Integer(), nullable=False),
        sa.Column("week_hours", sa.Integer(), nullable=False),
        sa.Column("nights_in_row", sa.Integer(), nullable=False),
        sa.Column("remind_hours", sa.Integer(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("standby_minutes", sa.Integer(), nullable=False),
        sa.Column("warn_days", sa.Integer(), nullable=False),
        sa.Column("warn_hours", sa.Integer(), nullable=False),
        sa.Column("swaps_by_rule", sa.Boolean(), nullable=False),
        sa.Column("sign_up", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("by_text", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_roster_policy_centre_id_centre")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_roster_policy_set_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_policy")),
    )
    op.create_table(
        "roster_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_roster_version_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_roster_version_published_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_version")),
        sa.UniqueConstraint("centre_id", "number", name=op.f("uq_roster_version_centre_id_number")),
    )
    op.create_table(
        "skill_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=12), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_skill_need_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_skill_need_line_id_phone_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_need")),
    )
    with op.batch_alter_table("skill_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_need_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "staff_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reminder",
                "summons",
                "volunteers",
                "absence",
                "gap",
                "swap",
                "leave",
                "roster",
                name="noticekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_staff_notice_centre_id_centre")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_notice_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_notice_key")),
    )
    with op.batch_alter_table("staff_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_notice_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_notice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("other_shift_id", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "granted",
                "refused",
                "withdrawn",
                name="askstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_swap_decided_by_id_person")),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_swap_from_id_person")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_swap_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swap_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_to_id"), ["to_id"], unique=False)

    op.create_table(
        "shift_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind", sa.Enum("seat", "standby", name="shiftkind", native_enum=False, length=24), nullable=False
        ),
        sa.Column("standby_order", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=12), nullable=True),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column(
            "holidays",
            sa.Enum("as_usual", "not_then", "only_then", name="holidayuse", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_shift_pattern_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_shift_pattern_line_id_phone_line")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_shift_pattern_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shift_pattern_person_id_person")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_shift_pattern_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_pattern")),
    )
    with op.batch_alter_table("shift_pattern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_pattern_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "summons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absence_id", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "waiting", "coming", "declined", "silent", name="summonsanswer", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leg_sid", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name=op.f("fk_summons_absence_id_absence")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_summons_centre_id_centre")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_summons_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summons")),
    )
    with op.batch_alter_table("summons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_summons_absence_id"), ["absence_id"], unique=False)
        batch_op.create_index("ix_summons_answer_asked_at", ["answer", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_summons_person_id"), ["person_id"], unique=False)

    op.create_table(
        "draft_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind", sa.Enum("seat", "standby", name="shiftkind", native_enum=False, length=24), nullable=False
        ),
        sa.Column("standby_order", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=12), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["roster_draft.id"], name=op.f("fk_draft_shift_draft_id_roster_draft")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_draft_shift_line_id_phone_line")
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["shift_pattern.id"], name=op.f("fk_draft_shift_pattern_id_shift_pattern")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_shift_person_id_person")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_draft_shift_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_shift")),
    )
    with op.batch_alter_table("draft_shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_shift_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "open_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("seat", "standby", name="shiftkind", native_enum=False, length=24), nullable=False
        ),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=12), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("planned", "leave", "gap", "absence", name="openreason", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "taken", "closed", name="openstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_open_shift_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["phone_line.id"], name=op.f("fk_open_shift_line_id_phone_line")
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["shift_pattern.id"], name=op.f("fk_open_shift_pattern_id_shift_pattern")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_open_shift_seat_id_seat")),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_open_shift_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_shift")),
    )
    with op.batch_alter_table("open_shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_shift_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_shift_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_shift_state"), ["state"], unique=False)

    op.create_table(
        "pattern_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["shift_pattern.id"], name=op.f("fk_pattern_exception_pattern_id_shift_pattern")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pattern_exception_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_exception")),
        sa.UniqueConstraint("pattern_id", "day", name=op.f("uq_pattern_exception_pattern_id_day")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standby_order", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("line_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("skill", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("pattern_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_shift_line_id_phone_line"), "phone_line", ["line_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_shift_pattern_id_shift_pattern"), "shift_pattern", ["pattern_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_shift_version_id_roster_version"), "roster_version", ["version_id"], ["id"]
        )

    _take_over_the_plain_table()


def _take_over_the_plain_table() -> None:
    """The shifts that stand become the first version of their centre; nobody is named as its publisher."""
    op.execute(
        "INSERT INTO roster_version (centre_id, number, starts_at, ends_at, published_at, summary) "
        "SELECT centre_id, 1, MIN(starts_at), MAX(ends_at), CURRENT_TIMESTAMP, '{}' FROM shift GROUP BY centre_id"
    )
    op.execute(
        "UPDATE shift SET version_id = (SELECT roster_version.id FROM roster_version "
        "WHERE roster_version.centre_id = shift.centre_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_shift_version_id_roster_version"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_shift_pattern_id_shift_pattern"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_shift_line_id_phone_line"), type_="foreignkey")
        batch_op.drop_column("revision")
        batch_op.drop_column("version_id")
        batch_op.drop_column("pattern_id")
        batch_op.drop_column("skill")
        batch_op.drop_column("line_id")
        batch_op.drop_column("standby_order")

    op.drop_table("pattern_exception")
    with op.batch_alter_table("open_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_shift_state"))
        batch_op.drop_index(batch_op.f("ix_open_shift_starts_at"))
        batch_op.drop_index(batch_op.f("ix_open_shift_centre_id"))

    op.drop_table("open_shift")
    with op.batch_alter_table("draft_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_shift_draft_id"))

    op.drop_table("draft_shift")
    with op.batch_alter_table("summons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_summons_person_id"))
        batch_op.drop_index("ix_summons_answer_asked_at")
        batch_op.drop_index(batch_op.f("ix_summons_absence_id"))

    op.drop_table("summons")
    with op.batch_alter_table("shift_pattern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_pattern_centre_id"))

    op.drop_table("shift_pattern")
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_swap_to_id"))
        batch_op.drop_index(batch_op.f("ix_swap_state"))
        batch_op.drop_index(batch_op.f("ix_swap_shift_id"))
        batch_op.drop_index(batch_op.f("ix_swap_from_id"))

    op.drop_table("swap")
    with op.batch_alter_table("staff_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_notice_person_id"))
        batch_op.drop_index(batch_op.f("ix_staff_notice_at"))

    op.drop_table("staff_notice")
    with op.batch_alter_table("skill_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_need_centre_id"))

    op.drop_table("skill_need")
    op.drop_table("roster_version")
    op.drop_table("roster_policy")
    op.drop_table("roster_draft")
    with op.batch_alter_table("named_exit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_named_exit_starts_at"))
        batch_op.drop_index(batch_op.f("ix_named_exit_ends_at"))
        batch_op.drop_index(batch_op.f("ix_named_exit_centre_id"))

    op.drop_table("named_exit")
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leave_state"))
        batch_op.drop_index(batch_op.f("ix_leave_person_id"))
        batch_op.drop_index(batch_op.f("ix_leave_ends_at"))

    op.drop_table("leave")
    op.drop_table("holiday")
    op.drop_table("duty_contact")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_person_id"))
        batch_op.drop_index(batch_op.f("ix_absence_ended_at"))
        batch_op.drop_index(batch_op.f("ix_absence_centre_id"))

    op.drop_table("absence")
