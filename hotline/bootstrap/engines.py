"""Speech and text engines by language, loaded once for each process; heavy libraries load with the first."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.models_store import ModelStore
from hotline.settings import Settings

if TYPE_CHECKING:
    from analytics.cluster import Embedder
    from analytics.transcribe import VoskTranscriber

LANGUAGE = "zh"


class Engines:
    def __init__(self, models_dir: Path, allow_test_models: bool) -> None:
        self._models_dir = models_dir
        self._allow_test_models = allow_test_models
        self._transcribers: dict[str, VoskTranscriber] = {}
        self.embedder = cache(self._embedder)

    @classmethod
    def of(cls, settings: Settings) -> Engines:
        assert settings.models_dir is not None
        return cls(settings.models_dir, allow_test_models=settings.mode == "test")

    def _store(self) -> ModelStore:
        return ModelStore(self._models_dir, allow_test_models=self._allow_test_models)

    def has_speech(self, language: str = LANGUAGE) -> bool:
        """Whether a speech model is installed now; loads nothing."""
        return self._store().find("speech", language) is not None

    def transcriber(self, language: str) -> VoskTranscriber | None:
        """None while no speech model is installed; one that is installed later is found at the next call."""
        if language not in self._transcribers:
            found = self._store().find("speech", language)
            if found is None:
                return None
            from analytics.transcribe import VoskTranscriber

            self._transcribers[language] = VoskTranscriber(
                found.folder, found.card, language=language, allow_test_models=self._allow_test_models
            )
        return self._transcribers[language]

    def _embedder(self, language: str) -> Embedder:
        # Doors ask whether speech is installed: grouping and its statistics load with the worker alone.
        from analytics.cluster import embedder_for

        installed = [(model.card, model.folder) for model in self._store().installed("text")]
        return embedder_for(language, installed)
