"""Grouping: our registry, day by day, beside k-means, single-pass and HDBSCAN on the same vectors.

    python benchmarks/grouping.py [../shared/text]

Chinese: rows of zh_dev_silver whose `lexical` is true. English: en_dev, when a model for English is installed
or importable. `text_bar.py` of the data folder measures (ARI, B-cubed; an outlier is a cluster of its own).
Then emergence: en_dev's events, and Chinese streams with events planted into zh_dev_silver at eight
seeds that no threshold was chosen on.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.cluster import LexicalEmbedder, StaticEmbedder, embedder_for  # noqa: E402
from analytics.cluster.replay import StreamText, replay  # noqa: E402
from analytics.models_store import ModelStore  # noqa: E402
from benchmarks.planted import planted_stream  # noqa: E402

SEEDS = range(8)


class Remembering:
    """An embedder that embeds each text once."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._known = inner, {}
        self.name, self.version, self.key = inner.name, inner.version, inner.key
        self.dimension, self.languages = inner.dimension, inner.languages

    def embed(self, texts: Any) -> Any:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._inner.embed(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


def single_pass(vectors: Any, threshold: float) -> list[int]:
    """Each text to the nearest running centroid above the threshold, else a new one."""
    sums: list[Any] = []
    labels = []
    for vector in vectors:
        scores = [float(total @ vector / np.linalg.norm(total)) for total in sums]
        best = int(np.argmax(scores)) if scores else -1
        if best >= 0 and scores[best] >= threshold:
            sums[best] = sums[best] + vector
        else:
            best = len(sums)
            sums.append(vector.copy())
        labels.append(best)
    return labels


def peers(vectors: Any) -> dict[str, list[int]]:
    """k-means (k = sqrt(n/2)), HDBSCAN on raw vectors, single-pass at three thresholds."""
    from sklearn.cluster import HDBSCAN, KMeans

    k = round((len(vectors) / 2) ** 0.5)
    answers = {
        f"k-means, k = {k}": KMeans(k, n_init=10, random_state=0).fit_predict(vectors).tolist(),
        "HDBSCAN": HDBSCAN(min_cluster_size=5, copy=True).fit_predict(vectors.astype(float)).tolist(),
    }
    for threshold in (0.35, 0.45, 0.55):
        answers[f"single-pass {threshold}"] = single_pass(vectors, threshold)
    return answers


def stream(rows: list[dict[str, Any]]) -> list[StreamText]:
    """Rows of a development set as a stream."""
    return [
        StreamText(row["id"], date.fromisoformat(row["timestamp"][:10]), row.get("region"), row["text"])
        for row in rows
    ]


def play(bar: Any, rows: list[dict[str, Any]], embedder: Any, truth: Any = None) -> dict[str, Any]:
    """Our registry on a stream: clusters at the end, stability, and emergence where the truth is given."""
    snapshots, flags = [], []
    for answer in replay(stream(rows), embedder):
        snapshots.append({text_id: str(issue or -1) for text_id, issue in answer.issues.items()})
        for born in answer.born:
            if born.emerging:
                flags.append(
                    {
                        "date": answer.day.isoformat(),
                        "cluster_id": born.issue_id,
                        "member_ids": born.member_ids,
                    }
                )
    out = bar.score_clusters(rows, snapshots[-1]) | bar.score_identity(rows, snapshots)
    return out | (bar.score_emerging(rows, truth, flags) if truth else {})


def table(bar: Any, title: str, rows: list[dict[str, Any]], embedder: Any) -> None:
    """Ours and the peers on one set."""
    began = time.perf_counter()
    vectors = embedder.embed([row["text"] for row in rows])
    print(f"\n{title}: {len(rows)} texts, {embedder.key}, embedded in {time.perf_counter() - began:.1f} s")
    print("| method | outliers | clusters | ARI | B-cubed F1 |\n|---|---|---|---|---|")
    for name, labels in peers(vectors).items():
        score = bar.score_clusters(rows, {row["id"]: label for row, label in zip(rows, labels, strict=True)})
        print(_row(name, score))
    ours = play(bar, rows, embedder)
    print(_row("**ours, day by day**", ours) + f" kept ids {ours['kept_id_share']:.3f}")


def _row(name: str, score: dict[str, Any]) -> str:
    return (
        f"| {name} | {score['outlier_share']:.2f} | {score['clusters']} "
        f"| {score['ari']:.3f} | {score['bcubed_f1']:.3f} |"
    )


def main() -> None:
    """Prints the tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "text"
    sys.path.insert(0, str(folder))
    import text_bar as bar

    versions = [
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scikit-learn", "tokenizers")
    ]
    print("; ".join(versions))
    silver = bar.load(folder / "zh_dev_silver.jsonl")
    lexical = [row for row in silver if row["lexical"]]
    own = Remembering(StaticEmbedder())
    table(bar, "Chinese", lexical, own)
    table(bar, "Chinese", lexical, Remembering(LexicalEmbedder()))
    print("\nEmergence\n| stream | recall | precision | mean days | duplicates |\n|---|---|---|---|---|")
    scores = []
    for seed in SEEDS:
        rows, truth = planted_stream(silver, seed)
        scores.append(play(bar, rows, own, truth))
        print(_emergence(f"Chinese, seed {seed}", scores[-1]))
    keys = ("recall", "precision", "delay_mean_missed_as_horizon", "duplicates")
    print(
        _emergence(
            "**Chinese, mean**", {key: float(np.mean([score[key] for score in scores])) for key in keys}
        )
    )
    english = embedder_for("en", ModelStore(ROOT / "var" / "models").installed("text"))
    if english.name != "lexical":
        rows = bar.load(folder / "en_dev.jsonl")
        truth = json.loads((folder / "en_dev.truth.json").read_text())
        kept = Remembering(english)
        print(_emergence("English", play(bar, rows, kept, truth)))
        table(bar, "English", rows, kept)


def _emergence(name: str, score: dict[str, Any]) -> str:
    return (
        f"| {name} | {score['recall']:.2f} | {score['precision']:.2f} "
        f"| {score['delay_mean_missed_as_horizon']:.1f} | {score['duplicates']:.2f} |"
    )


if __name__ == "__main__":
    main()
