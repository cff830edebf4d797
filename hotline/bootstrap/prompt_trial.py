"""A prompt read aloud before any caller hears it, by the voice that will read it: the embedded exchange's.

A carrier's own voice can't be had outside a call.
"""

from __future__ import annotations

from collections.abc import Callable

import requests

from hotline.settings import Settings

SECONDS = (3.05, 20.0)


def read_aloud(settings: Settings) -> Callable[[str, str], bytes | None] | None:
    """(Chinese, English) -> WAV, or None while nothing reads. None as a whole: callers hear another voice."""
    if settings.carrier_name != "embedded":
        return None

    def read(zh: str, en: str) -> bytes | None:
        lines = [{"text": zh, "language": "zh-CN"}, {"text": en, "language": "en-US"}]
        with requests.Session() as session:
            # A proxy of the machine's environment must not stand between us and our own exchange.
            session.trust_env = False
            try:
                answer = session.post(
                    settings.carrier_base_url.rstrip("/") + "/exchange/speech",
                    json={"lines": [line for line in lines if line["text"]]},
                    auth=(settings.carrier_account_sid, settings.carrier_auth_token.get_secret_value()),
                    timeout=SECONDS,
                )
            except requests.RequestException:
                return None
        return answer.content if answer.status_code == 200 else None

    return read
