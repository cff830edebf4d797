"""A caller speaks words that the test model knows; they end in the transcript, on the caller's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.actors import Operator
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product
from tests.journeys.sound import write_hush, write_speech

pytestmark = [pytest.mark.guards_a_caller, pytest.mark.changes_the_product, pytest.mark.timeout(300)]

WORDS = "我 最近 总是 失眠"


def test_what_a_caller_says_ends_in_the_transcript(
    shared_product: Product,
    browser_with: OpenBrowser,
    shared_dir: Path,
    tmp_path: Path,
) -> None:
    product = shared_product
    installed = product.run(
        "models", "install", "vosk-zh-toy", "--from", str(shared_dir / "models" / "vosk-zh-toy")
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr

    # A steady tone would keep the small model busy with every word that it might be.
    operator = Operator(product, browser_with(write_hush(tmp_path / "hush.wav")))
    operator.signs_in("operator")
    operator.goes_on_duty()
    speech = write_speech(tmp_path / "speech.wav", WORDS)

    transcript = operator.takes_a_spoken_call(speech)

    utterances = transcript.utterances or []
    said = "".join(u["text"] for u in utterances if u["speaker"] == "caller").replace(" ", "")
    assert "失眠" in said
    assert transcript.model is not None
    assert "toy" in transcript.model
    operator.goes_home()
