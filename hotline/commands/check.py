"""`hotline check`: show the settings masked, and say everything that is wrong with them at once."""

from __future__ import annotations

import sys

import click

from hotline.settings import PREFIX, Settings, SettingsFault, load_settings, unknown_settings
from hotline.settings_rules import masked, settings_table


@click.command()
@click.option("--table", is_flag=True, help="输出 README 的设置表 · print the README's table of settings")
def check(table: bool) -> None:
    """查看并检查设置 · show the settings masked and say what is wrong."""
    if table:
        click.echo(settings_table(Settings, PREFIX))
        return
    try:
        settings = load_settings()
    except SettingsFault as fault:
        for zh, en in fault.faults:
            click.echo(f"✗ {zh} {en}", err=True)
        sys.exit(1)
    for name, value in masked(settings):
        click.echo(f"{PREFIX}{name} = {value}")
    for zh, en in unknown_settings():
        click.echo(f"! {zh} {en}", err=True)
    click.echo(f"✓ 设置无误（{settings.mode}）· the settings are sound ({settings.mode})")
