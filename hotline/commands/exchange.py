"""`hotline exchange`: the embedded telephone exchange and its rehearsal."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from hotline.logs import set_up_logging
from hotline.settings import load_settings

ACCOUNT_DEFAULT = "AC" + "0" * 32


def secret(name: str, data_dir: Path) -> str:
    """A secret from the environment, else from the file that the first start made."""
    if os.environ.get(name):
        return os.environ[name]
    path = data_dir / "secrets.env"
    if path.is_file():
        for line in path.read_text().splitlines():
            key, _, value = line.partition("=")
            if key.strip() == name:
                return value.strip().strip('"')
    return ""


@click.group("exchange")
def exchange() -> None:
    """The embedded telephone exchange."""


@exchange.command()
@click.option("--answerers", type=click.Path(path_type=Path, dir_okay=False), default=None,
              help="JSON file: how numbers behave when they are rung")  # fmt: skip
def serve(answerers: Path | None) -> None:
    """Take calls until stopped. Addresses, number and secrets come from the settings."""
    from hotline.exchange.configuration import Configuration, Route
    from hotline.exchange.exchange import Exchange
    from hotline.telephony.addresses import Addresses

    set_up_logging("exchange")
    settings = load_settings()
    token = settings.carrier_auth_token.get_secret_value()
    if not token:
        raise click.ClickException("HOTLINE_CARRIER_AUTH_TOKEN is not set, and there is no secrets.env yet.")
    addresses = Addresses(settings.webhook_base_url)
    route = Route(
        voice_url=addresses.voice,
        fallback_url=settings.fallback_url,
        status_url=addresses.status,
    )
    own_address = f"http://{settings.host}:{settings.exchange_port}"
    application = settings.carrier_twiml_app_sid
    configuration = Configuration(
        account_sid=settings.carrier_account_sid or ACCOUNT_DEFAULT,
        auth_token=token,
        api_key_sid=settings.carrier_api_key_sid,
        api_key_secret=settings.carrier_api_key_secret.get_secret_value(),
        data_dir=settings.data_dir / "exchange",
        public_url=own_address if settings.uses_live_carrier else settings.carrier_base_url,
        numbers={settings.number: route},
        applications={application: route} if application else {},
    )

    async def run() -> None:
        from hotline.exchange.server import serve as run_server

        exchange = Exchange(configuration)
        if answerers is not None:
            await _set_answerers(exchange, answerers)
        await run_server(exchange, settings.host, settings.exchange_port)

    try:
        asyncio.run(run())
    except OSError as error:
        if error.errno == 98:
            raise click.ClickException(
                f"Port {settings.exchange_port} is taken: stop what uses it or set HOTLINE_EXCHANGE_PORT."
            ) from error
        raise


async def _set_answerers(exchange: Any, path: Path) -> None:
    import base64

    from hotline.exchange.parties import PartyRefused, plan_of

    try:
        plans = json.loads(path.read_text())
        for number, plan in plans.items():
            if plan.get("audio_file"):
                plan["audio"] = base64.b64encode((path.parent / plan["audio_file"]).read_bytes()).decode()
            exchange.far_ends.plan(number, await plan_of(plan))
    except (OSError, ValueError, AttributeError, PartyRefused) as error:
        raise click.ClickException(f"{path}: {error}") from error


@exchange.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--level", type=click.Choice(["core", "media", "strict", "all"]), default="all", show_default=True
)
@click.option("--only", default="", help="play this case alone")
def rehearse(file: Path, level: str, only: str) -> None:
    """Play TwiML cases against the real engine; the exit code is 0 when all passed."""
    from hotline.exchange.rehearsal.run import rehearse_file

    logging.basicConfig(level=logging.CRITICAL)
    sys.exit(0 if asyncio.run(rehearse_file(file, level, only, click.echo)) else 1)


if __name__ == "__main__":
    exchange()
