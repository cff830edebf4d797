"""Which protocols fit the talk in hand, and which a search finds: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One protocol as it is shown. `levels`, `populations`, `phases`: none means all of them."""

    code: str
    title_zh: str
    title_en: str
    card_zh: Sequence[str]
    card_en: Sequence[str]
    script_zh: Sequence[str]
    script_en: Sequence[str]
    levels: Sequence[str]
    populations: Sequence[str]
    phases: Sequence[str]
    source: str
    signed: bool
    """By two persons; else it came with the product and nobody of this hotline stands for it yet."""
    source_en: str = ""
    """A signed text names its source once, as its author wrote it."""
    number: int = 0
    author: str = ""
    signer: str = ""

    @property
    def words(self) -> str:
        lines = (*self.card_zh, *self.card_en, *self.script_zh, *self.script_en)
        return "\n".join((self.title_zh, self.title_en, *lines, self.source, self.source_en)).casefold()


@dataclass(frozen=True)
class Situation:
    """What is known of the talk; None: not known, which hides nothing."""

    level: int | None = None
    population: str | None = None
    phase: str | None = None


def fits(card: Card, now: Situation) -> bool:
    return (
        (now.level is None or not card.levels or str(now.level) in card.levels)
        and (now.population is None or not card.populations or now.population in card.populations)
        and (now.phase is None or not card.phases or now.phase in card.phases)
    )


def specificity(card: Card, now: Situation) -> int:
    """How much of what is known the card speaks of by name."""
    return (
        2 * (now.level is not None and str(now.level) in card.levels)
        + 2 * (now.population is not None and now.population in card.populations)
        + (now.phase is not None and now.phase in card.phases)
    )


def chosen(cards: Iterable[Card], now: Situation, query: str = "") -> list[Card]:
    """Those that fit, the most specific and the signed first. Searching looks at all, whatever the talk."""
    asked = query.casefold().split()
    if asked:
        found = [card for card in cards if all(word in card.words for word in asked)]
    else:
        found = [card for card in cards if fits(card, now)]
    return sorted(found, key=lambda card: (-specificity(card, now), not card.signed, card.code))
