"""`hotline serve web|carrier|fallback|captions`: one serving process."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from urllib.parse import urlsplit

import click

from hotline.commands.carrier_reach import demand_reach
from hotline.faults import OperationalFault
from hotline.logs import set_up_logging
from hotline.processes.server import Serving, WsgiApp, serve_door
from hotline.processes.signalling_gate import Gate, serve_gate
from hotline.settings import Settings, load_settings
from hotline.telephony.addresses import Addresses
from hotline.telephony.fallback import fallback_twiml, make_fallback


def _serving(settings: Settings, name: str) -> Serving:
    if name == "web":
        # One process: a desk's socket must live where its room is served; threads above the open desks.
        return Serving(
            name,
            settings.host,
            settings.web_port,
            processes=1,
            threads=settings.web_threads,
            certificate=settings.certificate,
            certificate_key=settings.certificate_key,
        )
    if name == "carrier":
        return Serving(
            name, settings.host, settings.carrier_port, settings.carrier_processes, settings.carrier_threads
        )
    return Serving(name, settings.host, settings.fallback_port, processes=1, threads=8)


def _gate(settings: Settings) -> Gate:
    if settings.certificate is None or settings.certificate_key is None:
        raise OperationalFault(
            "信令的 TLS 须有 HOTLINE_CERTIFICATE 与 HOTLINE_CERTIFICATE_KEY。",
            "Signalling over TLS needs HOTLINE_CERTIFICATE and HOTLINE_CERTIFICATE_KEY.",
        )
    ways = {CAPTIONS_PATH: settings.captions_port}
    if not settings.uses_live_carrier:
        ways[urlsplit(settings.signalling_url).path] = settings.exchange_port
    return Gate(
        settings.host,
        settings.gate_port,
        settings.certificate,
        settings.certificate_key,
        ways=ways,
    )


def _app_maker(settings: Settings, name: str) -> Callable[[], WsgiApp]:
    if name == "fallback":
        return lambda: make_fallback(Addresses(settings.webhook_base_url).voice)

    from hotline import wsgi

    # Imported before the fork: workers share it, and one that died is back at once. Parts come after it.
    importlib.import_module("hotline.bootstrap.application")

    def load() -> WsgiApp:
        app: WsgiApp = {"web": wsgi.web, "carrier": wsgi.carrier}[name]()
        return app

    return load


CAPTIONS_PATH = "/captions"


@click.command()
@click.argument("door", type=click.Choice(["web", "carrier", "fallback", "captions", "gate"]))
@click.option("--print", "print_only", is_flag=True, help="只输出后备语音文档 · only print the document")
def serve(door: str, print_only: bool) -> None:
    """单个服务进程 · one serving process: web, carrier, fallback, captions or gate."""
    settings = load_settings()
    if print_only:
        if door != "fallback":
            raise click.UsageError("--print 只用于 fallback · --print is for fallback alone")
        click.echo(fallback_twiml(Addresses(settings.webhook_base_url).voice), nl=False)
        return
    set_up_logging(door)
    if door == "carrier":
        demand_reach(settings)
    if door == "gate":
        asyncio.run(serve_gate(_gate(settings)))
        return
    if door == "captions":
        from hotline.bootstrap.captions import serve_captions

        asyncio.run(serve_captions(settings))
        return
    serve_door(_serving(settings, door), _app_maker(settings, door))
