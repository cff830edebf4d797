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
    from hotline.bootstrap import build

    build(settings).migrate()
    click.echo("数据库已是最新 · the database is up to date")
