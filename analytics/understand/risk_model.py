"""The lexicon together with a small classifier: either of the two marks a text.

The classifier (trained by `train_risk`) finds what no pattern foresaw. It learnt from short posts, so it
marks only where a word of risk stands (`_ANCHOR`). Plain Python at run time: about 0.1 ms a text.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np

from analytics.understand.risk import Evidence, LexiconRiskMarker, RiskLanguage, RiskMark

WEIGHTS = Path(__file__).with_name("risk_weights.npz")
THRESHOLD = 0.6
"""Probability from which the classifier marks by itself; chosen by cross-validation on the training data."""
_LONGEST = 3
_ANCHOR = re.compile(
    r"[死活杀割亡]|自残|自伤|轻生|跳[楼河江桥]|结束|消失|解脱|伤害|药|刀|撑不|坚持不|绝望|离开|世界|遗书|命|尽头|走了|累了|没意"
)
"""The classifier marks only where one of these stands: without them it goes by the style of a text alone."""
_QUESTION = re.compile(r"[您你][一-龥]{0,4}(?:有没有|是否|有过|想过|会不会|是不是)")


def has_anchor(text: str) -> bool:
    """True where the classifier may mark: a word of risk, and not the operator's screening question."""
    return _ANCHOR.search(text) is not None and _QUESTION.search(text) is None


class RiskClassifier:
    """Character n-grams, TF-IDF, logistic regression; weights from a file of this repository."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        with np.load(weights) as stored:
            terms = stored["terms"].tobytes().decode().split("\n")
            idf = stored["idf"].astype(float).tolist()
            coefficients = stored["coefficients"].astype(float).tolist()
            self._intercept = float(stored["intercept"][0])
        self._weights = {term: (one, two) for term, one, two in zip(terms, idf, coefficients, strict=True)}

    def probability(self, text: str) -> float:
        """Probability that the text speaks of suicide or self-harm."""
        plain = " ".join(text.lower().split())
        counts: Counter[str] = Counter()
        for size in range(1, _LONGEST + 1):
            counts.update(plain[at : at + size] for at in range(len(plain) - size + 1))
        length = total = 0.0
        for term, count in counts.items():
            known = self._weights.get(term)
            if known is not None:
                value = (1 + math.log(count)) * known[0]
                length += value * value
                total += value * known[1]
        logit = self._intercept + (total / math.sqrt(length) if length else 0.0)
        return 1 / (1 + math.exp(-logit))


class CombinedRiskMarker:
    """Lexicon or classifier. `score` is the mean of both, to order by; the level is the lexicon's, or low."""

    def __init__(self, classifier: RiskClassifier | None = None) -> None:
        self._lexicon = LexiconRiskMarker()
        self._classifier = classifier or RiskClassifier()
        self.version = f"{self._lexicon.version}+chars-1"

    def mark(self, text: str) -> RiskMark:
        """See `RiskLanguage.mark`."""
        found = self._lexicon.mark(text)
        probability = self._classifier.probability(text)
        score = round((found.score + probability) / 2, 4)
        anchor = _ANCHOR.search(text)
        if found.flagged or anchor is None or probability < THRESHOLD or _QUESTION.search(text):
            return RiskMark(found.level, score, found.evidence, found.harm_to_others)
        evidence = Evidence(
            *anchor.span(),
            key="classifier",
            category="suicide",
            level="low",
            score=round(probability, 3),
            reason_zh="整句与已标注的风险表达相似",
            reason_en="the sentence resembles labelled risk language",
        )
        return RiskMark("low", score, (evidence,), found.harm_to_others)


@lru_cache(maxsize=1)
def best_marker() -> RiskLanguage:
    """The lexicon with the classifier where its weights are there, else the lexicon alone. Loaded once."""
    return CombinedRiskMarker() if WEIGHTS.is_file() else LexiconRiskMarker()
