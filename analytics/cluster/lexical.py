"""The last resort: words and character pairs hashed to a vector. Needs no model and learns nothing.

Words weigh by jieba's own inverse document frequencies (Chinese) or their length (other scripts), so that two
texts with the same rare words are near. Signed feature hashing: Weinberger et al. 2009, ICML.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analytics.cluster.embedder import Vectors, normalised
from analytics.cluster.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile(r"[一-龥]")


class LexicalEmbedder:
    """Stateless: the same text has the same vector on every machine."""

    name = "lexical"
    version = "1"
    languages: tuple[str, ...] = ("*",)
    dimension = 512

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            counts: Counter[str] = Counter()
            weight: dict[str, float] = {}
            for feature, value in self._features(unicodedata.normalize("NFKC", text).lower()):
                counts[feature] += 1
                weight[feature] = value
            for feature, count in counts.items():
                code = zlib.crc32(feature.encode())
                sign = 1.0 if code & 1 else -1.0
                out[row, (code >> 1) % self.dimension] += sign * weight[feature] * (1 + math.log(count))
        return normalised(out)

    def _features(self, text: str) -> Iterator[tuple[str, float]]:
        idf, middle = word_idf()
        for part in _WORD.findall(text):
            if _CHINESE.search(part):
                for word in self._cut(part):
                    if len(word) > 1:
                        yield word, idf.get(word, middle)
                for index in range(len(part) - 1):
                    yield "c:" + part[index : index + 2], 2.0
            elif part not in STOP_WORDS and len(part) > 1:
                yield part, 4.0 + min(len(part), 8) / 2
                if len(part) > 5:
                    yield "p:" + part[:5], 3.0

    @cached_property
    def _cut(self) -> Any:
        import jieba

        jieba.setLogLevel(60)
        return jieba.lcut


@cache
def word_idf() -> tuple[dict[str, float], float]:
    """jieba's table of inverse document frequencies of Chinese words, and the middle of them."""
    import jieba

    listed = Path(jieba.__file__).with_name("analyse") / "idf.txt"
    pairs = (line.split() for line in listed.read_text(encoding="utf-8").splitlines())
    idf = {word: float(value) for word, value in pairs}
    return idf, sorted(idf.values())[len(idf) // 2]
