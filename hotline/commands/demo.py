"""`hotline demo clear`: remove the demonstration data."""

from __future__ import annotations

import click

from hotline.logs import set_up_logging
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
    from hotline.bootstrap import build

    build(settings).clear_demonstration()
    (settings.data_dir / "demonstration-accounts.json").unlink(missing_ok=True)
    click.echo("演示数据已清除 · the demonstration data is removed")
