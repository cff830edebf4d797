"""`python -m tests.console_show [PORT]`: the console on seeded records, to look at. Nothing rings here."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.base import make_engine
from models.calls import Callback, Offer
from models.care import FollowUp
from models.crypto import Keyring
from models.notes import Note
from models.schema import Base
from models.vocabulary import CallbackKind, CallbackState, Role, SeatState
from models.workforce import Shift
from tests import factories
from tests.console_kit import Console, build_console


def seed(console: Console) -> None:
    """Logins are named for what they show: off setup idle offer danger talk wrap, board chief official."""
    now = factories.NOW
    with console.records() as session:
        factories.a_province(session)
        factories.an_organisation(session, demonstration=True)
        centre = factories.a_centre(session)
        centre.standby_phone = "0990-555-8021"
        people = {
            login: factories.a_person(session, login=login, centre=centre, name=name)
            for login, name in (
                ("off", "孙一鸣"),
                ("setup", "周宁"),
                ("idle", "林晓"),
                ("offer", "马可欣"),
                ("danger", "何清"),
                ("talk", "罗敏"),
                ("wrap", "沈青"),
            )
        }
        factories.a_person(session, Role.SUPERVISOR, login="board", name="沈知", centre=centre)
        factories.a_person(session, Role.ADMINISTRATOR, login="chief", name="管理员")
        factories.a_person(session, Role.OFFICIAL, login="official", name="云州联防联控", place_code="990100")
        seats = {
            login: factories.a_seat(session, centre, person, state, label=f"{number:02}")
            for number, (login, person, state) in enumerate(
                (
                    ("setup", people["setup"], SeatState.PAUSED),
                    ("idle", people["idle"], SeatState.AVAILABLE),
                    ("offer", people["offer"], SeatState.OFFERED),
                    ("danger", people["danger"], SeatState.OFFERED),
                    ("talk", people["talk"], SeatState.TALKING),
                    ("wrap", people["wrap"], SeatState.TALKING),
                    ("free", None, SeatState.OFFLINE),
                ),
                start=1,
            )
        }
        seats["setup"].device_live = False
        session.add(
            Shift(
                centre_id=centre.id,
                person_id=people["idle"].id,
                starts_at=now - timedelta(hours=3),
                ends_at=now + timedelta(hours=9),
            )
        )
        for login, danger in (("offer", False), ("danger", True)):
            call = factories.a_waiting_call(session, number="13800002716", danger=danger)
            seats[login].call_id = call.id
            session.add(
                Offer(
                    call_id=call.id,
                    seat_id=seats[login].id,
                    person_id=people[login].id,
                    made_at=now,
                    deadline_at=now + timedelta(seconds=20),
                )
            )
        for hours in range(1, 14):
            earlier = factories.an_ended_talk(session, seats["idle"], number=f"139000{hours:02}452")
            earlier.arrived_at = now - timedelta(hours=hours * 0.8)
            earlier.answered_at = earlier.arrived_at + timedelta(seconds=40)
            earlier.ended_at = earlier.answered_at + timedelta(minutes=7 + hours)
            level = hours % 4
            session.add(
                Note(
                    call=earlier,
                    person_id=people["idle"].id,
                    risk_level=level,
                    population="P23",
                    problem="D" if hours % 2 else "N",
                    place_code="990103",
                    other_problems=[],
                    fields={"sex": "f", "age_band": "25-34"},
                    summary="丧夫两月，夜里难熬；约好难受时先打电话。",
                    state="draft" if hours == 2 else "closed",
                    created_at=earlier.ended_at,
                    saved_at=earlier.ended_at,
                )
            )
            if level >= 2:
                session.add(
                    FollowUp(
                        call_id=earlier.id,
                        rule=f"R{level}-D7",
                        due_at=now + timedelta(minutes=-40 + 35 * hours),
                    )
                )
            if hours <= 3:
                session.add(
                    Callback(
                        call_id=earlier.id,
                        kind=(CallbackKind.MESSAGE, CallbackKind.WISH, CallbackKind.DROPPED)[hours - 1],
                        state=CallbackState.DUE,
                        danger=hours == 1,
                        asked_at=now - timedelta(minutes=4 * hours),
                        due_at=now + timedelta(minutes=15 - 7 * hours),
                    )
                )
        seats["idle"].state, seats["idle"].call_id = SeatState.AVAILABLE, None
        seats["idle"].wrap_up_until = None
        earlier_talk = factories.an_ended_talk(session, seats["talk"], number="13800002716")
        earlier_talk.arrived_at = now - timedelta(days=2)
        earlier_talk.answered_at = earlier_talk.arrived_at + timedelta(seconds=30)
        earlier_talk.ended_at = earlier_talk.arrived_at + timedelta(minutes=30)
        session.add(
            Note(
                call=earlier_talk,
                person_id=people["talk"].id,
                risk_level=3,
                call_type="03",
                other_problems=[],
                fields={},
                summary="失业后失眠，曾有一周内计划；约定难受时先打电话，再联系姐姐。",
                state="closed",
                created_at=now - timedelta(days=2),
                saved_at=now - timedelta(days=2),
            )
        )
        talk = factories.a_talk(session, seats["talk"], talked_seconds=766, number="13800002716")
        wrapped = factories.an_ended_talk(session, seats["wrap"], number="13700001234")
        session.flush()
    content = {
        "call_type": "03",
        "population": "P23",
        "relation": "self",
        "sex": "f",
        "age_band": "25-34",
        "problem": "G",
        "other_problems": ["D", "N"],
        "place_code": "990102",
        "two_weeks": "yes",
        "acting": "no",
        "plan": "yes",
        "means": "yes",
        "when": "week",
        "attempt_two_weeks": "no",
        "attempt_before": "unasked",
        "substance": "no",
        "alone": "yes",
        "harm_others": 0,
        "distress_before": 8,
        "dispositions": ["D2"],
        "summary": "失业后失眠两周，独居。本次明确表达结束生命的想法，一周内有计划，方法在身边。",
    }
    for call, person in ((talk, people["talk"]), (wrapped, people["wrap"])):
        console.parts.notes.open(call.id, person.id)
        console.parts.notes.save(call.id, person.id, 0, content)


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8999
    started = datetime.now(UTC)

    def clock() -> datetime:
        return factories.NOW + (datetime.now(UTC) - started)

    with tempfile.TemporaryDirectory() as folder:
        keyring = Keyring({"look": bytes(range(32))})
        engine = make_engine(f"sqlite:///{Path(folder) / 'show.db'}", keyring)
        Base.metadata.create_all(engine)
        console = build_console(engine, clock, keyring, public_url=f"http://127.0.0.1:{port}")
        seed(console)
        sys.stderr.write(f"http://127.0.0.1:{port}  password: {factories.PASSWORD}\n")
        console.app.extensions["console_realtime"].sockets.run(
            console.app, host="127.0.0.1", port=port, allow_unsafe_werkzeug=True
        )


if __name__ == "__main__":
    main()
