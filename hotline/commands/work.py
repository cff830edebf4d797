"""`hotline work`: run the jobs."""

from __future__ import annotations

import click

from hotline.logs import set_up_logging
from hotline.settings import load_settings


@click.command()
def work() -> None:
    """后台任务 · run the jobs until told to end."""
    set_up_logging("worker")
    from hotline.bootstrap.application import build

    build(load_settings()).run_worker()
