"""The fallback voice: static, calm, in both languages, and back to the queue."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hotline.telephony.fallback import EXAMPLE_VOICE_URL, fallback_twiml, make_fallback

REPOSITORY = Path(__file__).resolve().parents[3]
VOICE_URL = "http://127.0.0.1:8001/carrier/voice"


def ask(method: str, path: str, body: bytes = b"") -> tuple[str, dict[str, str], bytes]:
    heard: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        heard.update(status=status, headers=dict(headers))

    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    answer = b"".join(make_fallback(VOICE_URL)(environ, start_response))
    return heard["status"], heard["headers"], answer


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/voice", "/", "/carrier/calls/7/talk"])
def test_any_path_gets_the_document(method: str, path: str) -> None:
    status, headers, body = ask(method, path, b"From=%2B8613812345678&ErrorCode=11200")

    assert status == "200 OK"
    assert headers["Content-Type"].startswith("text/xml")
    assert body.decode() == fallback_twiml(VOICE_URL)


def test_the_caller_hears_both_languages_then_a_pause_then_goes_back_into_the_queue() -> None:
    verbs = list(ElementTree.fromstring(fallback_twiml(VOICE_URL)))

    assert [verb.tag for verb in verbs] == ["Say", "Say", "Pause", "Redirect"]
    assert verbs[0].get("language") == "zh-CN"
    assert "110" in (verbs[0].text or "")
    assert "120" in (verbs[0].text or "")
    assert verbs[3].text == VOICE_URL


def test_an_address_with_an_ampersand_stays_valid_xml() -> None:
    url = "https://voice.example.org/carrier/voice?a=1&b=2"

    assert list(ElementTree.fromstring(fallback_twiml(url)))[3].text == url


def test_it_tells_that_it_is_well() -> None:
    assert ask("GET", "/health")[::2] == ("200 OK", b"ok\n")


def test_other_methods_are_refused() -> None:
    assert ask("DELETE", "/voice")[0].startswith("405")


def test_the_published_copy_is_the_same_document() -> None:
    copy = (REPOSITORY / "docs" / "telephony-fallback.xml").read_text(encoding="utf-8")

    assert copy == fallback_twiml(EXAMPLE_VOICE_URL)
