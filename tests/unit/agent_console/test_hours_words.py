"""Hours as people say them, in both languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from agent_console.hours_words import hours_words, length_words
from agent_console.translation import set_up_translation


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask(__name__)
    set_up_translation(made)
    return made


@pytest.mark.parametrize(
    ("windows", "zh", "en"),
    [
        ([], "", ""),
        (["08:00-17:30"], "08:00–17:30", "08:00–17:30"),
        (["1-5 18:00-22:00"], "周一至周五 18:00–22:00", "Mon to Fri 18:00–22:00"),
        (["67 22:00-06:00"], "周六、周日 22:00–06:00", "Sat, Sun 22:00–06:00"),
        (
            ["2 16:00-24:00", "6 09:00-10:00"],
            "周二 16:00–24:00；周六 09:00–10:00",
            "Tue 16:00–24:00; Sat 09:00–10:00",
        ),
        (["135 08:00-09:00"], "周一、周三、周五 08:00–09:00", "Mon, Wed, Fri 08:00–09:00"),
        (["evenings"], "evenings", "evenings"),
    ],
)
def test_each_window_is_told_by_its_days_and_times(app: Flask, windows: list[str], zh: str, en: str) -> None:
    for locale, wanted in (("zh", zh), ("en", en)):
        with app.test_request_context(), force_locale(locale):
            assert hours_words(windows) == wanted


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(0, "0 分钟", "0 min"), (1259, "20 分钟", "20 min"), (158940, "44 小时 9 分", "44 h 9 min")],
)
def test_a_length_never_reads_as_a_time_of_day(app: Flask, seconds: int, zh: str, en: str) -> None:
    for locale, wanted in (("zh", zh), ("en", en)):
        with app.test_request_context(), force_locale(locale):
            assert length_words(seconds) == wanted
