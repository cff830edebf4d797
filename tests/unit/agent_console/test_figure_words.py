"""A figure of a signed paper, in the reader's language; the bands are those that the paper may say."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from agent_console.figure_words import SAID_ZH, figure_words
from agent_console.translation import set_up_translation
from analytics.report.disclosure import SHARE_BANDS
from analytics.report.suppression import FEW


def test_every_fixed_figure_of_a_paper_has_its_english() -> None:
    assert set(SAID_ZH) == {FEW, *(band for _, band in SHARE_BANDS)}


def test_the_unit_is_dropped_in_english_and_kept_in_chinese() -> None:
    app = Flask(__name__)
    set_up_translation(app)
    with app.test_request_context("/"):
        assert figure_words("47人") == "47人"
        assert figure_words("五成以上") == "五成以上"
    with app.test_request_context("/"), force_locale("en"):
        assert figure_words("47人") == "47"
        assert figure_words("12次") == "12"
        assert figure_words("少于5人") == "fewer than 5"
        assert figure_words("—") == "—"
