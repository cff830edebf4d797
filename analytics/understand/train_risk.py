"""Trains the small classifier of risk language (PsySUICIDE valid split, MIT, Huachuan Qiu and others).

    python -m analytics.understand.train_risk ../shared/text/zh_risk_dev.jsonl

Character 1-3-grams, TF-IDF, logistic regression. Prints 5-fold cross-validation of the classifier and of its
union with the lexicon, then writes `risk_weights.npz` beside this file. The lexicon's patterns were written
with this data in sight, so its own share of the figures is too good; the classifier's is not.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from analytics.understand.risk import LexiconRiskMarker
from analytics.understand.risk_model import THRESHOLD, WEIGHTS, has_anchor

_SETTINGS = {"analyzer": "char", "ngram_range": (1, 3), "min_df": 2, "sublinear_tf": True}
_INVERSE_PENALTY = 10.0


def main() -> None:
    """Cross-validates, trains on everything, writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.data.read_text(encoding="utf-8").splitlines()]
    texts, truth = [row["text"] for row in rows], np.array([row["risk"] for row in rows])
    high = np.array([row["level"] == "high" for row in rows])
    probability = cross_validated(texts, truth, high)
    lexicon = np.array([LexiconRiskMarker().mark(text).flagged for text in texts])
    anchored = np.array([has_anchor(text) for text in texts])
    for name, flag in (
        ("lexicon (tuned on this set)", lexicon),
        ("classifier, 5-fold", probability >= THRESHOLD),
        ("either, 5-fold", lexicon | (anchored & (probability >= THRESHOLD))),
    ):
        print(name, measure(flag, truth, high))  # noqa: T201
    vectoriser, model = _fit(texts, truth)
    terms = sorted(vectoriser.vocabulary_, key=vectoriser.vocabulary_.__getitem__)
    np.savez_compressed(
        arguments.out,
        terms=np.frombuffer("\n".join(terms).encode(), np.uint8),
        idf=vectoriser.idf_.astype(np.float16),
        coefficients=model.coef_[0].astype(np.float16),
        intercept=model.intercept_.astype(np.float32),
    )


def folds(truth: Any, high: Any, seed: int = 0) -> list[tuple[Any, Any]]:
    """Rows to learn from and rows to judge, five times; the levels are spread evenly."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(5, shuffle=True, random_state=seed).split(truth, truth + high))


def cross_validated(texts: list[str], truth: Any, high: Any, seed: int = 0) -> Any:
    """Out-of-fold probabilities, 5 folds with equal shares of each level."""
    out = np.zeros(len(texts))
    for train, test in folds(truth, high, seed):
        vectoriser, model = _fit([texts[row] for row in train], truth[train])
        out[test] = model.predict_proba(vectoriser.transform([texts[row] for row in test]))[:, 1]
    return out


def measure(flag: Any, truth: Any, high: Any) -> dict[str, float]:
    """Precision, recall, recall of the high level."""
    hit = (flag & (truth == 1)).sum()
    return {
        "precision": round(float(hit / max(1, flag.sum())), 4),
        "recall": round(float(hit / truth.sum()), 4),
        "recall_high": round(float(flag[high].mean()), 4),
    }


def _fit(texts: list[str], truth: Any) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    # A line break would break the list of terms in the weights' file; to the model it is a blank.
    plain = [" ".join(text.split()) for text in texts]
    vectoriser = TfidfVectorizer(**_SETTINGS)
    features = vectoriser.fit_transform(plain)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=2000, class_weight="balanced")
    return vectoriser, model.fit(features, truth)


if __name__ == "__main__":
    main()
