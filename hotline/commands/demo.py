"""`hotline demo clear`: remove the demonstration data."""

from __future__ import annotations

import click

from hotline.logs import set_up_logging
from hotline.processes.announcement import ACCOUNTS_FILE, CLEARED_FILE
from hotline.settings import load_settings


@click.group()
def demo() -> None:
    """演示数据 · the demonstration data."""


@demo.command()
@click.confirmation_option(prompt="确定清除全部演示数据？ Remove all demonstration data?")
def clear() -> None:
    """清除演示数据 · remove the demonstration data, its accounts and its recordings."""
    set_up_logging("demo")
    settings = load_settings()
    from hotline.bootstrap.application import build

    build(settings).clear_demonstration()
    (settings.data_dir / ACCOUNTS_FILE).unlink(missing_ok=True)
    # The next start must not bring back what a person removed; `hotline seed` by hand does.
    (settings.data_dir / CLEARED_FILE).touch(mode=0o600)
    click.echo("演示数据已清除；再要时运行 hotline seed · removed; `hotline seed` brings it back")
