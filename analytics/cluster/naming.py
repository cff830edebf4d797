"""A name for an issue: the words that its calls use and others do not.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Political Analysis 16(4)) over
words and mined two-word phrases. No personal detail (texts come redacted), no number, no part of another
phrase.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.cluster.lexical import word_idf
from analytics.cluster.stop_words import STOP_WORDS

NAME_WORDS, PHRASES = 3, 8
_TAG = re.compile(r"\[[^\]]{1,8}\]")
_GOOD = re.compile(r"[一-龥]{2,8}|[a-z][a-z'-]{2,24}")


def name_issue(members: Sequence[str], background: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """(name, phrases): the name joins the best words; phrases holds up to eight, best first.

    Texts must be redacted. With no background the commonest words win; where nothing fits the
    answer is ("未命名 unnamed", ()).
    """
    inside, outside = _document_counts(members), _document_counts(background)
    total_in, total_out = max(1, len(members)), max(1, len(background))
    rare = _Rarity.known()
    scored = []
    for term, count in inside.items():
        if count < max(2, 0.08 * len(members)) and len(members) > 3:
            continue
        prior = (count + outside[term] + 0.5) / (total_in + total_out + 1)
        a, b = count + 4 * prior, outside[term] + 4 * prior
        odds_in = a / (total_in + 4 - a)
        odds_out = b / (total_out + 4 - b)
        z = math.log(max(odds_in, 1e-9) / max(odds_out, 1e-9)) / math.sqrt(1 / a + 1 / b)
        if z > 0:
            scored.append((z * math.sqrt(count / total_in) * rare.weight(term), term))
    chosen: list[str] = []
    for _, term in sorted(scored, key=lambda pair: (-pair[0], pair[1])):
        if any(_overlap(term, other) for other in chosen):
            continue
        chosen.append(term)
        if len(chosen) == PHRASES:
            break
    if not chosen:
        return "未命名 unnamed", ()
    return "·".join(chosen[:NAME_WORDS]), tuple(chosen)


def _overlap(one: str, other: str) -> bool:
    """One holds the other, or both hold the same word: 低保未获, 未获通过."""
    if not ("一" <= one[0] <= "龥"):
        return one in other or other in one
    return any(one[at : at + 2] in other for at in range(len(one) - 1))


@dataclass(frozen=True, slots=True)
class _Rarity:
    """How rare a word is in Chinese at large (jieba's own table): 自来水 names an issue, 无法 does not,
    however often its calls say it. A word that the table lacks counts as the table's middle."""

    idf: Mapping[str, float]
    middle: float

    @classmethod
    def known(cls) -> _Rarity:
        return cls(*word_idf())

    def weight(self, term: str) -> float:
        """About 1; of a phrase or an English word 1."""
        return self.idf.get(term, self.middle) / self.middle


def _document_counts(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each word or phrase stands."""
    import jieba

    jieba.setLogLevel(60)
    counts: Counter[str] = Counter()
    for text in texts:
        terms: set[str] = set()
        for part in re.split(r"[^一-龥a-zA-Z']+", _TAG.sub("，", text.lower())):
            words = jieba.lcut(part)
            kept = [word for word in words if _GOOD.fullmatch(word) and word not in STOP_WORDS]
            terms.update(kept)
            for first, second in pairwise(words):
                joined = first + second
                if (
                    first not in STOP_WORDS
                    and second not in STOP_WORDS
                    and re.fullmatch(r"[一-龥]{4,6}", joined)
                    and min(len(first), len(second)) > 1
                ):
                    terms.add(joined)
        counts.update(terms)
    return counts
