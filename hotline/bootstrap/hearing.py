"""The analytics worker: speech, text and delivery. Heavy libraries load with the first job that asks."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any

from analytics.cluster import Embedder, embedder_for
from analytics.models_store import ModelStore
from analytics.pipeline import Pipeline
from analytics.report.channels import FolderMail, OfficialChannel, SignedWebhook, SmtpMail
from analytics.report.delivery import Deliverer
from analytics.transcribe import Transcriber
from hotline.bootstrap.core import Core
from models.unit_of_work import system_clock
from models.vocabulary import DeliveryChannel

log = logging.getLogger("hotline.hearing")

SENDER = "hotline@hotline.invalid"


class Engines:
    """Speech and text engines by language, loaded once for each worker and kept."""

    def __init__(self, models_dir: Path, allow_test_models: bool) -> None:
        self._models_dir = models_dir
        self._allow_test_models = allow_test_models
        self._transcribers: dict[str, Transcriber] = {}
        self.embedder = cache(self._embedder)

    def _store(self) -> ModelStore:
        return ModelStore(self._models_dir, allow_test_models=self._allow_test_models)

    def transcriber(self, language: str) -> Transcriber | None:
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
        installed = [(model.card, model.folder) for model in self._store().installed("text")]
        return embedder_for(language, installed)


def make_pipeline(core: Core) -> Pipeline:
    settings = core.settings
    assert settings.models_dir is not None
    engines = Engines(settings.models_dir, allow_test_models=settings.mode == "test")
    smtp_url = settings.smtp_url.get_secret_value()
    mail: OfficialChannel = (
        SmtpMail(smtp_url, SENDER, system_clock)
        if smtp_url
        else FolderMail(settings.data_dir / "mail", SENDER, system_clock)
    )
    deliverer = Deliverer(
        core.work,
        {DeliveryChannel.EMAIL: mail, DeliveryChannel.WEBHOOK: SignedWebhook(system_clock)},
        lambda alert_id: f"{settings.public_url}/alerts/{alert_id}",
        # A test's receiver on this machine may hear demonstration alerts; nobody else ever does.
        loopback_webhook_allowed=settings.mode == "test",
    )
    return Pipeline(
        core.work,
        core.keyring,
        settings.data_dir / "recordings",
        engines.transcriber,
        engines.embedder,
        deliverer=deliverer,
        helplines=(settings.number,),
    )


def worker_jobs(pipeline: Pipeline) -> dict[str, Any]:
    return {
        **pipeline.jobs(),
        "forget": lambda payload: pipeline.forget(int(payload["call_id"])),
    }
