"""`hotline demo`: play an outbreak through the running product; remove the demonstration data."""

from __future__ import annotations

import click

from hotline.logs import set_up_logging
from hotline.processes.announcement import ACCOUNTS_FILE, CLEARED_FILE
from hotline.settings import load_settings


@click.group()
def demo() -> None:
    """演示数据 · the demonstration data."""


@demo.command()
@click.option(
    "--seconds-a-day",
    default=20.0,
    show_default=True,
    help="每个演示日几秒 · how long a played day takes",
)
@click.option(
    "--here",
    is_flag=True,
    help="在本进程里跑流水线，不需要 hotline up · run the pipeline in this process, without `hotline up`",
)
def outbreak(seconds_a_day: float, here: bool) -> None:
    """演一周：新问题增多、被发现、核实、签发、签收 · play a week of a new issue, from rise to receipt."""
    set_up_logging("demo")
    from analytics.demonstration.outbreak import NoDemonstration, NothingRaised
    from hotline.bootstrap.application import build

    application = build(load_settings())
    try:
        times = application.play_outbreak(click.echo, seconds_a_day, here)
    except NoDemonstration:
        raise click.ClickException(
            "没有演示机构；先运行 hotline seed · there is no demonstration: run `hotline seed` first"
        ) from None
    except NothingRaised:
        raise click.ClickException(
            "没有出现信号：hotline up 在运行吗？演示历史写好了吗？也可加 --here"
            " · no signal: is `hotline up` running, its history written? --here runs the pipeline itself"
        ) from None
    click.echo("用时 · times")
    for zh, en, seconds in times.spans():
        click.echo(f"  {zh} · {en}: {seconds:.1f} s")


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
