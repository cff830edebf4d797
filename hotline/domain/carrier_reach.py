"""What a carrier cannot do for a hotline of a country, and when callers' data would leave the country.

Data, each line with its source; a pair that is not here is not known, which is said, and never taken for
"all is well".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

EMBEDDED, TWILIO, OTHER = "embedded", "twilio", "other"
MAINLAND = "CN"
FOREIGN = {(TWILIO, MAINLAND)}
"""Carriers through whose hosts abroad every word and number of a caller would pass."""
NOT_MAINLAND = {"71": "TW", "81": "HK", "82": "MO"}
"""First digits of GB/T 2260 codes outside the mainland."""


class Function(StrEnum):
    LOCAL_NUMBER = "local_number"
    OUTBOUND = "outbound"
    EMERGENCY = "emergency"
    SMS = "sms"


@dataclass(frozen=True)
class Lack:
    """One function that is not to be had, and where that stands."""

    function: Function
    zh: str
    en: str
    source_zh: str
    source_en: str


_NOBODY_OUTSIDE = (
    "docs/telephony.md：号码不出这个进程",
    "docs/telephony.md: no number leaves the process",
)
_OUTBOUND_ENDED = ("厂家支持文章 360016488474", "maker's support article 360016488474")
_MESSAGES = ("厂家短信指南 cn/sms", "maker's guidelines cn/sms")
LACKS: dict[str, tuple[Lack, ...]] = {
    EMBEDDED: (
        Lack(
            Function.LOCAL_NUMBER,
            "内置交换机没有接入电话网：只有网页和脚本能打进来",
            "the embedded exchange has no telephone network: browsers and scripts alone call in",
            *_NOBODY_OUTSIDE,
        ),
        Lack(
            Function.OUTBOUND,
            "不能真正外呼和回拨",
            "no real outgoing call or call-back",
            *_NOBODY_OUTSIDE,
        ),
        Lack(
            Function.EMERGENCY,
            "不能真正拨打 110、119、120",
            "no real call to 110, 119 or 120",
            *_NOBODY_OUTSIDE,
        ),
        Lack(Function.SMS, "不能发短信", "no text messages", *_NOBODY_OUTSIDE),
    ),
    f"{TWILIO}:{MAINLAND}": (
        Lack(
            Function.LOCAL_NUMBER,
            "没有查到可用的中国内地号码，也不能携号转入",
            "no mainland number was found on offer, and none can be ported in",
            "厂家指南 cn/sms；号码页上没有列出，不等于一定没有",
            "maker's guidelines cn/sms; absence on its number pages is no proof",
        ),
        Lack(
            Function.OUTBOUND,
            "2023-11-30 起不再外呼中国内地：不能回拨，也不能转到内地号码和备班电话",
            "no calls to mainland China since 2023-11-30: no call-back, no transfer to a mainland number or "
            "stand-by phone",
            *_OUTBOUND_ENDED,
        ),
        Lack(
            Function.EMERGENCY,
            "不能拨打 110、119、120：接线员须用另一部电话",
            "110, 119 and 120 cannot be called: operators need another telephone",
            *_OUTBOUND_ENDED,
        ),
        Lack(
            Function.SMS,
            "短信只能单向发出，收不到回复",
            "text messages go one way, no reply comes back",
            *_MESSAGES,
        ),
    ),
}


def country_of(place_code: str) -> str:
    """ISO 3166 code of a GB/T 2260 place."""
    return NOT_MAINLAND.get(place_code[:2], MAINLAND)


def lacks(carrier: str, country: str) -> tuple[Lack, ...] | None:
    """What this carrier cannot do there. None: not known, which must be said."""
    return LACKS.get(carrier) or LACKS.get(f"{carrier}:{country}")


def leaves_the_country(carrier: str, country: str) -> bool:
    return (carrier, country) in FOREIGN


def may_serve(*, carrier: str, country: str, assessed_until: date | None, today: date) -> bool:
    """Real callers may be served: nothing leaves the country, or an assessment that holds is recorded.

    Source: Personal Information Protection Law of the PRC, articles 38 and 55.
    """
    if not leaves_the_country(carrier, country):
        return True
    return assessed_until is not None and today <= assessed_until
