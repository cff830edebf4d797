"""The view to compare with: Flask under the same server, with nothing of the product's care.

    python -m benchmarks.lines.plain_door '{"port": …, "processes": 2, "threads": 8, "database": …, …}'

POST /plain checks the signature, reads one row, writes call, event and outbox in one transaction of the same
database with the same settings, and answers the greeting's TwiML. POST /empty answers nothing.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from flask import Flask, Response, abort, request
from sqlalchemy import Column, Engine, Float, Index, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from hotline.processes.server import Serving, serve_door
from models.base import make_engine
from models.crypto import Keyring

records = MetaData()
organisations = Table(
    "plain_organisation", records, Column("id", Integer, primary_key=True), Column("name", String)
)
calls = Table(
    "plain_call", records, Column("id", Integer, primary_key=True), Column("sid", String(40)),
    Column("caller", String(40)), Column("state", String(20)), Column("at", Float),
)  # fmt: skip
Index("ix_plain_call_sid", calls.c.sid, unique=True)
events = Table(
    "plain_event", records, Column("id", Integer, primary_key=True), Column("call_id", Integer, index=True),
    Column("kind", String(20)), Column("at", Float),
)  # fmt: skip
outbox = Table(
    "plain_outbox", records, Column("id", Integer, primary_key=True), Column("key", String(80), unique=True),
    Column("payload", String(200)), Column("at", Float),
)  # fmt: skip


def make_app(plan: dict[str, Any]) -> Flask:
    app = Flask("plain")
    engine = make_engine(plan["database"], Keyring({"k": bytes(32)}))
    validator = RequestValidator(plan["token"])

    @app.post("/plain")
    def plain() -> Response:
        url = plan["base"] + request.path
        if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        sid = request.form["CallSid"]
        with Session(engine) as session, session.begin():
            session.execute(select(organisations).limit(1)).first()
            made = session.execute(
                insert(calls).values(sid=sid, caller=request.form["From"], state="greeting", at=0.0)
            )
            call_id = made.inserted_primary_key[0]
            session.execute(insert(events).values(call_id=call_id, kind="arrived", at=0.0))
            session.execute(insert(outbox).values(key=f"place:{sid}", payload=str(call_id), at=0.0))
        return Response(plan["document"], mimetype="text/xml")

    @app.post("/empty")
    def empty() -> Response:
        return Response(status=204)

    return app


def prepare(engine: Engine) -> None:
    records.drop_all(engine)
    records.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(organisations).values(id=1, name="organisation"))


def main() -> None:
    plan = json.loads(sys.argv[1])
    serving = Serving("plain", "127.0.0.1", plan["port"], plan["processes"], plan["threads"])
    serve_door(serving, lambda: make_app(plan))


if __name__ == "__main__":
    main()
