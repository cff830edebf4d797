"""`hotline dial`: a scripted caller rings the exchange."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from hotline.commands.exchange import ACCOUNT_DEFAULT, secret

KEYS_AT = re.compile(r"^([0-9A-Dw*#]+)@(\d+(?:\.\d+)?)s?$")


class Seconds(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`20`, `20s` or `1.5s`."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return float(str(value).removesuffix("s"))
        except ValueError:
            self.fail(f"{value} is no number of seconds", param, ctx)


def keys_at(text: str) -> tuple[float, str]:
    """`1@3s` as (3.0, "1")."""
    found = KEYS_AT.match(text)
    if found is None:
        raise click.BadParameter(f"{text}: write keys and seconds after the answer, for example 1@3s")
    return float(found[2]), found[1]


@click.command()
@click.option("--from", "caller", required=True, help="the caller's number")
@click.option("--to", "called", envvar="HOTLINE_NUMBER", default="12356", show_default=True)
@click.option(
    "--audio", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="what the caller says"
)
@click.option("--tone", type=float, help="say a tone of so many Hz instead")
@click.option("--repeat", is_flag=True, help="say the audio again and again")
@click.option("--digits", "digits", multiple=True, help="keys at seconds after the answer: 1@3s (repeatable)")
@click.option("--say-nothing-for", type=Seconds(), default=0.0, help="silence before the audio")
@click.option("--hangup-after", type=Seconds(), default=None, help="seconds after the answer")
@click.option("--keep", type=click.Path(path_type=Path, dir_okay=False), help="write what was heard as WAV")
@click.option(
    "--exchange-url", envvar="HOTLINE_EXCHANGE_URL", default="", help="default: host and port settings"
)
@click.option("--host", envvar="HOTLINE_HOST", default="127.0.0.1")
@click.option("--port", envvar="HOTLINE_EXCHANGE_PORT", default=8002)
@click.option("--data-dir", envvar="HOTLINE_DATA_DIR", default="./var", type=click.Path(path_type=Path))
def dial(
    caller: str, called: str, audio: Path | None, tone: float | None, repeat: bool, digits: tuple[str, ...],
    say_nothing_for: float, hangup_after: float | None, keep: Path | None, exchange_url: str,
    host: str, port: int, data_dir: Path,
) -> None:  # fmt: skip
    """Ring a number of the embedded exchange, speak, press keys; events are printed as they come."""
    party: dict[str, Any] = {
        "from": caller,
        "to": called,
        "digits": [keys_at(text) for text in digits],
        "say_nothing_seconds": say_nothing_for,
        "hangup_after_seconds": hangup_after,
    }
    if audio is not None:
        party |= {"audio": base64.b64encode(audio.read_bytes()).decode(), "repeat": repeat}
    elif tone is not None:
        party["tone"] = tone
    url = exchange_url.rstrip("/") or f"http://{host}:{port}"
    account = secret("HOTLINE_CARRIER_ACCOUNT_SID", data_dir) or ACCOUNT_DEFAULT
    token = secret("HOTLINE_CARRIER_AUTH_TOKEN", data_dir)
    if not token:
        raise click.ClickException("HOTLINE_CARRIER_AUTH_TOKEN is not set, and there is no secrets.env yet.")
    try:
        outcome = asyncio.run(_call(url, account, token, party, keep))
    except KeyboardInterrupt:
        click.echo("hung up")
        sys.exit(130)
    sys.exit(0 if outcome == "completed" else 1)


async def _call(url: str, account: str, token: str, party: dict[str, Any], keep: Path | None) -> str:
    import aiohttp

    headers = {"Authorization": aiohttp.encode_basic_auth(account, token)}
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
    status, name = "failed", ""
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            async with session.post(url + "/exchange/parties", json=party) as response:
                if response.status != 200:
                    problem = (await response.json()).get("message", response.status)
                    raise click.ClickException(f"The exchange refused the call: {problem}")
                async for line in response.content:
                    event = json.loads(line)
                    name = event.get("party", name)
                    if event["event"] == "outcome":
                        status = event["status"]
                    click.echo(" ".join(f"{key}={value}" for key, value in event.items()))
            if keep is not None:
                async with session.get(f"{url}/exchange/parties/{name}/heard.wav") as response:
                    keep.write_bytes(await response.read())
                    keep.chmod(0o600)
    except aiohttp.ClientConnectorError as error:
        raise click.ClickException(f"No exchange answers at {url}. Start it with `hotline up`.") from error
    return status


if __name__ == "__main__":
    dial()
