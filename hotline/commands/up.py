"""`hotline up`: prepare, migrate, start every process of the Procfile, and keep them running."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

import hotline
from hotline.commands.carrier_reach import demand_reach
from hotline.faults import OperationalFault
from hotline.processes.announcement import CLEARED_FILE, block, read_accounts
from hotline.processes.first_start import prepare
from hotline.processes.health import wait_for
from hotline.processes.instance_lock import only_keeper_of
from hotline.processes.keeper import Keeper
from hotline.processes.network import is_loopback, outside_addresses
from hotline.processes.output import Output
from hotline.processes.own_redis import redis_process
from hotline.processes.ports import OUTSIDE_DOORS, PortUse, check_ports, ports_of
from hotline.processes.procfile import ProcessSpec, own_command, read_procfile
from hotline.settings import PREFIX, Settings, load_settings, unknown_settings

REPOSITORY = Path(hotline.__file__).resolve().parent.parent
VENDOR_MANIFEST = REPOSITORY / "agent_console" / "static" / "vendor" / "manifest.json"
HEALTH_SECONDS = 90.0
ACCOUNTS_SECONDS = 30.0


@click.command()
@click.option("--host", help="监听地址，非本机须有证书 · other than loopback needs a certificate")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM")
@click.option("--procfile", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Procfile")
@click.option("--no-migrate", is_flag=True, help="不迁移数据库 · the database was migrated already")
@click.option("--no-seed", is_flag=True, help="不写演示数据 · no demonstration data")
def up(
    host: str | None,
    certificate: Path | None,
    key: Path | None,
    procfile: Path | None,
    no_migrate: bool,
    no_seed: bool,
) -> None:
    """启动全部进程并守着它们 · start everything and keep it running until Ctrl-C."""
    _export(host, certificate, key)
    settings = load_settings()
    _demand_certificate(settings)
    if not is_loopback(settings.host):
        _name_public_addresses(settings)
    settings = prepare(load_settings)
    output = Output(sys.stdout)
    for zh, en in unknown_settings():
        output.notice(zh, en)
    if not VENDOR_MANIFEST.exists():
        output.notice(
            "浏览器端文件还没有安装，页面会不完整：请运行 make setup。",
            "The browser files are not installed, so pages will be incomplete: run make setup.",
        )
    file = procfile or REPOSITORY / "Procfile"
    specs = read_procfile(file.read_text(encoding="utf-8"))
    if settings.certificate and not is_loopback(settings.host):
        # Before the exchange, which ends first and alone.
        specs.insert(-1, ProcessSpec("gate", own_command("hotline", "serve", "gate")))
    uses = ports_of(settings, ["redis"] * settings.runs_own_redis + [spec.name for spec in specs])
    with only_keeper_of(settings.data_dir):
        check_ports(uses)
        began = time.monotonic()
        with Keeper(REPOSITORY, _environment(settings), output) as keeper:
            if settings.runs_own_redis:
                keeper.start(redis_process(settings))
            if not no_migrate:
                keeper.run_to_end(ProcessSpec("migrate", own_command("hotline", "migrate")))
            if not keeper.is_ending:
                demand_reach(settings)
            for spec in specs:
                if not keeper.is_ending:
                    keeper.start(spec, _environment_of(spec.name, settings))
            cleared = (settings.data_dir / CLEARED_FILE).exists()
            seeding = settings.mode != "production" and not no_seed and not cleared
            if seeding and not keeper.is_ending:
                keeper.start(_seeding(settings))
            _tell_when_ready(keeper, output, settings, uses, began, seeding)
            keeper.keep()
            output.notice("正在停止…", "ending…")
        output.notice("已全部停止。", "everything has ended.")


def _export(host: str | None, certificate: Path | None, key: Path | None) -> None:
    """Options of the command line reach the children as settings do."""
    for name, value in (("HOST", host), ("CERTIFICATE", certificate), ("CERTIFICATE_KEY", key)):
        if value is not None:
            os.environ[PREFIX + name] = str(value.absolute() if isinstance(value, Path) else value)


def _demand_certificate(settings: Settings) -> None:
    if not is_loopback(settings.host) and not (settings.certificate and settings.certificate_key):
        raise OperationalFault(
            f"在 {settings.host} 上监听须有证书：浏览器只在本机或 https 下给麦克风；"
            "请加 --certificate 与 --key。",
            f"Listening on {settings.host} needs a certificate, since browsers give a microphone to "
            "localhost or https alone: add --certificate and --key.",
        )


def _name_public_addresses(settings: Settings) -> None:
    """What browsers elsewhere must use, unless the person named it: behind a certificate, not on loopback."""
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    host = (outside_addresses() or [settings.host])[0] if everywhere else settings.host
    os.environ.setdefault(PREFIX + "PUBLIC_URL", f"https://{host}:{settings.web_port}")
    os.environ.setdefault(PREFIX + "CAPTIONS_URL", f"wss://{host}:{settings.gate_port}/captions")
    if not settings.uses_live_carrier:
        os.environ.setdefault(PREFIX + "SIGNALLING_URL", f"wss://{host}:{settings.gate_port}/signal")


def _environment(settings: Settings) -> Mapping[str, str]:
    """What every child gets: absolute folder, the Redis in use, output by line."""
    return {
        **os.environ,
        PREFIX + "DATA_DIR": str(settings.data_dir),
        PREFIX + "REDIS_URL": settings.redis_url.get_secret_value(),
        "PYTHONUNBUFFERED": "1",
    }


def _environment_of(process: str, settings: Settings) -> Mapping[str, str]:
    return {PREFIX + "HOST": settings.host if process in OUTSIDE_DOORS else "127.0.0.1"}


def _seeding(settings: Settings) -> ProcessSpec:
    """The demonstration fills in behind, at low priority, so that a call never waits for it.

    Tests get the organisation and its accounts alone.
    """
    options = ["--without-history"] if settings.mode == "test" else []
    return ProcessSpec("seed", own_command("nice", "-n", "10", "hotline", "seed", *options), once=True)


def _tell_when_ready(
    keeper: Keeper, output: Output, settings: Settings, uses: list[PortUse], began: float, seeding: bool
) -> None:
    silent = wait_for(uses, HEALTH_SECONDS, keeper.turn)
    if keeper.is_ending:
        return
    if silent:
        names = "、".join(use.process for use in silent)
        output.notice(
            f"{names} 还没有应答，原因见上；会继续重试。",
            f"{', '.join(use.process for use in silent)} does not answer yet, see above; it is tried again.",
        )
    accounts = read_accounts(settings.data_dir)
    until = time.monotonic() + ACCOUNTS_SECONDS
    while seeding and not accounts and time.monotonic() < until:
        if not keeper.turn():
            return
        time.sleep(0.2)
        accounts = read_accounts(settings.data_dir)
    output.block(block(settings, accounts, outside_addresses()))
    output.line("up", f"ready after {time.monotonic() - began:.1f} s")
