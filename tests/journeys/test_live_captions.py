"""What a caller says stands on the desk while the call goes on, is marked, and is nowhere afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.calls import Call
from models.captions import CaptionStream
from models.recordings import Recording, RiskMark, Transcript
from models.vocabulary import CallState, RecordingState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import write_speech
from tests.journeys.test_privacy import places_to_search

pytestmark = pytest.mark.timeout(400)

WORDS = "我 不想 活 失眠"
SAID = ("失眠", "不想活")


@pytest.fixture
def speaking_product(product: Product, shared_dir: Path) -> Product:
    """With the test model, which knows the words of these callers."""
    folder = str(shared_dir / "models" / "vosk-zh-toy")
    installed = product.run("models", "install", "vosk-zh-toy", "--from", folder)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return product


def speech(tmp_path: Path) -> Path:
    return write_speech(tmp_path / "speech.wav", WORDS)


def places_with_words(product: Product) -> list[str]:
    """Wherever a caller's words lie; the model's own dictionary knows them too."""
    model = {path.name for path in (product.settings().data_dir / "speech-and-text-models").rglob("*")}
    return [
        place
        for place, data in places_to_search(product)
        if place not in model and any(said.encode() in data for said in SAID)
    ]


def captions_state(operator: Operator) -> str | None:
    return operator.page.locator("[data-role=captions-state]").get_attribute("data-state")


def shows_the_callers_words(operator: Operator, seconds: float = 40) -> None:
    line = operator.page.locator("[data-role=captions] .utt[data-lane=caller]:not(.partial) .said")
    expect(line.filter(has_text="失眠").last).to_be_visible(timeout=seconds * 1000)


def test_words_are_shown_and_marked_and_a_killed_captions_process_never_touches_the_call(
    speaking_product: Product,
    browser_with: OpenBrowser,
    tones: Callable[[float], Path],
    tmp_path: Path,
) -> None:
    product = speaking_product
    operator = Operator(product, browser_with(tones(937.5)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, "13800138000", audio=speech(tmp_path), repeat=True)
    call_id = operator.answers()

    shows_the_callers_words(operator)
    mark = operator.page.locator("[data-role=captions] .utt[data-lane=caller] mark.riskword")
    expect(mark.first).to_be_visible(timeout=20_000)
    assert "R" in (mark.first.get_attribute("title") or "")
    marks = eventually(
        lambda: product.look(lambda s: s.scalars(select(RiskMark).where(RiskMark.call_id == call_id)).all()),
        "the mark is kept",
    )
    assert {m.source for m in marks} == {"caption"}
    assert {m.evidence for m in marks} == {None}, "a code and a second, no word"

    [captions] = product.processes("serve captions")
    os.kill(captions.pid, signal.SIGKILL)
    eventually(lambda: captions_state(operator) == "interrupted", "the desk says that captions broke off")
    assert caller.is_on_the_line
    assert operator.bar.get_attribute("data-mode") == "call"
    before = operator.page.locator("[data-role=captions] .utt").count()
    eventually(lambda: captions_state(operator) == "listening", "captions come back", 45)
    eventually(
        lambda: operator.page.locator("[data-role=captions] .utt").count() > before, "and words again", 30
    )
    assert caller.is_on_the_line
    assert operator.faults == []

    assert places_with_words(product) == [], "no log, file, database or Redis has a word"
    caller.hangs_up()
    operator.waits_for("wrap_up", 40)
    expect(operator.page.locator("[data-role=captions]")).to_have_count(0)


def test_switching_the_recording_off_at_the_desk_leaves_nothing(
    speaking_product: Product,
    browser_with: OpenBrowser,
    tones: Callable[[float], Path],
    tmp_path: Path,
) -> None:
    product = speaking_product
    operator = Operator(product, browser_with(tones(937.5)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    ScriptedCaller(product, "13800138000", audio=speech(tmp_path), repeat=True)
    call_id = operator.answers()
    shows_the_callers_words(operator)

    operator.page.locator("label:has(#consent-recording)").click()
    operator.page.locator("[data-role=refuse-recording][data-reason=caller_says_no]").click()
    expect(operator.page.locator("[data-role=captions-state]")).to_have_attribute(
        "data-state", "refused", timeout=20_000
    )
    expect(operator.page.locator("[data-role=captions] .utt")).to_have_count(0)
    expect(operator.bar).to_contain_text("不录音", timeout=15_000)

    folder = product.settings().data_dir
    eventually(lambda: not list((folder / "exchange/recordings").glob("*.wav")), "erased at the exchange")
    assert not list((folder / "recordings").glob("*"))
    recordings = product.look(lambda s: s.scalars(select(Recording)).all())
    assert {r.state for r in recordings} <= {RecordingState.ERASED}
    eventually(lambda: product.look(lambda s: s.scalars(select(RiskMark)).all()) == [], "marks are gone")
    assert product.look(lambda s: s.scalars(select(Transcript.utterances)).all()) == []
    assert places_with_words(product) == []
    assert product.look(lambda s: s.get_one(Call, call_id)).state is CallState.TALKING


def test_who_pressed_star_has_no_captions_and_the_desk_says_so(
    speaking_product: Product,
    browser_with: OpenBrowser,
    tones: Callable[[float], Path],
    tmp_path: Path,
) -> None:
    product = speaking_product
    operator = Operator(product, browser_with(tones(937.5)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, "13800138000", audio=speech(tmp_path), repeat=True)
    caller.refuses_recording()
    operator.answers()
    expect(operator.page.locator("[data-role=captions-state]")).to_have_attribute(
        "data-state", "refused", timeout=20_000
    )
    eventually(operator.hears_somebody, "the operator hears the caller", 30)
    expect(operator.page.locator("[data-role=captions] .utt")).to_have_count(0)
    assert product.look(lambda s: s.scalars(select(CaptionStream)).all()) == []
