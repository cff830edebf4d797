"""The fallback voice: static, calm, in both languages, and back to the queue."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from hotline.commands.twilio import twilio
from hotline.telephony.addresses import Addresses
from hotline.telephony.fallback import EXAMPLE_VOICE_URL, FILE_NAME, fallback_twiml, make_fallback

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


def test_the_command_writes_a_file_that_another_host_can_serve_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_WEBHOOK_BASE_URL", "https://hotline.test")

    result = CliRunner().invoke(twilio, ["fallback", "--out", str(tmp_path / "elsewhere")])

    assert result.exit_code == 0, result.output
    document = ElementTree.parse(tmp_path / "elsewhere" / FILE_NAME).getroot()
    spoken = " ".join(say.text or "" for say in document.iter("Say"))
    assert "110" in spoken
    assert "1 2 0" in spoken
    assert [say.get("language") for say in document.iter("Say")] == ["zh-CN", "en-US"]
    assert document[-1].tag == "Redirect"
    assert (document[-1].text or "").startswith("https://hotline.test/carrier/voice#rc=3")
    addresses = [text for text in document.itertext() if "http" in text]
    assert len(addresses) == 1, "besides the way back it needs nothing of ours: no sound, no script"
    served = make_fallback(Addresses("https://hotline.test").voice)
    answer = b"".join(served({"REQUEST_METHOD": "POST", "PATH_INFO": "/voice"}, lambda *_: None))
    assert answer == (tmp_path / "elsewhere" / FILE_NAME).read_bytes(), "our own door says the same words"
