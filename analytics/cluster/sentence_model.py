"""A sentence-transformers model folder behind the `Embedder` role; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analytics.cluster.embedder import LanguageRefused, Vectors, normalised
from analytics.model_card import ModelCard


class SentenceModelEmbedder:
    """Loads once (seconds, hundreds of megabytes). `language` other than the card's is refused."""

    def __init__(self, folder: Path, card: ModelCard, language: str | None = None) -> None:
        if language is not None and not card.covers(language):
            raise LanguageRefused(f"{card.name} does not know {language}")
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), local_files_only=True, device="cpu")
        self.name, self.version, self.languages = card.name, card.version, card.languages
        # Renamed in sentence-transformers 6; the older name still serves 5.
        size = getattr(self._model, "get_embedding_dimension", None)
        self.dimension = int((size or self._model.get_sentence_embedding_dimension)() or 0)

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = np.asarray(
            self._model.encode(list(texts), batch_size=32, show_progress_bar=False, convert_to_numpy=True)
        )
        vectors[[index for index, text in enumerate(texts) if not text.strip()]] = 0
        return normalised(vectors)
