"""Enough contacts raise a signal; two people make it an alert; the official's receipt comes back."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Person as Account
from models.places import Place
from models.surveillance import Alert, Signal
from models.vocabulary import PlaceLevel, Role
from models.vocabulary_surveillance import AlertState, DeliveryState, SignalKind
from tests.journeys.actors import Person, open_browser
from tests.journeys.past import RISE, a_quiet_month_and_a_rise_today
from tests.journeys.product import Product, eventually

pytestmark = [pytest.mark.guards_a_caller, pytest.mark.timeout(400)]


def county_of_an_official(session: Session) -> str:
    """A county whose city's official can sign in."""
    for official in session.scalars(
        select(Account).where(Account.role == Role.OFFICIAL).order_by(Account.id)
    ):
        place = session.get(Place, official.place_code) if official.place_code else None
        if place is None:
            continue
        if place.level is PlaceLevel.COUNTY:
            return place.code
        county = session.scalars(
            select(Place).where(Place.parent_code == place.code, Place.level == PlaceLevel.COUNTY)
        ).first()
        if county is not None:
            return county.code
    raise AssertionError("no official of a county or city is seeded")


def test_contacts_raise_a_signal_that_reaches_an_official_and_is_acknowledged(
    shared_product: Product, playwright: Playwright, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    county = product.look(county_of_an_official)
    a_quiet_month_and_a_rise_today(product, county)

    def raised(session: Session) -> Signal | None:
        return session.scalars(
            select(Signal)
            .where(Signal.place_code == county, Signal.kind == SignalKind.PROMINENT_ISSUE)
            .order_by(Signal.id)
        ).first()

    signal = eventually(lambda: product.look(raised), "a signal is raised", 150, 1.0)
    assert signal.observed >= 9 > signal.upper

    browser = open_browser(playwright, tones(600.0))
    try:
        verifier = Person(product, browser)
        verifier.signs_in("supervisor", 0)
        page = verifier.page
        page.goto(f"{product.url}/signals/{signal.id}")
        page.locator('[data-role=decision] label:has([value="verify"])').click()
        page.select_option("[data-role=decision] [name=level]", "orange")
        page.fill("[data-role=decision] [name=reason]", "已与当地核对，停产属实。")
        page.click("[data-role=decision] button[type=submit]")
        alert_id = eventually(lambda: product.look(lambda s: _alert_of(s, signal.id)), "the draft").id
        page.goto(f"{product.url}/signals/{signal.id}")
        assert page.locator("[data-role=sign]").count() == 0, "who verified can't sign"

        signer = Person(product, browser)
        signer.signs_in("supervisor", 1)
        signer.page.goto(f"{product.url}/signals/{signal.id}")
        signer.page.click("[data-role=sign]")
        eventually(
            lambda: product.look(lambda s: s.get_one(Alert, alert_id).state is AlertState.ISSUED),
            "it is issued",
        )
        mails = product.settings().data_dir / "mail"
        mail = eventually(lambda: next(iter(mails.glob("*.eml")), None), "the mail lies in its folder", 60)
        text = str(message_from_bytes(mail.read_bytes()).get_payload(decode=True), "utf-8")
        assert f"/alerts/{alert_id}" in text
        assert "停产" not in text
        assert RISE not in text

        official = Person(product, browser)
        official.signs_in("official", _official_of(product, county))
        official.page.goto(f"{product.url}/alerts/{alert_id}")
        assert RISE not in official.page.content()
        official.page.click("[data-role=acknowledge]")
        eventually(lambda: product.look(lambda s: _is_received(s, alert_id)), "the receipt is carried back")
        for person in (verifier, signer, official):
            assert person.faults == []
        answer = official.page.goto(f"{product.url}/signals/{signal.id}")
        assert answer is not None
        assert answer.status in (403, 404)
    finally:
        browser.close()


def _alert_of(session: Session, signal_id: int) -> Alert | None:
    return session.scalars(select(Alert).where(Alert.signal_id == signal_id)).first()


def _official_of(product: Product, county: str) -> int:
    """Which of the seeded officials answers for this county: its own, else its city's."""

    def find(session: Session) -> int:
        place = session.get_one(Place, county)
        logins = [a["name"] for a in product.accounts() if a["role"] == "official"]
        for code in (county, place.parent_code):
            found = session.scalars(
                select(Account).where(Account.role == Role.OFFICIAL, Account.place_code == code)
            ).first()
            if found is not None:
                return logins.index(found.login)
        raise AssertionError("no official for the county")

    return product.look(find)


def _is_received(session: Session, alert_id: int) -> bool:
    alert = session.get_one(Alert, alert_id)
    return alert.state is AlertState.ACKNOWLEDGED and any(
        delivery.state is DeliveryState.RECEIVED for delivery in alert.deliveries
    )
