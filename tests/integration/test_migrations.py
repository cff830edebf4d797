from datetime import UTC, datetime, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from models.migrations import downgrade, upgrade
from models.outbox import OutboxRow
from models.readiness import ReadinessPolicy
from models.schema import Base
from models.surveillance import Delivery


def test_head_equals_the_models(migrated_engine: Engine) -> None:
    with migrated_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_every_step_goes_up_and_down_again(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    downgrade(empty_engine, "base")
    left = set(inspect(empty_engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade(empty_engine)


def test_the_ledger_begins_with_the_upgrade_of_a_hotline_that_has_people(empty_engine: Engine) -> None:
    """Who answered yesterday is behind with nothing today, and the dates that admit them are kept."""
    upgrade(empty_engine, "0017")
    person = """
        INSERT INTO person (login, name, role, password_hash, language, theme, active, session_epoch,
            trained_at, confidentiality_signed_at, created_at, is_demonstration)
        VALUES ('lin', '林晓', 'operator', '!', 'zh', 'auto', true, 0,
            '2020-01-01 00:00:00', '2020-01-01 00:00:00', '2020-01-01 00:00:00', false)
    """
    with empty_engine.begin() as connection:
        connection.execute(text(person))
    upgrade(empty_engine, "0018")
    with empty_engine.connect() as connection:
        begun = connection.execute(select(ReadinessPolicy.counted_from)).scalar_one()
        dates = connection.execute(text("SELECT trained_at, confidentiality_signed_at FROM person")).one()
    assert begun is not None
    assert abs(datetime.now(UTC) - begun) < timedelta(hours=1)
    assert all(at is not None for at in dates)


def test_reports_on_their_way_find_their_attempts_and_their_work_again(empty_engine: Engine) -> None:
    upgrade(empty_engine, "0022")
    at = "2026-11-20 04:00:00+00:00"
    rows = f"""
        INSERT INTO place (code, name_zh, name_en, level) VALUES ('990000', '云江省', 'Y', 'province');
        INSERT INTO mechanism (id, place_code, name_zh, name_en, active, is_demonstration)
            VALUES (1, '990000', '机制', 'M', true, false);
        INSERT INTO paper (id, kind, place_code, first_day, last_day, state, title, content,
            definitions_version, revision, due_at, drafted_at, is_demonstration)
            VALUES (1, 'daily', '990000', '2026-11-20', '2026-11-20', 'signed', '日报', '{{}}', '1', 1,
            '{at}', '{at}', false);
        INSERT INTO paper_delivery (id, paper_id, mechanism_id, channel, state, key, attempts, tries)
            VALUES (7, 1, 1, 'email', 'due', 'a key', 1,
            '[{{"at": "2026-11-20T04:00:00+00:00", "ok": false, "detail": "smtp 451"}}]');
        INSERT INTO outbox (id, kind, queue, key, payload, state, attempts, due_at, created_at)
            VALUES (1, 'deliver_paper', 'work', 'deliver_paper:7:1',
            '{{"delivery_id": 7, "attempts": 1}}', 'due', 0, '{at}', '{at}')
    """
    with empty_engine.begin() as connection:
        for statement in rows.split(";\n"):
            # exec_driver_sql: a colon in JSON is no parameter.
            connection.exec_driver_sql(statement)
    upgrade(empty_engine)
    with Session(empty_engine) as session:
        delivery = session.scalars(select(Delivery)).one()
        assert (delivery.paper_id, delivery.alert_id, delivery.key) == (1, None, "a key")
        assert [(one.ok, one.detail) for one in delivery.tries] == [(False, "smtp 451")]
        work = session.scalars(select(OutboxRow)).one()
        assert (work.kind, work.payload) == ("deliver", {"delivery_id": delivery.id, "attempts": 1})
    downgrade(empty_engine, "0022")
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT key, attempts FROM paper_delivery")).one() == ("a key", 1)
        assert connection.execute(text("SELECT kind FROM outbox")).scalar_one() == "deliver_paper"
