"""What callers hear keeps to the design's wording."""

from __future__ import annotations

import io
import re
import wave

import numpy as np
import pytest

from hotline.domain.overflow import Exit
from hotline.domain.waiting_time import Told, WaitWord
from hotline.telephony import language_prompts, prompts
from hotline.telephony.calm_audio import breath_wav
from hotline.telephony.prompts import Line
from models.vocabulary_network import Language, Topic

FIXED = {**vars(prompts), **vars(language_prompts)}
LINES = {name: line for name, line in FIXED.items() if isinstance(line, Line)} | {
    "offer": language_prompts.offer([Language.CANTONESE]),
    "languages": language_prompts.menu([Language.ENGLISH, Language.DAI]),
    "looked for": language_prompts.chosen(Language.DAI, True),
    "nobody speaks it": language_prompts.chosen(Language.ENGLISH, False),
    "specialists": language_prompts.specialists([Topic.STUDY]),
    "next": prompts.position(0, Told(WaitWord.UNKNOWN), first_time=True),
    "minutes": prompts.position(3, Told(WaitWord.BETWEEN, 5, 8), first_time=False),
    "longer": prompts.position(3, Told(WaitWord.AT_LEAST, 8), first_time=False, longer=True),
    "partner told": prompts.partner_told("青少年热线12355", "the youth line"),
    "partner key": prompts.partner_key("青少年热线12355", "the youth line"),
    "partner dialled": prompts.passed_on("青少年热线12355", "the youth line", chosen=True),
    "nobody": prompts.nobody_on_duty((Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
}
NEVER = re.compile("患者|自杀|风险|工单|请耐心等待|亲[，。]|！|一定|保证|马上为您接通")


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_line_is_said_in_both_languages_and_promises_nothing(name: str) -> None:
    line = LINES[name]
    assert not NEVER.search(line.zh)
    assert line.en.strip()
    assert "!" not in line.en


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Told(WaitWord.UNKNOWN), "要等多久暂时无法估计"),
        (Told(WaitWord.WITHIN, 0, 4), "大约4分钟以内"),
        (Told(WaitWord.BETWEEN, 5, 8), "大约5到8分钟"),
        (Told(WaitWord.AT_LEAST, 8), "大约8分钟以上，可能超过20分钟"),
        (Told(WaitWord.LONG), "现在很多人在等，可能超过20分钟"),
    ],
)
def test_people_ahead_and_the_wait_are_told_in_honest_words(span: Told, words: str) -> None:
    assert f"您前面还有3人，{words}" in prompts.position(3, span, first_time=False).zh
    assert f"您是下一位，{words}" in prompts.position(0, span, first_time=True).zh
    assert f"比刚才说的要久一些，{words}" in prompts.position(1, span, first_time=False, longer=True).zh


def test_a_language_is_named_where_a_voice_can_say_it_and_key_one_stays_for_danger() -> None:
    line = language_prompts.menu([Language.ENGLISH, Language.DAI, Language.CANTONESE])
    assert line.zh == "普通话请按0。傣语请按3。粤语请按4。有危险请按1。"
    assert line.en == "English: press 2. Mandarin: 0. Danger: 1."


def test_nobody_on_duty_names_each_exit_and_the_emergency_numbers() -> None:
    told = prompts.nobody_on_duty((Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)).zh
    for words in ("没有接线员在岗", "留言", "回电", "110", "120"):
        assert words in told
    assert "回电" not in prompts.nobody_on_duty((Exit.MESSAGE, Exit.EMERGENCY_WORDS)).zh


def test_the_sound_to_breathe_with_is_two_breaths_of_four_and_six_seconds() -> None:
    with wave.open(io.BytesIO(breath_wav())) as file:
        assert (file.getnframes(), file.getframerate()) == (160_000, 8000)
        samples = np.frombuffer(file.readframes(160_000), "<i2").astype(float)
    loudness = [float(np.abs(part).mean()) for part in samples.reshape(20, 8000)]
    assert loudness[:4] == sorted(loudness[:4]), "in: it rises"
    assert loudness[4:10] == sorted(loudness[4:10], reverse=True), "out: it falls"
    assert loudness[10:] == pytest.approx(loudness[:10], rel=0.05), "and begins again without a seam"
