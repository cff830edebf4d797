"""`hotline check`: show the settings masked, and say everything that is wrong with them at once."""

from __future__ import annotations

import sys

import click

from hotline.commands.carrier_reach import reach_of
from hotline.settings import PREFIX, Settings, SettingsFault, load_settings, unknown_settings
from hotline.settings_rules import masked, settings_table


@click.command()
@click.option("--table", is_flag=True, help="输出 README 的设置表 · print the README's table of settings")
@click.option(
    "--replay",
    is_flag=True,
    help="由事件日志重建通话和坐席并核对 · rebuild calls and seats from the event log and compare",
)
def check(table: bool, replay: bool) -> None:
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
    if replay:
        _replay(settings)
        return
    for name, value in masked(settings):
        click.echo(f"{PREFIX}{name} = {value}")
    for zh, en in unknown_settings():
        click.echo(f"! {zh} {en}", err=True)
    reach = reach_of(settings)
    for zh, en in reach.notes:
        click.echo(f"! {zh} · {en}")
    if reach.refusal is not None:
        zh, en = reach.refusal
        click.echo(f"✗ {zh} {en}", err=True)
        sys.exit(1)
    if settings.mode == "production" and not _greeting_is_recorded(settings):
        click.echo("! 问候语仍是合成语音，请录一段人声 · the greeting is still synthetic: record a voice")
    click.echo(f"✓ 设置无误（{settings.mode}）· the settings are sound ({settings.mode})")


def _greeting_is_recorded(settings: Settings) -> bool:
    """True also where the records cannot be read yet: other checks speak of that."""
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    from hotline.workforce.prompt_versions import greeting_is_recorded
    from models.base import make_engine
    from models.crypto import Keyring

    keyring = Keyring.parse(settings.data_keys.get_secret_value())
    engine = make_engine(settings.database_url.get_secret_value(), keyring)
    try:
        with Session(engine) as session:
            return greeting_is_recorded(session)
    except SQLAlchemyError:
        return True
    finally:
        engine.dispose()


def _replay(settings: Settings) -> None:
    """Exit 1 when a record differs from its log. Ids and codes only."""
    from sqlalchemy.orm import Session

    from hotline.routing.replay import replay
    from models.base import make_engine
    from models.crypto import Keyring

    keyring = Keyring.parse(settings.data_keys.get_secret_value())
    engine = make_engine(settings.database_url.get_secret_value(), keyring)
    with Session(engine) as session:
        found = replay(session)
    engine.dispose()
    for one in found.differences:
        click.echo(f"✗ {one.subject} {one.id} {one.field}: {one.record} ≠ {one.rebuilt}", err=True)
    counts = f"{found.calls} calls, {found.seats} seats, {len(found.differences)} differences"
    sign = "✗" if found.differences else "✓"
    click.echo(
        f"{sign} 已由日志重建：来电 {found.calls}，坐席 {found.seats}，不符 {len(found.differences)} · "
        f"rebuilt from the log: {counts}"
    )
    sys.exit(1 if found.differences else 0)
