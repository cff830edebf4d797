"""The carrier's own Voice SDK, unmodified, against the exchange: the desk and the caller's page in SDK mode.

Signalling is wss with a certificate made here, trusted by these browsers alone. What is proved is the
product's adapter (`softphone/sdk_line.js`) and the exchange's side of the SDK's messages; the live gateways
are not here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from models.calls import Call, Consent
from models.seats import Seat
from models.vocabulary import CallState, ConsentKind, ConsentState
from tests.conftest import free_port
from tests.journeys.actors import BrowserCaller, Operator, Person, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.secure_signalling import Certificate, GateProcess, make_certificate
from tests.journeys.sound import heard_tone, share

pytestmark = pytest.mark.timeout(400)

CALLER_TONE, OPERATOR_TONE = 600.0, 937.5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def sdk_product(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[Product]:
    """The product as set up for the SDK: nothing but two settings differs."""
    folder, port = tmp_path_factory.mktemp("product"), str(free_port())
    product = Product(
        folder, SOFTPHONE="voice-sdk", GATE_PORT=port, SIGNALLING_URL=f"wss://127.0.0.1:{port}/signal"
    )
    product.prepare()
    gate = GateProcess(product.environment, certificate, folder / "gate.log")
    try:
        product.start()
        yield product
    finally:
        product.stop()
        gate.stop()


@pytest.fixture
def operator(
    sdk_product: Product, certificate: Certificate, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> Iterator[Operator]:
    operator = Operator(sdk_product, browser_with(tones(OPERATOR_TONE), certificate.fingerprint))
    operator.signs_in("operator")
    yield operator
    assert operator.faults == []


def stays_at_home(person: Person) -> set[str]:
    """Hosts that this person's browser asked; fills while the test runs."""
    hosts: set[str] = set()
    person.page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    person.page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname or ""))
    return hosts


def uses_the_sdk(person: Person) -> bool:
    return bool(person.page.evaluate("typeof window.Twilio?.Device === 'function'"))


def test_the_sdk_calls_out_and_takes_a_call_and_both_are_heard(
    sdk_product: Product,
    operator: Operator,
    certificate: Certificate,
    browser_with: OpenBrowser,
    tones: Callable[[float], Path],
) -> None:
    asked = stays_at_home(operator)
    operator.goes_on_duty()
    caller = BrowserCaller(
        sdk_product,
        browser_with(tones(CALLER_TONE), certificate.fingerprint),
        viewport={"width": 390, "height": 844},
    )
    asked_by_caller = stays_at_home(caller)
    caller.calls()
    call_id = operator.answers()
    assert uses_the_sdk(operator)
    assert uses_the_sdk(caller)

    eventually(lambda: operator.hears(CALLER_TONE), "the operator hears the caller", 15)
    eventually(lambda: caller.hears(OPERATOR_TONE), "the caller hears the operator", 15)

    operator.page.click("[data-role=mute]")
    eventually(lambda: not caller.hears(OPERATOR_TONE), "a muted operator is not heard", 15)
    operator.page.click("[data-role=mute]")
    eventually(lambda: caller.hears(OPERATOR_TONE), "and heard again", 15)

    operator.hangs_up()
    expect(caller.page.locator("[data-role=ended-words]")).to_be_visible(timeout=10_000)
    operator.writes_a_whole_note("测试通话，双方都能听见。")
    operator.finishes_note()
    operator.goes_home()
    call = sdk_product.look(lambda s: s.get_one(Call, call_id))
    assert call.ended_by == "operator"
    assert asked | asked_by_caller == {"127.0.0.1"}, "neither sounds nor statistics left this machine"
    assert caller.faults == []


def test_a_key_pressed_in_the_sdk_reaches_the_exchange_and_the_caller_may_hang_up(
    sdk_product: Product,
    operator: Operator,
    certificate: Certificate,
    browser_with: OpenBrowser,
    tones: Callable[[float], Path],
) -> None:
    operator.goes_on_duty()
    caller = BrowserCaller(
        sdk_product,
        browser_with(tones(CALLER_TONE), certificate.fingerprint),
        viewport={"width": 390, "height": 844},
    )
    caller.page.goto(f"{sdk_product.url}/call")
    caller.page.locator('input[name="recording"][value="no"]').check(force=True)
    caller.page.locator("[data-role=call]").click()

    def refused() -> bool:
        found = sdk_product.look(
            lambda s: s.scalars(
                select(Consent)
                .where(Consent.kind == ConsentKind.RECORDING, Consent.state == ConsentState.REFUSED)
                .limit(1)
            ).first()
        )
        return found is not None

    eventually(refused, "the star that the page pressed was heard", 20)
    call_id = operator.answers()
    eventually(lambda: operator.hears(CALLER_TONE), "the operator hears the caller", 15)
    caller.page.locator("[data-role=hang-up]:visible").click()
    operator.waits_for("wrap_up")
    call = eventually(lambda: sdk_product.look(lambda s: _ended(s.get(Call, call_id))), "the call ends")
    assert call.ended_by == "caller"
    operator.writes_a_whole_note("测试通话，来电人挂断。")
    operator.finishes_note()
    operator.goes_home()


def test_an_operator_with_the_sdk_survives_the_end_of_tokens(
    sdk_product: Product, operator: Operator, tones: Callable[[float], Path]
) -> None:
    """A token that ends while no new one is to be had takes the seat out of service, and one that comes
    brings it back; a token that is renewed in time ends nothing."""
    tokens = Tokens(sdk_product)
    operator.page.route("**/desk/softphone", tokens.answer)
    operator.goes_on_duty()
    tokens.mode = "none"
    until(operator, lambda: tokens.refused >= 2, "the page asks for a new token before the old one ends")
    until(operator, lambda: not seat_is_live(sdk_product), "the seat's line ends with its token")

    tokens.mode = "short"
    until(operator, lambda: seat_is_live(sdk_product), "a new token brings the line back")
    operator.page.wait_for_timeout(1000)
    if operator.bar.get_attribute("data-mode") != "idle":
        operator.gets_ready()
    given = tokens.given

    caller = ScriptedCaller(sdk_product, "13800000077", audio=tones(CALLER_TONE), repeat=True)
    operator.answers()
    eventually(lambda: operator.hears(CALLER_TONE), "the operator hears the caller", 15)
    operator.page.wait_for_timeout((Tokens.LIFE_SECONDS + 4) * 1000)
    assert tokens.given > given, "it was renewed before it ended"
    assert seat_is_live(sdk_product)
    assert operator.hears(CALLER_TONE), "the talk outlives the token it began with"
    samples, rate = caller.heard()
    assert heard_tone(samples, rate, OPERATOR_TONE, 5)
    assert share(samples[-2 * rate :, 0], rate, OPERATOR_TONE) > 0.5
    caller.hangs_up()
    operator.waits_for("wrap_up")
    operator.writes_a_whole_note("测试通话，令牌换过。")
    operator.finishes_note()
    operator.goes_home()


def until(person: Person, look: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """As `eventually`, while the routes of this person's page are answered."""
    for _ in range(int(seconds * 5)):
        if look():
            return
        person.page.wait_for_timeout(200)
    raise AssertionError(f"not within {seconds} s: {what}")


def seat_is_live(product: Product) -> bool:
    """As the one seat on duty reports: microphone, sound and line."""
    return product.look(
        lambda s: s.scalars(select(Seat.device_live).where(Seat.person_id.is_not(None))).one()
    )


class Tokens:
    """Answers for the desk's token: `short` (a token that soon ends), `none`, as an outage would."""

    LIFE_SECONDS = 36

    def __init__(self, product: Product) -> None:
        self._settings = product.settings()
        self.mode = "short"
        self.given = self.refused = 0

    def answer(self, route: Route) -> None:
        if self.mode == "none":
            self.refused += 1
            route.fulfill(status=503, body="{}", content_type="application/json")
            return
        real = route.fetch()
        if real.status != 200:
            route.fulfill(response=real)
            return
        self.given += 1
        fields = real.json()
        route.fulfill(
            status=200,
            content_type="application/json",
            body=json.dumps({**fields, "token": self._token(fields["token"])}),
        )

    def _token(self, real: str) -> str:
        identity = jwt.decode(real, options={"verify_signature": False})["grants"]["identity"]
        token = AccessToken(
            self._settings.carrier_account_sid,
            self._settings.carrier_api_key_sid,
            self._settings.carrier_api_key_secret.get_secret_value(),
            identity=identity,
            ttl=self.LIFE_SECONDS,
        )
        token.add_grant(VoiceGrant(incoming_allow=True))
        return str(token.to_jwt())


def _ended(call: Call | None) -> Call | None:
    return call if call is not None and call.state is CallState.ENDED else None
