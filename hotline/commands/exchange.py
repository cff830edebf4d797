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
@click.option("--host", envvar="HOTLINE_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="HOTLINE_EXCHANGE_PORT", default=8002, show_default=True, type=int)
@click.option("--data-dir", envvar="HOTLINE_DATA_DIR", default="./var", type=click.Path(path_type=Path))
@click.option("--number", "numbers", envvar="HOTLINE_NUMBER", multiple=True, default=("12356",))
@click.option("--webhook-base-url", envvar="HOTLINE_WEBHOOK_BASE_URL", default="http://127.0.0.1:8001")
@click.option("--fallback-url", envvar="HOTLINE_FALLBACK_URL", default="http://127.0.0.1:8003/voice")
@click.option(
    "--public-url", envvar="HOTLINE_CARRIER_BASE_URL", default="", help="where REST answers point to"
)
@click.option("--answerers", type=click.Path(path_type=Path, dir_okay=False), default=None,
              help="JSON file: how numbers behave when they are rung")  # fmt: skip
def serve(
    host: str, port: int, data_dir: Path, numbers: tuple[str, ...], webhook_base_url: str,
    fallback_url: str, public_url: str, answerers: Path | None,
) -> None:  # fmt: skip
    """Take calls until stopped."""
    from hotline.exchange.configuration import Configuration, Route
    from hotline.exchange.exchange import Exchange

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)
    token = secret("HOTLINE_CARRIER_AUTH_TOKEN", data_dir)
    if not token:
        raise click.ClickException("HOTLINE_CARRIER_AUTH_TOKEN is not set, and there is no secrets.env yet.")
    route = Route(
        voice_url=webhook_base_url.rstrip("/") + "/carrier/voice",
        fallback_url=fallback_url,
        status_url=webhook_base_url.rstrip("/") + "/carrier/status#rc=3&rp=5xx,ct,rt",
    )
    application = secret("HOTLINE_CARRIER_TWIML_APP_SID", data_dir)
    if not public_url.startswith("http"):
        public_url = f"http://{host}:{port}"
    configuration = Configuration(
        account_sid=secret("HOTLINE_CARRIER_ACCOUNT_SID", data_dir) or ACCOUNT_DEFAULT,
        auth_token=token,
        api_key_sid=secret("HOTLINE_CARRIER_API_KEY_SID", data_dir),
        api_key_secret=secret("HOTLINE_CARRIER_API_KEY_SECRET", data_dir),
        data_dir=data_dir / "exchange",
        public_url=public_url.rstrip("/"),
        numbers=dict.fromkeys(numbers, route),
        applications={application: route} if application else {},
    )

    async def run() -> None:
        from hotline.exchange.server import serve as run_server

        exchange = Exchange(configuration)
        if answerers is not None:
            await _set_answerers(exchange, answerers)
        await run_server(exchange, host, port)

    try:
        asyncio.run(run())
    except OSError as error:
        if error.errno == 98:
            raise click.ClickException(
                f"Port {port} is taken. Stop the other program, or set HOTLINE_EXCHANGE_PORT."
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
