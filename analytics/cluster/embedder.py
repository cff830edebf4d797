"""The role of an embedder, and which one reads which language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from analytics.model_card import ModelCard

Vectors = npt.NDArray[np.float32]


class LanguageRefused(ValueError):
    """A model was given a language that its manifest does not name; its vectors would be noise."""


class Embedder(Protocol):
    """Texts to unit vectors. Two vectors may be compared only when `key` is the same."""

    name: str
    version: str
    languages: tuple[str, ...]
    dimension: int

    @property
    def key(self) -> str:
        """Name and version, as kept beside every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, rows of length 1; an empty text is a zero row."""
        ...


def embedder_for(language: str, installed: Iterable[tuple[ModelCard, Path]] = ()) -> Embedder:
    """An installed text model that names the language, else our own for Chinese, else the lexical one.

    `installed` comes from `ModelStore.installed("text")`, best first.
    """
    for card, folder in installed:
        if card.kind == "text" and card.covers(language):
            from analytics.cluster.sentence_model import SentenceModelEmbedder

            return SentenceModelEmbedder(folder, card)
    if language.lower().startswith("zh"):
        from analytics.cluster.static_zh import StaticEmbedder, static_model_folder

        folder = static_model_folder()
        if (folder / "vectors.npz").is_file():
            return StaticEmbedder(folder)
    from analytics.cluster.lexical import LexicalEmbedder

    return LexicalEmbedder()


def normalised(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Rows of length 1; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length > 1e-9, length, 1.0)).astype(np.float32)
