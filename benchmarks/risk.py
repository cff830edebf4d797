"""Risk language by 5-fold cross-validation on zh_risk_dev (PsySUICIDE valid split, MIT).

    python benchmarks/risk.py [../shared/text/zh_risk_dev.jsonl]

The classifier is judged on folds it did not see. The lexicon's patterns were written with this set in sight:
its row, and its part in `either`, say how well it fits, not how well it will do on other people's words.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.understand import LexiconRiskMarker  # noqa: E402
from analytics.understand.risk_model import THRESHOLD, has_anchor  # noqa: E402
from analytics.understand.train_risk import cross_validated, measure  # noqa: E402


def main() -> None:
    """Prints the table."""
    default = ROOT.parent / "shared" / "text" / "zh_risk_dev.jsonl"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts, truth = [row["text"] for row in rows], np.array([row["risk"] for row in rows])
    high = np.array([row["level"] == "high" for row in rows])
    marker = LexiconRiskMarker()
    began = time.perf_counter()
    lexicon = np.array([marker.mark(text).flagged for text in texts])
    each = (time.perf_counter() - began) / len(texts)
    allowed = np.array([has_anchor(text) for text in texts])
    classifier = cross_validated(texts, truth, high) >= THRESHOLD
    print(f"{len(rows)} texts, {truth.sum()} at risk, {high.sum()} high; scikit-learn {sklearn.__version__}")
    print("| method | precision | recall | recall of high |\n|---|---|---|---|")
    for name, flag in (
        ("lexicon with guards (tuned here)", lexicon),
        ("char TF-IDF + logistic regression, 5-fold", classifier),
        ("either (the product)", lexicon | (classifier & allowed)),
    ):
        row = measure(flag, truth, high)
        print(f"| {name} | {row['precision']:.3f} | {row['recall']:.3f} | {row['recall_high']:.3f} |")
    print(f"lexicon: {each * 1e3:.3f} ms a text")


if __name__ == "__main__":
    main()
