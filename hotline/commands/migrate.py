"""`hotline migrate`: bring the database to the newest shape."""

from __future__ import annotations

import click

from hotline.logs import set_up_logging
from hotline.processes.first_start import prepare
from hotline.settings import load_settings


@click.command()
def migrate() -> None:
    """建库或升级 · bring the database to the newest shape."""
    set_up_logging("migrate")
    settings = prepare(load_settings)
    # Records alone: every start waits for this step, so it brings nothing else.
    from models.base import make_engine
    from models.crypto import Keyring
    from models.migrations import upgrade

    engine = make_engine(
        settings.database_url.get_secret_value(), Keyring.parse(settings.data_keys.get_secret_value())
    )
    upgrade(engine)
    engine.dispose()
    click.echo("数据库已是最新 · the database is up to date")
