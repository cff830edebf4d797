"""One delivery for alerts and reports; what officials say to a report; which places get which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CHANNELS = ("email", "webhook", "inbox", "sms", "feed", "file")
STATES = ("due", "sent", "received", "held", "failed")
SAYS = ("acknowledge", "own", "act", "ask", "answer", "close")
AT = sa.DateTime(timezone=True)


def _code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def _table(name: str, columns: tuple[str, ...]) -> sa.Table:
    """Of a column only what carrying it over needs is told."""
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "tries": sa.JSON(),
        "payload": sa.JSON(),
        "ok": sa.Boolean(),
        "at": AT,
    }
    return sa.Table(
        name,
        sa.MetaData(),
        *(sa.Column(c, AT if c.endswith("_at") else kinds.get(c, sa.types.NullType())) for c in columns),
    )


COMMON = ("mechanism_id", "channel", "state", "key", "attempts", "sent_at")
DELIVERY = ("id", "alert_id", "alert_version", "paper_id", "role", *COMMON, "opened_at", "received_at")
PAPER_DELIVERY = ("id", "paper_id", *COMMON, "tries", "read_at")
ATTEMPT = ("delivery_id", "at", "ok", "detail")
OUTBOX = ("id", "kind", "queue", "key", "payload", "state")


def upgrade() -> None:
    op.add_column(
        "paper", sa.Column("wants_receipt", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "paper_plan",
        sa.Column("level", _code("placelevel", "province", "city", "county", "township"), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_paper_plan_set_by_id_person")),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_paper_plan")),
    )
    op.create_table(
        "paper_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _code("alertactionkind", *SAYS), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_action_paper_id_paper")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_action_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_action")),
    )
    op.create_index(op.f("ix_paper_action_paper_id"), "paper_action", ["paper_id"])
    attempts = _lifted(op.get_bind())
    with op.batch_alter_table("delivery") as table:
        table.alter_column("alert_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("paper_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("opened_at", AT, nullable=True))
        table.create_foreign_key(op.f("fk_delivery_paper_id_paper"), "paper", ["paper_id"], ["id"])
        table.create_unique_constraint(
            op.f("uq_delivery_paper_id_mechanism_id_channel"), ["paper_id", "mechanism_id", "channel"]
        )
        table.create_index(op.f("ix_delivery_paper_id"), ["paper_id"])
        table.create_check_constraint("ck_delivery_one_thing", "(alert_id IS NULL) <> (paper_id IS NULL)")
    _laid_back(op.get_bind(), attempts)
    _carry_over(op.get_bind())
    op.drop_index(op.f("ix_paper_delivery_state"), table_name="paper_delivery")
    op.drop_index(op.f("ix_paper_delivery_paper_id"), table_name="paper_delivery")
    op.drop_table("paper_delivery")


def _lifted(connection: sa.Connection) -> list[dict[str, Any]]:
    """SQLite changes a table by making it anew, which it refuses while rows of another one point at it."""
    attempt = _table("delivery_attempt", ("id", *ATTEMPT))
    rows = [dict(row) for row in connection.execute(sa.select(attempt)).mappings()]
    connection.execute(attempt.delete())
    return rows


def _laid_back(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_table("delivery_attempt", ("id", *ATTEMPT)).insert(), rows)


def _carry_over(connection: sa.Connection) -> None:
    old, new = _table("paper_delivery", PAPER_DELIVERY), _table("delivery", DELIVERY)
    attempt = _table("delivery_attempt", ATTEMPT)
    renamed: dict[int, int] = {}
    for row in connection.execute(sa.select(old).order_by(old.c.id)).mappings().all():
        received = row["read_at"] if row["state"] == "received" else None
        values = {name: row[name] for name in COMMON} | {"paper_id": row["paper_id"]}
        fixed = {"alert_version": 1, "role": "main", "opened_at": row["read_at"], "received_at": received}
        connection.execute(new.insert().values(values | fixed))
        delivery_id = connection.execute(sa.select(new.c.id).where(new.c.key == row["key"])).scalar_one()
        renamed[row["id"]] = delivery_id
        for one in row["tries"]:
            tried = {"at": datetime.fromisoformat(one["at"]), "ok": one["ok"], "detail": one["detail"]}
            connection.execute(attempt.insert().values(tried | {"delivery_id": delivery_id}))
    _rename(connection, "deliver_paper", "deliver", renamed)


def _rename(connection: sa.Connection, old: str, new: str, renamed: dict[int, int]) -> None:
    """Work that waits finds its delivery under the new kind and id."""
    outbox = _table("outbox", OUTBOX)
    for row in connection.execute(sa.select(outbox).where(outbox.c.kind == old)).mappings().all():
        tries, delivery_id = row["payload"]["attempts"], renamed.get(int(row["payload"]["delivery_id"]))
        if delivery_id is not None:
            connection.execute(
                outbox.update()
                .where(outbox.c.id == row["id"])
                .values(
                    kind=new,
                    key=f"{new}:{delivery_id}:{tries}",
                    payload={"delivery_id": delivery_id, "attempts": tries},
                )
            )


def downgrade() -> None:
    op.create_table(
        "paper_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("mechanism_id", sa.Integer(), nullable=False),
        sa.Column("channel", _code("deliverychannel", *CHANNELS), nullable=False),
        sa.Column("state", _code("deliverystate", *STATES), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.Column("read_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_delivery_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanism.id"], name=op.f("fk_paper_delivery_mechanism_id_mechanism")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_delivery_key")),
        sa.UniqueConstraint(
            "paper_id", "mechanism_id", "channel",
            name=op.f("uq_paper_delivery_paper_id_mechanism_id_channel"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_paper_delivery_paper_id"), "paper_delivery", ["paper_id"])
    op.create_index(op.f("ix_paper_delivery_state"), "paper_delivery", ["state"])
    _carry_back(op.get_bind())
    attempts = _lifted(op.get_bind())
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint("ck_delivery_one_thing", type_="check")
        table.drop_constraint(op.f("uq_delivery_paper_id_mechanism_id_channel"), type_="unique")
        table.drop_constraint(op.f("fk_delivery_paper_id_paper"), type_="foreignkey")
        table.drop_index(op.f("ix_delivery_paper_id"))
        table.drop_column("opened_at")
        table.drop_column("paper_id")
        table.alter_column("alert_id", existing_type=sa.Integer(), nullable=False)
    _laid_back(op.get_bind(), attempts)
    op.drop_index(op.f("ix_paper_action_paper_id"), table_name="paper_action")
    op.drop_table("paper_action")
    op.drop_table("paper_plan")
    op.drop_column("paper", "wants_receipt")


def _carry_back(connection: sa.Connection) -> None:
    old, new = _table("paper_delivery", PAPER_DELIVERY), _table("delivery", DELIVERY)
    attempt = _table("delivery_attempt", ATTEMPT)
    renamed: dict[int, int] = {}
    of_papers = sa.select(new).where(new.c.paper_id.is_not(None)).order_by(new.c.id)
    for row in connection.execute(of_papers).mappings().all():
        tried = connection.execute(
            sa.select(attempt).where(attempt.c.delivery_id == row["id"]).order_by(attempt.c.at)
        ).mappings()
        tries = [{"at": t["at"].isoformat(), "ok": t["ok"], "detail": t["detail"]} for t in tried]
        values = {name: row[name] for name in COMMON} | {"paper_id": row["paper_id"]}
        connection.execute(old.insert().values(values | {"tries": tries, "read_at": row["opened_at"]}))
        renamed[row["id"]] = connection.execute(
            sa.select(old.c.id).where(old.c.key == row["key"])
        ).scalar_one()
        connection.execute(attempt.delete().where(attempt.c.delivery_id == row["id"]))
    _rename(connection, "deliver", "deliver_paper", renamed)
    connection.execute(new.delete().where(new.c.paper_id.is_not(None)))
