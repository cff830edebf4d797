"""A running product, and browsers, for the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.journeys.actors import CHROMIUM, open_browser
from tests.journeys.product import Product
from tests.journeys.shared_house import SharedHouse
from tests.journeys.sound import write_tone

OpenBrowser = Callable[..., Browser]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that changes what it shares comes after those that need it as it was. Else the order is by
    chance."""
    items.sort(key=lambda item: item.get_closest_marker("changes_the_product") is not None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: `make test` installs it when it may")
    with sync_playwright() as running:
        yield running


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """The product with a demonstration organisation and nothing else in it, for one journey alone."""
    product = Product(tmp_path)
    product.start()
    yield product
    product.stop()


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedHouse]:
    house = SharedHouse(tmp_path_factory)
    yield house
    house.close()


@pytest.fixture
def shared_product(shared_house: SharedHouse, request: pytest.FixtureRequest) -> Iterator[Product]:
    """A product that served other journeys and is at rest: nobody at a seat, no call, no work to do."""
    yield shared_house.open()
    if request.node.get_closest_marker("changes_the_product"):
        shared_house.close()
    else:
        shared_house.close_unless_at_rest()


@pytest.fixture
def browser_with(playwright: Playwright) -> Iterator[OpenBrowser]:
    """Open a browser whose microphone plays the given file; `trusts` as in `open_browser`."""
    with ExitStack() as open_ones:

        def open_one(microphone: Path, trusts: str = "") -> Browser:
            browser = open_browser(playwright, microphone, trusts)
            open_ones.callback(browser.close)
            return browser

        yield open_one


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Path]:
    folder = tmp_path_factory.mktemp("tones")

    def tone(hertz: float) -> Path:
        path = folder / f"{hertz:.0f}.wav"
        return path if path.exists() else write_tone(path, hertz)

    return tone
