"""What a caller hears of languages and of today's specialists.

English is named in English by the English voice; languages that have no voice are named in Mandarin.
"""

from __future__ import annotations

from collections.abc import Sequence

from hotline.telephony import prompts
from hotline.telephony.prompts import Line
from models.vocabulary_network import Language, Topic
from models.vocabulary_prompts import Prompt

FIRST_KEY = 2
MOST_LANGUAGES = 8
"""Keys 2 to 9; 0 is Mandarin, 1 stays the danger key and star the refusal."""

GREETING_OFFERS = Line(
    "您好，心理援助热线，危险按1，录音并匿名汇总，不同意按星号。",
    "English 2, no recording star.",
    Prompt.GREETING_OFFERS.value,
)
"""While somebody on duty speaks English; at most ten seconds, as the plain greeting."""
GREETING_OFFERS_ASKS_LATER = Line(
    "您好，心理援助热线，危险按1。要不要录音，接线员会先问您。",
    "English: 2. We ask before recording.",
)
GREETING_ENGLISH = Line(
    "",
    "Psychological aid hotline. Danger: 1. Calls are recorded and counted without names. Star: no recording.",
    Prompt.GREETING_ENGLISH.value,
)
"""On a line whose callers speak English."""
GREETING_ENGLISH_ASKS_LATER = Line(
    "", "Psychological aid hotline. In danger press 1. We ask before recording anything."
)


def default_texts() -> dict[str, tuple[str, str]]:
    """Words of every prompt that an administrator may set, as they came with the product."""
    lines = [*vars(prompts).values(), GREETING_OFFERS, GREETING_ENGLISH]
    return {
        line.prompt: (line.zh, line.en)
        for line in lines
        if isinstance(line, Line) and line.prompt is not None
    }


def offer(languages: Sequence[Language]) -> Line:
    """Told in the queue while somebody on duty speaks more than Mandarin."""
    english = Language.ENGLISH in languages
    return Line("换语言或方言请按2。", "English: press 2." if english else "Other languages: press 2.")


def menu(languages: Sequence[Language]) -> Line:
    """`languages` in the order of their keys, from 2 on."""
    keys = {language: key for key, language in enumerate(languages, FIRST_KEY)}
    named_zh = "".join(f"{code.zh}请按{key}。" for code, key in keys.items() if code is not Language.ENGLISH)
    named_en = f"English: press {keys[Language.ENGLISH]}. " if Language.ENGLISH in keys else ""
    return Line(f"普通话请按0。{named_zh}有危险请按1。", f"{named_en}Mandarin: 0. Danger: 1.")


def chosen(language: Language, spoken_here: bool) -> Line:
    """`spoken_here`: somebody on duty speaks it. Says who answers, also when nobody does."""
    if language is Language.CHINESE:
        return Line("好的，由说普通话的接线员接听。", "A Mandarin speaker will answer.")
    if not spoken_here:
        return Line(
            f"现在没有会说{language.zh}的接线员在岗，由说普通话的接线员接听。您的位置不变。",
            f"Nobody on duty speaks {language.en} now. A Mandarin speaker will answer; you keep your place.",
        )
    return Line(
        f"好的，先等会说{language.zh}的接线员。等得太久就由说普通话的接线员接听，不会一直等下去。",
        f"We look for somebody who speaks {language.en}. Should it take long, a Mandarin speaker answers.",
    )


def specialists(topics: Sequence[Topic]) -> Line:
    """One short sentence; nobody has to choose."""
    zh = "、".join(topic.zh for topic in topics)
    en = " and ".join(topic.en.lower() for topic in topics)
    return Line(
        f"今天有擅长{zh}的接线员，需要的话接通后说一声。",
        f"Today somebody is here for {en}; just tell whoever answers.",
    )
