"""Which protocol stands first for the talk in hand, and what a search finds."""

from __future__ import annotations

from hotline.care.protocol_texts import SHIPPED
from hotline.care.protocols import _check
from hotline.domain.protocol_choice import Card, Situation, chosen


def a_card(code: str, *, signed: bool = True, **scope: tuple[str, ...]) -> Card:
    return Card(
        code=code,
        title_zh=f"规程 {code}",
        title_en=f"Protocol {code}",
        card_zh=("留在线上",),
        card_en=("Keep the line",),
        script_zh=(),
        script_en=(),
        levels=scope.get("levels", ()),
        populations=scope.get("populations", ()),
        phases=scope.get("phases", ()),
        source="DOMAIN.md",
        signed=signed,
    )


CARDS = [
    a_card("all"),
    a_card("draft", signed=False),
    a_card("high", levels=("3", "4")),
    a_card("recovered", populations=("P02",), phases=("recovery",)),
]


def codes(situation: Situation, query: str = "") -> list[str]:
    return [card.code for card in chosen(CARDS, situation, query)]


def test_the_most_specific_comes_first_and_signed_before_unsigned() -> None:
    assert codes(Situation(level=4)) == ["high", "all", "recovered", "draft"]
    assert codes(Situation(level=1, population="P02", phase="recovery"))[0] == "recovered"


def test_what_is_for_others_is_not_shown_and_what_is_unknown_hides_nothing() -> None:
    assert "high" not in codes(Situation(level=1))
    assert "recovered" not in codes(Situation(population="P19"))
    assert set(codes(Situation())) == {"all", "draft", "high", "recovered"}


def test_a_search_looks_at_all_in_both_languages() -> None:
    assert codes(Situation(level=1), "protocol HIGH") == ["high"]
    assert codes(Situation(), "留在线上 recovered") == ["recovered"]
    assert codes(Situation(), "没有这个词") == []


def test_every_shipped_text_has_both_languages_and_its_clause() -> None:
    assert len({text.code for text in SHIPPED}) == len(SHIPPED)
    for text in SHIPPED:
        assert len(text.card_zh) == len(text.card_en), text.code
        assert len(text.script_zh) == len(text.script_en), text.code
        assert text.clause.startswith("DOMAIN.md "), text.code
        shown = (text.source, text.source_en)
        assert all(one and "DOMAIN" not in one for one in shown), text.code
        lines = {"title_zh": text.title_zh, "title_en": text.title_en, "source": text.source}
        lines |= {"card_zh": "\n".join(text.card_zh), "card_en": "\n".join(text.card_en)}
        scope = {"levels": text.levels, "populations": text.populations, "phases": text.phases}
        _check(text.code, lines, scope)
