"""`hotline seed`: create the demonstration organisation and its history; run again, it goes on."""

from __future__ import annotations

import click

from hotline.faults import OperationalFault
from hotline.logs import set_up_logging
from hotline.processes.announcement import CLEARED_FILE
from hotline.processes.first_start import prepare
from hotline.settings import load_settings


@click.command()
@click.option("--without-history", is_flag=True, help="只建机构与账号 · the organisation and accounts alone")
def seed(without_history: bool) -> None:
    """演示数据 · create the demonstration organisation and 60 days of synthetic contacts."""
    set_up_logging("seed")
    settings = prepare(load_settings)
    if settings.mode == "production":
        raise OperationalFault(
            "正式运行时不写入演示数据（HOTLINE_MODE=production）。",
            "Demonstration data is never written in production (HOTLINE_MODE=production).",
        )
    # Records and use cases alone: at the first start everybody waits for the accounts that this writes.
    from hotline.bootstrap import demonstration
    from hotline.bootstrap.core import make_core

    (settings.data_dir / CLEARED_FILE).unlink(missing_ok=True)
    demonstration.seed(make_core(settings)[0], click.echo, with_history=not without_history)
