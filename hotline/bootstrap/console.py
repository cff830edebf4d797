"""The pages and their sockets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Flask

from agent_console.app import create_app
from agent_console.parts import ConsoleParts, ConsoleSettings
from agent_console.static_files import serve_static
from analytics.report.answers import Answers
from analytics.report.review import Review
from hotline.bootstrap.core import Core, Routing
from hotline.bootstrap.engines import Engines
from hotline.bootstrap.prompt_trial import read_aloud
from hotline.bootstrap.reporting import make_papers
from hotline.bootstrap.telephony import caption_tokens, softphone_tokens
from hotline.care.consents import Consents
from hotline.care.follow_ups import FollowUps
from hotline.care.notes import Notes
from hotline.care.withdrawal import Withdrawals
from hotline.settings import Settings
from hotline.telephony.language_prompts import default_texts
from hotline.workforce.coverage import coverage_now
from models.events import Event
from models.unit_of_work import system_clock


class DeskCaptions:
    """Plays the console's `CaptionsAccess`."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.captions_url
        parts = urlsplit(self.url)
        self.source = f"{parts.scheme}://{parts.netloc}"
        self.installed = Engines.of(settings).has_speech
        self.token = caption_tokens(settings).for_desk


def make_console(core: Core, routing: Routing) -> Flask:
    def subscribe(listener: Callable[[Sequence[Event]], None]) -> None:
        core.bus.listen(lambda event: listener((event,)))

    parts = ConsoleParts(
        work=core.work,
        engine=core.engine,
        clock=system_clock,
        settings=ConsoleSettings(
            session_secret=core.settings.session_secret.get_secret_value(),
            public_url=core.settings.public_url,
            number=core.settings.number,
            offer_seconds=int(routing.offers.offer_seconds),
            recordings_dir=core.settings.data_dir / "recordings",
            models_dir=core.settings.models_dir,
            trusted_proxies=core.settings.trusted_proxies,
            carrier=core.settings.carrier_name,
            prompts_dir=core.settings.data_dir / "prompts",
            prompt_texts=default_texts(),
            read_aloud=read_aloud(core.settings),
        ),
        hasher=core.hasher,
        audit_key=core.audit_key,
        keyring=core.keyring,
        seats=routing.seats,
        offers=routing.offers,
        line=routing.intake,
        conversation=routing.conversation,
        wrap_up=routing.wrap_up,
        callbacks=routing.callbacks,
        calling_back=routing.calling_back,
        dropped_lines=routing.dropped_lines,
        nuisance=routing.nuisance,
        notes=Notes(core.work, core.audit_key),
        consents=Consents(core.work),
        danger=routing.danger,
        transfers=routing.transfers,
        supervision=routing.supervision,
        linkages=routing.linkages,
        follow_ups=FollowUps(core.work, core.audit_key),
        coverage=coverage_now,
        review=Review(core.work, core.audit_key),
        answers=Answers(core.work),
        withdrawals=Withdrawals(core.work, core.audit_key),
        softphone=softphone_tokens(core.settings),
        captions=DeskCaptions(core.settings),
        papers=make_papers(core),
        subscribe=subscribe,
    )
    app = create_app(parts)
    serve_static(app, core.settings.data_dir / "static")
    return app
