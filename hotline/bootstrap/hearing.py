"""The analytics worker: speech, text and delivery. Heavy libraries load with the first job that asks."""

from __future__ import annotations

import logging
from typing import Any

from analytics.pipeline import Pipeline
from analytics.report.channels import FolderMail, OfficialChannel, SignedWebhook, SmtpMail
from analytics.report.delivery import Deliverer
from hotline.bootstrap.core import Core
from hotline.bootstrap.engines import Engines
from models.unit_of_work import system_clock
from models.vocabulary_surveillance import DeliveryChannel

log = logging.getLogger("hotline.hearing")

SENDER = "hotline@hotline.invalid"


def make_pipeline(core: Core) -> Pipeline:
    settings = core.settings
    engines = Engines.of(settings)
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
        audit_key=core.audit_key,
    )


def worker_jobs(pipeline: Pipeline) -> dict[str, Any]:
    return {
        **pipeline.jobs(),
        "forget": lambda payload: pipeline.forget(int(payload["call_id"])),
    }
