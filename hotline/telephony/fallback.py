"""The voice a caller hears when our own door fails: static TwiML, no database, nothing that can break.

It says calmly, in Chinese and English, that the person is still in line, names 110 and 120, waits, and sends
the call back to the carrier's door. When that door is still down the carrier comes here again, so the caller
is never left in silence and never hung up on. It reads nothing of the request: no number, no word is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

# Where the published copy (docs/telephony-fallback.xml) sends the call back to; replaced on your own host.
EXAMPLE_VOICE_URL = "https://hotline.example.org/carrier/voice"

SPOKEN_ZH = (
    "您好，您还在队伍里，电话没有断。我们的系统正在恢复，请不要挂机，马上继续为您接通。"
    "如果您或身边的人有生命危险，请现在就拨打110或120。"
)
SPOKEN_EN = (
    "You are still in line and your call is not lost. Our system is recovering; please stay on the line. "
    "If you or someone near you is in danger, please call 1 1 0 or 1 2 0 now."
)
PAUSE_SECONDS = 5
FILE_NAME = "fallback.xml"


def fallback_twiml(voice_url: str) -> str:
    """The whole document. `voice_url`: the carrier door's voice address, where the call goes back to."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Response>\n"
        f'  <Say language="zh-CN">{escape(SPOKEN_ZH)}</Say>\n'
        f'  <Say language="en-US">{escape(SPOKEN_EN)}</Say>\n'
        f'  <Pause length="{PAUSE_SECONDS}"/>\n'
        f'  <Redirect method="POST">{escape(voice_url)}</Redirect>\n'
        "</Response>\n"
    )


StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def make_fallback(voice_url: str) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """A WSGI app: the document for GET and POST on any path, `ok` for /health, 405 for other methods."""
    document = fallback_twiml(voice_url).encode()

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD", "GET")
        if method not in ("GET", "HEAD", "POST"):
            return _answer(start_response, "405 Method Not Allowed", "text/plain", b"GET or POST\n")
        if environ.get("PATH_INFO") == "/health":
            return _answer(start_response, "200 OK", "text/plain", b"ok\n")
        answer = _answer(start_response, "200 OK", "text/xml; charset=utf-8", document)
        return [] if method == "HEAD" else answer

    return app


def _answer(start_response: StartResponse, status: str, kind: str, body: bytes) -> list[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(status, headers)
    return [body]
