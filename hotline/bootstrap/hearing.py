"""The analytics worker: speech, text and delivery. Models load once, before the worker's first job."""

from __future__ import annotations

import logging
from typing import Any

from analytics.alerts.documents import MessageDocuments
from analytics.alerts.more_channels import FileDrop, SmsOfCarrier
from analytics.alerts.notices import Notifier
from analytics.flag import DetectionSettings
from analytics.papers.files import PaperFiles
from analytics.pipeline import Pipeline
from analytics.report.channels import FolderMail, SignedWebhook, SmtpMail
from analytics.report.delivery import Deliverer
from hotline.bootstrap.core import Core
from hotline.bootstrap.engines import Engines
from hotline.bootstrap.reporting import make_papers
from hotline.bootstrap.telephony import outgoing_guard
from hotline.job_rows import give_way
from hotline.settings import Settings
from hotline.telephony.rest_client import LIVE_BASE_URL
from hotline.telephony.texts import CarrierTexts
from hotline.workforce.alarm_hook import AlarmHooks
from hotline.workforce.staff_notices import StaffNotices
from models.unit_of_work import system_clock
from models.vocabulary_surveillance import DeliveryChannel

log = logging.getLogger("hotline.hearing")

SENDER = "hotline@hotline.invalid"


def make_pipeline(core: Core) -> Pipeline:
    settings = core.settings
    engines = Engines.of(settings)
    mail = make_mail(settings)

    def link_to_alert(alert_id: int) -> str:
        return f"{settings.public_url}/alerts/{alert_id}"

    def link_to_paper(paper_id: int) -> str:
        return f"{settings.public_url}/papers/{paper_id}"

    sms = SmsOfCarrier(make_texts(core), leaves_machine=settings.carrier_name != "embedded")
    drop = FileDrop(
        settings.exchange_folder or settings.data_dir / "document-exchange",
        {"alert": MessageDocuments(core.work, link_to_alert), "report": PaperFiles(core.work)},
        leaves_machine=settings.exchange_folder is not None,
    )
    deliverer = Deliverer(
        core.work,
        {
            DeliveryChannel.EMAIL: mail,
            DeliveryChannel.WEBHOOK: SignedWebhook(system_clock),
            DeliveryChannel.SMS: sms,
            DeliveryChannel.FILE: drop,
        },
        {"alert": link_to_alert, "report": link_to_paper},
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
        notifier=Notifier(
            core.work,
            {DeliveryChannel.EMAIL: mail, DeliveryChannel.SMS: sms},
            {
                "signal": lambda signal_id: f"{settings.public_url}/signals/{signal_id}",
                "draft": lambda alert_id: f"{settings.public_url}/sign/{alert_id}",
                "alert": link_to_alert,
                "report": link_to_paper,
            },
        ),
        helplines=(settings.number,),
        audit_key=core.audit_key,
        detection=DetectionSettings(minimum_persons_unheard=settings.new_topic_persons),
        give_way=give_way,
    )


def make_mail(settings: Settings) -> FolderMail | SmtpMail:
    smtp_url = settings.smtp_url.get_secret_value()
    if smtp_url:
        return SmtpMail(smtp_url, SENDER, system_clock)
    return FolderMail(settings.data_dir / "mail", SENDER, system_clock)


def make_texts(core: Core) -> CarrierTexts:
    settings = core.settings
    return CarrierTexts(
        account_sid=settings.carrier_account_sid,
        auth_token=settings.carrier_auth_token.get_secret_value(),
        base_url=LIVE_BASE_URL if settings.uses_live_carrier else settings.carrier_base_url,
        sender=settings.number,
        guard=outgoing_guard(core),
    )


def worker_jobs(core: Core, pipeline: Pipeline) -> dict[str, Any]:
    return {
        **pipeline.jobs(),
        "write_paper": make_papers(core).write,
        "tell_alarm": AlarmHooks(core.work, SignedWebhook(system_clock).post).tell,
        "staff_notice": StaffNotices(
            core.work,
            make_mail(core.settings),
            make_texts(core),
            lambda: f"{core.settings.public_url}/roster/mine",
            texts_leave=core.settings.uses_live_carrier,
        ),
        "forget": lambda payload: pipeline.forget(int(payload["call_id"])),
    }
