"""`hotline twilio`: what the live carrier must hold, and the document that speaks when we can't."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from hotline.faults import OperationalFault
from hotline.logs import set_up_logging
from hotline.settings import PREFIX, Settings, load_settings, read_secrets

if TYPE_CHECKING:
    from hotline.telephony.provisioning import Finding, Provisioning, ProvisioningFailed

KEPT_FILE = "twilio.env"
SENTENCES = {
    "away": (
        "运营商没有应答：请检查网络后再试。",
        "The carrier does not answer: check the network and try again.",
    ),
    "account": (
        "账号或口令不对：请检查 HOTLINE_CARRIER_ACCOUNT_SID 与 HOTLINE_CARRIER_AUTH_TOKEN。",
        "Account or token is wrong: check HOTLINE_CARRIER_ACCOUNT_SID and HOTLINE_CARRIER_AUTH_TOKEN.",
    ),
    "number": (
        "账号里没有这个号码：请先在运营商处取得，再用 --number 或 HOTLINE_NUMBER 写成 +国家码号码。",
        "The account holds no such number: get it at the carrier first, and write it as +COUNTRYNUMBER in "
        "--number or HOTLINE_NUMBER.",
    ),
    "trunk": (
        "这个号码挂在 SIP 中继上，不走网页回调：请先在运营商处从中继取下。",
        "The number belongs to a SIP trunk and asks no webhook: take it off the trunk at the carrier first.",
    ),
    "refused": (
        "运营商拒绝了（代码 {code}）：地址须为公网 https。已做的改动保留，改好后再运行即可。",
        "The carrier refused (code {code}): addresses must be public https. What was done stays; mend it and "
        "run this again.",
    ),
}


@click.group("twilio")
def twilio() -> None:
    """运营商 Twilio · the live carrier."""


@twilio.command()
@click.option("--apply", "do_it", is_flag=True, help="照表去做 · do what the table says")
@click.option("--number", help="号码，缺省为设置里的 · the number, +COUNTRYNUMBER")
def provision(do_it: bool, number: str | None) -> None:
    """比较并建立应用、号码回调、密钥与队列 · compare, then make: application, number webhooks, key, queue."""
    set_up_logging("twilio")
    # The keys that production demands are what is made here, so they can't be demanded yet.
    settings = load_settings(for_production=False)
    if not settings.uses_live_carrier:
        raise OperationalFault(
            "现在用的是内置交换机，没有要建的；用 Twilio 请设 HOTLINE_CARRIER_BASE_URL=twilio。",
            "The embedded exchange needs nothing; HOTLINE_CARRIER_BASE_URL=twilio chooses Twilio.",
        )
    from hotline.telephony.provisioning import ProvisioningFailed

    kept = settings.data_dir / KEPT_FILE
    try:
        with_carrier(settings, number, kept, do_it)
    except ProvisioningFailed as failed:
        raise in_words(failed) from None


def with_carrier(settings: Settings, number: str | None, kept: Path, do_it: bool) -> None:
    """Look, show, and when asked do it; a second run finds nothing to do. Raises ProvisioningFailed."""
    provisioning = make_provisioning(settings, number, read_secrets(kept))
    findings = provisioning.look()
    show(findings)
    if same_host(settings.fallback_url, settings.webhook_base_url):
        click.echo(
            "! 后备语音与回调在同一台主机：它坏了，来电人就听不到 · fallback and webhooks share a host: "
            "see `hotline twilio fallback`"
        )
    if not any(finding.differences for finding in findings):
        click.echo("✓ 没有要做的 · nothing to do")
        return
    if not do_it:
        click.echo("以上还没有做；加 --apply 照做 · nothing was changed; add --apply to do this")
        return
    provisioning.apply(findings, lambda made: keep(kept, {PREFIX + n: v for n, v in made.items()}))
    if kept.exists():
        click.echo(f"✓ 密钥只写进这个文件（0600），请放进环境后重启 · the secrets are in this file: {kept}")
    click.echo("✓ 已做完 · done")


def make_provisioning(settings: Settings, number: str | None, kept: dict[str, str]) -> Provisioning:
    from twilio.rest import Client

    from hotline.telephony.addresses import Addresses
    from hotline.telephony.provisioning import Provisioning, Wanted
    from hotline.telephony.rest_client import LIVE_BASE_URL, BaseAddressClient

    client: Any = Client(
        settings.carrier_account_sid,
        settings.carrier_auth_token.get_secret_value(),
        http_client=BaseAddressClient(LIVE_BASE_URL),
    )
    return Provisioning(
        client,
        Wanted(
            number=number or settings.number,
            addresses=Addresses(settings.webhook_base_url),
            fallback_url=settings.fallback_url,
            # What an earlier run made and nobody has put into the environment yet.
            application_sid=kept.get(PREFIX + "CARRIER_TWIML_APP_SID") or settings.carrier_twiml_app_sid,
            api_key_sid=kept.get(PREFIX + "CARRIER_API_KEY_SID") or settings.carrier_api_key_sid,
        ),
    )


def show(findings: list[Finding]) -> None:
    """A table: what is, what will be."""
    for finding in findings:
        state = "✓" if not finding.differences else "+" if not finding.sid else "~"
        click.echo(f"{state} {finding.what} {finding.sid}")
        for difference in finding.differences:
            now = difference.now or "–"
            click.echo(f"    {difference.field:<24} {now}  ->  {difference.wanted or '–'}")


def keep(file: Path, made: dict[str, str]) -> None:
    """Write NAME=value lines that only the owner may read; what stood there before stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = {**read_secrets(file), **made}
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{name}={value}\n" for name, value in values.items())
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def same_host(one: str, other: str) -> bool:
    return urlsplit(one).hostname == urlsplit(other).hostname


def in_words(failed: ProvisioningFailed) -> OperationalFault:
    zh, en = SENTENCES[failed.why]
    return OperationalFault(zh.format(code=failed.code), en.format(code=failed.code))


@twilio.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="文件夹 · folder"
)
def fallback(out: Path) -> None:
    """给另一台主机的后备语音文件 · the fallback voice as a file for another host."""
    from hotline.telephony.addresses import Addresses
    from hotline.telephony.fallback import FILE_NAME, fallback_twiml

    settings = load_settings(for_production=False)
    out.mkdir(parents=True, exist_ok=True)
    file = out / FILE_NAME
    file.write_text(fallback_twiml(Addresses(settings.webhook_base_url).voice), encoding="utf-8")
    click.echo(f"✓ {file}")
    click.echo(
        "放到另一家的静态网站上（GET 与 POST 都须应答 text/xml），把 HOTLINE_FALLBACK_URL 设为它的 https "
        "地址，再运行 hotline twilio provision · put it on a static host elsewhere that answers GET and "
        "POST with text/xml, set HOTLINE_FALLBACK_URL to its address, run hotline twilio provision"
    )
