"""People of the journeys: each method is something a person does or notices, in a real browser."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Playwright, TimeoutError, expect
from sqlalchemy import select

from models.calls import Call, Consent
from models.recordings import Transcript
from models.vocabulary import AnalysisState, ConsentKind, ConsentState
from tests.journeys.product import Product, eventually
from tests.journeys.sound import read

CHROMIUM = "/usr/bin/chromium"
HEAR = """async (milliseconds) => {
  const stream = document.querySelector("[data-role=softphone-sound]")?.srcObject;
  if (!stream) return { frequency: 0, level: -999 };
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0.5;
  context.createMediaStreamSource(stream).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    await new Promise((next) => setTimeout(next, 50));
    analyser.getFloatFrequencyData(bins);
  }
  const best = bins.indexOf(Math.max(...bins));
  const frequency = best * context.sampleRate / analyser.fftSize;
  await context.close();
  return { frequency, level: bins[best] };
}"""


def open_browser(playwright: Playwright, microphone: Path, trusts: str = "") -> Browser:
    """A Chromium of its own, whose microphone plays a file: one file is one browser.

    `trusts`: fingerprint of the one key whose certificate it takes although nobody signed it.
    """
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
            "--autoplay-policy=no-user-gesture-required",
            *([f"--ignore-certificate-errors-spki-list={trusts}"] if trusts else []),
        ],
    )


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, product: Product, browser: Browser, **context: Any) -> None:
        self.product = product
        self.faults: list[str] = []
        self.context = browser.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1366, "height": 768}, **context}
        )
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def signs_in(self, role: str, which: int = 0) -> None:
        account = [a for a in self.product.accounts() if a["role"] == role][which]
        self.page.goto(f"{self.product.url}/sign-in")
        self.page.fill("#login", account["name"])
        self.page.fill("#password", account["password"])
        self.page.click("[data-role=sign-in] button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def hears(self, hertz: float) -> bool:
        heard = self.page.evaluate(HEAR, 1200)
        return abs(heard["frequency"] - hertz) < 30 and heard["level"] > -60


class Operator(Person):
    @property
    def bar(self) -> Any:
        return self.page.locator("#bar")

    def goes_on_duty(self) -> None:
        self.page.goto(f"{self.product.url}/desk/")
        self.page.click("[data-role=sign-on]")
        expect(self.page.locator("#desk")).not_to_have_attribute("data-seat", "", timeout=15_000)
        expect(self.page.locator("[data-role=ready]")).to_be_visible(timeout=15_000)
        self.gets_ready()

    def gets_ready(self) -> None:
        """The page may be loaded anew while it is pressed (another seat, another room): then press again."""
        eventually(self._ready_once, "the desk is ready", 60)

    def _ready_once(self) -> bool:
        if self.bar.get_attribute("data-mode") == "setup":
            self.page.click("[data-role=ready]")
        with contextlib.suppress(AssertionError):
            expect(self.bar).to_have_attribute("data-mode", "idle", timeout=15_000)
        return bool(self.bar.get_attribute("data-mode") == "idle")

    def comes_on_duty_to_a_ring(self) -> None:
        """Somebody waits already: the desk goes from its set-up straight to the offer."""
        self.page.goto(f"{self.product.url}/desk/")
        self.page.click("[data-role=sign-on]")
        eventually(self._rung_once, "who waits is offered", 90)

    def _rung_once(self) -> bool:
        """Ready is pressed again only while the desk is still being set up."""
        if self.bar.get_attribute("data-mode") == "setup":
            with contextlib.suppress(TimeoutError):
                self.page.locator("[data-role=ready]").click(timeout=2_000)
        with contextlib.suppress(AssertionError):
            expect(self.bar).to_have_attribute("data-mode", "offer", timeout=5_000)
        return bool(self.bar.get_attribute("data-mode") == "offer")

    def hears_somebody(self) -> bool:
        return bool(self.page.evaluate(HEAR, 1200)["level"] > -60)

    def asks_to_go_home(self) -> None:
        menu = self.page.locator("[data-role=agent-status]")
        if menu.get_attribute("open") is None:
            menu.locator("summary").click()
        self.page.click("[data-role=sign-off]")

    def goes_home(self) -> None:
        self.asks_to_go_home()
        expect(self.page.locator("[data-role=sign-on]")).to_be_visible(timeout=15_000)

    def is_rung(self, seconds: float = 20) -> None:
        expect(self.bar).to_have_attribute("data-mode", "offer", timeout=seconds * 1000)

    def answers(self) -> int:
        """Press F2, as by hand; returns the call's id once the carrier confirmed the talk."""
        self.is_rung()
        eventually(self._answered_once, "the call is answered", 20)
        expect(self.bar).to_have_attribute("data-mode", "call", timeout=15_000)
        return int(self.bar.get_attribute("data-call") or 0)

    def _answered_once(self) -> bool:
        """F2 is pressed again only while the desk still rings."""
        if self.bar.get_attribute("data-mode") == "call":
            return True
        self.page.keyboard.press("F2")
        self.page.wait_for_timeout(700)
        return self.bar.get_attribute("data-mode") == "call"

    def chooses(self, field: str, *values: str) -> None:
        """Click the chips of a field, as a mouse would."""
        for value in values:
            self.page.locator(f'label:has([name="{field}"][value="{value}"])').first.click()

    def chooses_problem(self, code: str) -> None:
        self.page.locator(f'label:has([data-problem][value="{code}"])').first.click()

    def writes_summary(self, text: str) -> None:
        self.page.fill('[name="summary"]', text)

    def sees_saved(self, seconds: float = 15) -> None:
        words = self.page.locator("[data-role=save-words]")
        expect(words).to_contain_text("已保存", timeout=seconds * 1000)

    def writes_a_whole_note(self, summary: str, problem: str = "C", risk_level: int = 1) -> None:
        """Every field that a counselling talk asks for."""
        for field, value in (
            ("call_type", "02"),
            ("population", "P23"),
            ("relation", "self"),
            ("sex", "f"),
            ("two_weeks", "no"),
        ):
            self.chooses(field, value)
        self.page.select_option('[name="age_band"]', "25-34")
        self.chooses_problem(problem)
        self.page.select_option("[data-role=city]", index=1)
        self.page.locator("#tab-service").click()
        self.chooses("interventions", "listening")
        self.chooses("dispositions", "D1")
        self.chooses("risk_level", str(risk_level))
        self.writes_summary(summary)
        self.sees_saved()

    def hangs_up(self) -> None:
        self.page.keyboard.press("Shift+F2")
        expect(self.bar).to_have_attribute("data-mode", "wrap_up", timeout=15_000)

    def finishes_note(self, then: str = "idle") -> None:
        self.page.keyboard.press("Control+Enter")
        self.waits_for(then)

    def takes_a_spoken_call(self, speech: Path) -> Transcript:
        """Somebody calls, says `speech` and hangs up; the note is whole. The finished transcript."""
        caller = ScriptedCaller(self.product, "13800138000", audio=speech, repeat=True)
        call_id = self.answers()
        self.page.wait_for_timeout(8000)
        caller.hangs_up()
        self.waits_for("wrap_up", 40)
        self.writes_a_whole_note("失眠两周，希望有人听她说。")
        self.finishes_note()
        done = select(Transcript).where(Transcript.call_id == call_id, Transcript.state == AnalysisState.DONE)
        return eventually(lambda: self.product.look(lambda s: s.scalars(done).first()), "the transcript", 90)

    def waits_for(self, mode: str, seconds: float = 15) -> None:
        expect(self.bar).to_have_attribute("data-mode", mode, timeout=seconds * 1000)

    def asks_a_colleague(self, words: str) -> None:
        """Opens the panel by key, takes the first seat that is free, and consults."""
        self.page.keyboard.press("F6")
        self.page.locator('#transfer input[value^="seat:"]:not([disabled])').first.check()
        self.page.locator('#transfer input[name="words"]').fill(words)
        self.page.locator('[data-role="transfer-consult"]').press("Enter")


class BrowserCaller(Person):
    """Somebody who calls from the public page, on a phone-sized screen."""

    def calls(self) -> None:
        self.page.goto(f"{self.product.url}/call")
        self.page.locator("[data-role=call]").click()


class ScriptedCaller:
    """A caller inside the exchange: says a file, presses keys, and what it heard is kept.

    `plan`: audio (Path), tone (Hz), repeat, digits [(seconds, keys)], say_nothing_seconds,
    hangup_after_seconds.
    """

    def __init__(self, product: Product, number: str, **plan: Any) -> None:
        self._product = product
        self._url = f"{product.exchange_url}/exchange/parties"
        settings = product.settings()
        secret = f"{settings.carrier_account_sid}:{settings.carrier_auth_token.get_secret_value()}"
        self._authorization = "Basic " + b64encode(secret.encode()).decode()
        self.number = number
        self.hangs_up_itself = "hangup_after_seconds" in plan
        self.events: list[dict[str, Any]] = []
        audio: Path | None = plan.pop("audio", None)
        if audio is not None:
            plan["audio"] = b64encode(audio.read_bytes()).decode()
        body = {"from": number, "to": "12356", **plan}
        self._line = threading.Thread(target=self._stay, args=(body,), daemon=True)
        self._line.start()
        placed = eventually(lambda: self._event("placed"), "the exchange takes the call", 15)
        self.party, self.call_sid = str(placed["party"]), str(placed["call"])

    def _request(self, path: str, body: dict[str, Any] | None) -> urllib.request.Request:
        return urllib.request.Request(
            self._url + path,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )

    def _stay(self, body: dict[str, Any]) -> None:
        with urllib.request.urlopen(self._request("", body), timeout=900) as line:
            for text in line:
                self.events.append(json.loads(text))

    def _event(self, name: str) -> dict[str, Any] | None:
        return next((event for event in self.events if event["event"] == name), None)

    def presses(self, digits: str) -> None:
        urllib.request.urlopen(self._request(f"/{self.party}", {"digits": digits}), timeout=10).close()

    def presses_until(self, look: Callable[[], object], what: str, *keys: str) -> None:
        """Keys one after another, again and again, as people press who were not heard: how soon the product
        listens hangs on the machine."""
        again = cycle(keys)

        def heard() -> bool:
            if look():
                return True
            self.presses(next(again))
            return False

        eventually(heard, what, 60, step=2.5)

    def refuses_recording(self) -> None:
        """The star key, before anybody answers."""
        refused = (
            select(Consent.id)
            .join(Call, Call.id == Consent.call_id)
            .where(
                Call.carrier_sid == self.call_sid,
                Consent.kind == ConsentKind.RECORDING,
                Consent.state == ConsentState.REFUSED,
            )
        )
        look = self._product.look
        self.presses_until(lambda: look(lambda s: s.scalars(refused).first()), "the refusal is on file", "*")

    def hangs_up(self) -> None:
        urllib.request.urlopen(self._request(f"/{self.party}", {"hangup": True}), timeout=10).close()

    def outcome(self, seconds: float = 20) -> dict[str, Any]:
        return eventually(lambda: self._event("outcome"), "the call is over", seconds)

    @property
    def is_on_the_line(self) -> bool:
        return self._event("ended") is None

    def heard(self) -> tuple[NDArray[np.float64], int]:
        """Samples and rate of everything heard so far."""
        with urllib.request.urlopen(self._request(f"/{self.party}/heard.wav", None), timeout=20) as answer:
            return read(answer.read())


class Supervisor(Person):
    """On the board: comes into a talk by key, and says how."""

    def looks_at_the_board(self) -> None:
        self.page.goto(f"{self.product.url}/supervisor/")
        expect(self.page.locator("[data-role=board]")).to_be_visible()

    def joins_by_key(self) -> None:
        self.page.locator("[data-role=urgent-strip] [data-role=listen]").first.wait_for(timeout=20_000)
        self.page.keyboard.press("F7")
        self.sees_mode("listen")

    def goes_to(self, mode: str) -> None:
        self.page.locator(f'[data-role=mode][data-mode="{mode}"]').press("Enter")
        self.sees_mode(mode)

    def sees_mode(self, mode: str) -> None:
        """As the line confirmed it."""
        shown = self.page.locator(f'#listening[data-state="in"][data-mode="{mode}"]')
        expect(shown).to_be_visible(timeout=30_000)
