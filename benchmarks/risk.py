"""Risk language by 5-fold cross-validation on zh_risk_dev (PsySUICIDE valid split, MIT).

    python benchmarks/risk.py [../shared/text/zh_risk_dev.jsonl]

The classifier is judged on folds it did not see. The lexicon's patterns were written with this set in sight,
so that its plain row says how well it fits, not how well it will do on other people's words. A bound from
below stands beside: in each fold a hit counts only when the very words it marked were marked in a text at
risk of the other four folds, as if nobody had seen this fold and no pattern reached further than what it had
been written for. The truth lies between the two rows; nothing was tuned to either.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.understand import LexiconRiskMarker, RiskMark  # noqa: E402
from analytics.understand.risk_model import THRESHOLD, has_anchor  # noqa: E402
from analytics.understand.train_risk import cross_validated, folds, measure  # noqa: E402


def confirmed_elsewhere(marks: list[RiskMark], texts: list[str], truth: Any, high: Any) -> Any:
    """Flags by words that a text at risk of another fold held too; the folds are the classifier's."""
    spoken = [
        {text[item.start : item.end] for item in mark.evidence if item.level != "none"}
        for mark, text in zip(marks, texts, strict=True)
    ]
    flags = np.zeros(len(texts), bool)
    for train, test in folds(truth, high):
        known = set().union(*(spoken[row] for row in train if truth[row]))
        flags[test] = [bool(spoken[row] & known) for row in test]
    return flags


def main() -> None:
    """Prints the table."""
    default = ROOT.parent / "shared" / "text" / "zh_risk_dev.jsonl"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts, truth = [row["text"] for row in rows], np.array([row["risk"] for row in rows])
    high = np.array([row["level"] == "high" for row in rows])
    marker = LexiconRiskMarker()
    began = time.perf_counter()
    marks = [marker.mark(text) for text in texts]
    lexicon = np.array([mark.flagged for mark in marks])
    each = (time.perf_counter() - began) / len(texts)
    bound = confirmed_elsewhere(marks, texts, truth, high)
    allowed = np.array([has_anchor(text) for text in texts])
    classifier = cross_validated(texts, truth, high) >= THRESHOLD
    print(f"{len(rows)} texts, {truth.sum()} at risk, {high.sum()} high; scikit-learn {sklearn.__version__}")
    print("| method | precision | recall | recall of high |\n|---|---|---|---|")
    for name, flag in (
        ("lexicon with guards (tuned here)", lexicon),
        ("char TF-IDF + logistic regression, 5-fold", classifier),
        ("either (the product)", lexicon | (classifier & allowed)),
        ("lexicon, words confirmed in other folds alone", bound),
        ("either, so bounded from below", bound | (classifier & allowed)),
    ):
        row = measure(flag, truth, high)
        print(f"| {name} | {row['precision']:.3f} | {row['recall']:.3f} | {row['recall_high']:.3f} |")
    print(f"lexicon: {each * 1e3:.3f} ms a text")


if __name__ == "__main__":
    main()
