"""Our own static Chinese embedding at run time: a tokenizer, one table of vectors, a mean.

Trained by `train_zh_static` (its card lies beside the weights). Needs neither torch nor jieba.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.cluster.embedder import Vectors, normalised

_BATCH = 4096


def static_model_folder() -> Path:
    """Where the weights lie that the project ships."""
    return Path(__file__).parent / "zh_static"


class StaticEmbedder:
    """Loads in well under a second; tens of thousands of short texts a second on one core.

    `token_weights` (one number for each token id, see `fit_token_weights`) weigh operators' notes alone.
    """

    languages: tuple[str, ...] = ("zh",)

    def __init__(self, folder: Path | None = None, token_weights: Vectors | None = None) -> None:
        from tokenizers import Tokenizer

        folder = self._folder = folder or static_model_folder()
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        weights = folder / "vectors.npz"
        with np.load(weights) as stored:
            self._table = stored["vectors"].astype(np.float32)
        card = folder / "card.json"
        known = json.loads(card.read_text(encoding="utf-8")) if card.is_file() else {}
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:8]
        self.name = "hotline-zh-static"
        self.version = f"{known.get('version', '0')}+{digest}"
        self.dimension = int(self._table.shape[1])
        self._weights = token_weights
        if token_weights is not None:
            self.version += "-idf" + hashlib.sha256(token_weights.tobytes()).hexdigest()[:8]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def weighs_notes(self) -> bool:
        return self._weights is not None

    def with_token_weights(self, weights: Vectors) -> StaticEmbedder:
        """The same table read with these weights, under a key of its own."""
        return StaticEmbedder(self._folder, weights)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        return self._embed(texts, None)

    def embed_notes(self, texts: Sequence[str]) -> Vectors:
        """The same for operators' notes, by the weights of their words."""
        return self._embed(texts, self._weights)

    def _embed(self, texts: Sequence[str], weights: Vectors | None) -> Vectors:
        out = np.zeros((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), _BATCH):
            part = list(texts[first : first + _BATCH])
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(part)]
            out[first : first + len(part)] = self._mean(tokens, weights)
        return normalised(out)

    def fit_token_weights(self, texts: Sequence[str]) -> Vectors:
        """Inverse document frequency of each token over an operator's notes: log((n + 1) / (df + 1)) + 1."""
        frequency = np.zeros(len(self._table))
        for encoding in self._tokenizer.encode_batch_fast(list(texts)):
            frequency[list(set(encoding.ids))] += 1
        return (np.log((len(texts) + 1) / (frequency + 1)) + 1).astype(np.float32)

    def _mean(self, tokens: list[list[int]], weights: Vectors | None) -> Vectors:
        lengths = np.array([len(ids) for ids in tokens])
        flat = np.fromiter((token for ids in tokens for token in ids), np.int64, int(lengths.sum()))
        rows = np.zeros((len(tokens), self.dimension), np.float32)
        if not len(flat):
            return rows
        vectors = self._table[flat]
        if weights is not None:
            vectors = vectors * weights[flat][:, None]
        filled = lengths > 0
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
        rows[filled] = np.add.reduceat(vectors, starts, axis=0) / lengths[filled][:, None]
        return rows
