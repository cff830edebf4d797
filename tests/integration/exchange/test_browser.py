"""Real Chromium with softphone.js against a real exchange: tones both ways."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hotline.exchange import wav
from hotline.exchange.sound import tone
from tests.conftest import REPOSITORY
from tests.integration.exchange.conftest import ACCOUNT, APP_SID, KEY_SECRET, KEY_SID
from tests.integration.exchange.test_calls import loudness

CHROMIUM = os.environ.get("HOTLINE_CHROMIUM", "/usr/bin/chromium")
SCRIPTS = REPOSITORY / "agent_console" / "static" / "js"
PAGE = """<!doctype html><meta charset="utf-8"><title>desk</title>
<button id="ready">ready</button><script type="module" src="/page.js"></script>"""
SCRIPT = """
import { Softphone } from "/softphone.js";
const events = [], levels = [], warnings = [];
const phone = new Softphone({
  signallingUrl: new URLSearchParams(location.search).get("signal"),
  fetchToken: async () => (await fetch("/token" + location.search)).text(),
  onState: (state, reason) => events.push(reason),
  onIncoming: (call) => { window.incoming = call; },
  onLevel: (level) => levels.push(level),
  onWarning: (code, detail) => warnings.push(code + " " + detail),
});
document.getElementById("ready").onclick = async () => {
  try { await phone.openMicrophone(); window.opened = true; } catch (error) { window.opened = error.code; }
};
window.hear = async (milliseconds) => {
  const context = new AudioContext();
  const stream = document.querySelector("[data-role=softphone-sound]").srcObject;
  const analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  context.createMediaStreamSource(stream).connect(analyser);
  await new Promise((done) => setTimeout(done, milliseconds));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  await context.close();
  const best = bins.indexOf(Math.max(...bins));
  return { frequency: best * context.sampleRate / analyser.fftSize, level: bins[best] };
};
Object.assign(window, { phone, events, levels, warnings });
"""

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not on this machine")


class Desk:
    """Serves the page under a strict policy, and tokens as the product makes them."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                files = {
                    "/": (PAGE, "text/html"),
                    "/page.js": (SCRIPT, "text/javascript"),
                    **{
                        f"/{file.relative_to(SCRIPTS)}": (file.read_text(), "text/javascript")
                        for file in (SCRIPTS / "softphone.js", *(SCRIPTS / "softphone").glob("*.js"))
                    },
                    "/token": (token("seat_1"), "text/plain"),
                }
                text, kind = files.get(path, ("", "text/plain"))
                data = text.encode()
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; connect-src 'self' ws://127.0.0.1:*",
                )
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def token(identity: str) -> str:
    made = AccessToken(ACCOUNT, KEY_SID, KEY_SECRET, identity=identity, ttl=300)
    made.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=APP_SID))
    return str(made.to_jwt())


@pytest.fixture
def page(exchange: Any, tmp_path: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    voice = tmp_path / "voice.wav"
    voice.write_bytes(wav.encode(tone(900, 8.0)))
    desk = Desk()
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}",
        "--disable-quic",
        "--disable-background-networking",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        opened = browser.new_page()
        opened.goto(f"{desk.url}?signal={exchange.url.replace('http', 'ws')}/signal")
        yield opened
        browser.close()
    desk.server.shutdown()
    desk.server.server_close()


def until(page: Any, condition: str, seconds: float = 15) -> None:
    """Poll from outside: the page's policy forbids the evaluation that Playwright's own waiting needs."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        state = page.evaluate("JSON.stringify([phone.state, events, warnings])")
        assert time.monotonic() < end, f"{condition}: {state}"
        time.sleep(0.05)


def open_microphone(page: Any) -> None:
    page.click("#ready")
    until(page, "window.opened !== undefined")
    assert page.evaluate("window.opened") is True


def test_an_operators_browser_is_rung_answers_and_both_hear_each_other(
    page: Any, application: Any, exchange: Any, dial: Any
) -> None:
    application.documents["/carrier/voice"] = (
        "<Response><Dial timeout='20' action='/done'><Client>seat_1</Client></Dial></Response>"
    )
    application.documents["/done"] = "<Response><Hangup/></Response>"
    assert "microphone-closed" in page.evaluate("phone.problems()")
    open_microphone(page)
    page.evaluate("phone.register()")
    assert page.evaluate("phone.problems()") == []
    caller = dial(tone=600)
    until(page, "phone.state.call === 'incoming'")
    assert page.evaluate("incoming.from") == "13800000001"
    page.evaluate("phone.answer()")
    until(page, "phone.state.call === 'talking'")
    time.sleep(1)
    heard = page.evaluate("hear(1500)")
    assert abs(heard["frequency"] - 600) < 25
    assert heard["level"] > -60
    page.evaluate("phone.sendDigits('7')")
    page.evaluate("phone.hangup()")
    assert caller.finish() == "completed"
    assert application.wait_for("/done").fields["DialCallStatus"] == "completed"
    mixed = caller.heard()[-8000:]
    assert loudness(mixed, 900) > 10 * max(loudness(mixed, 600), loudness(mixed, 700), 20)
    assert max(page.evaluate("levels")) > 0.05
    assert page.evaluate("warnings") == []
    assert exchange.get("/exchange/health")["legs"] == 0


def test_a_caller_in_the_browser_presses_keys_and_hears_the_answer(
    page: Any, application: Any, exchange: Any
) -> None:
    application.documents["/carrier/voice"] = (
        "<Response><Gather numDigits='1' action='/key' timeout='15'><Pause length='1'/></Gather></Response>"
    )
    application.documents["/key"] = "<Response><Record maxLength='4' timeout='9' action='/kept'/></Response>"
    application.documents["/kept"] = "<Response><Say>thank you very much</Say><Pause length='20'/></Response>"
    open_microphone(page)
    page.evaluate("phone.call({ To: '12356', place: '530100' })")
    asked = application.wait_for("/carrier/voice").fields
    assert (asked["From"], asked["To"], asked["place"]) == ("client:seat_1", "12356", "530100")
    assert asked["ApplicationSid"] == APP_SID
    until(page, "phone.state.call === 'talking'")
    page.evaluate("phone.sendDigits('5')")
    assert application.wait_for("/key").fields["Digits"] == "5"
    kept = application.wait_for("/kept").fields
    sound = wav.decode(exchange.bytes("/2010-04-01" + kept["RecordingUrl"].split("/2010-04-01")[1]))
    assert loudness(sound[-8000:], 900) > 500
    page.evaluate("phone.hangup()")
    assert application.wait_for("/carrier/status").fields["CallStatus"] == "completed"
    assert page.evaluate("phone.state.call") == "none"


def test_a_call_survives_a_broken_signalling_socket(page: Any, application: Any) -> None:
    application.documents["/carrier/voice"] = "<Response><Pause length='1'/><Record timeout='30'/></Response>"
    open_microphone(page)
    page.evaluate("phone.call({ To: '12356' })")
    until(page, "phone.state.call === 'talking'")
    page.evaluate("phone._line._signalling._socket.close()")
    until(page, "phone.state.line === 'reconnecting'")
    until(page, "phone.state.line === 'ready'")
    time.sleep(4)
    assert page.evaluate("phone.state.call") == "talking"
    page.evaluate("phone.hangup()")
    assert application.wait_for("/carrier/status").fields["CallStatus"] == "completed"


def test_a_false_token_is_refused(exchange: Any) -> None:
    import asyncio

    import aiohttp

    async def listen(text: str) -> dict[str, Any]:
        url = exchange.url + "/signal"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await socket.send_json({"type": "listen", "payload": {"token": text}, "version": "1.6"})
            return dict(await socket.receive_json())

    forged = AccessToken(
        ACCOUNT, KEY_SID, "another-secret-of-enough-length-012345", identity="seat_1", ttl=300
    )
    forged.add_grant(VoiceGrant(incoming_allow=True))
    old = AccessToken(ACCOUNT, KEY_SID, KEY_SECRET, identity="seat_1", ttl=-5)
    old.add_grant(VoiceGrant(incoming_allow=True))
    assert asyncio.run(listen(forged.to_jwt()))["payload"]["error"]["code"] == 31204
    assert asyncio.run(listen(old.to_jwt()))["payload"]["error"]["code"] == 31205
    assert asyncio.run(listen(token("seat_1")))["type"] == "connected"
