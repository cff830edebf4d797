from datetime import UTC, datetime, timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from models.migrations import downgrade, upgrade
from models.readiness import ReadinessPolicy
from models.schema import Base


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
