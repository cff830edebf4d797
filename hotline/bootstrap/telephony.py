"""The carrier's side: REST out, webhooks in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.bootstrap.core import Core, Routing
from hotline.bootstrap.engines import Engines
from hotline.job_rows import Handlers
from hotline.routing.captions import LiveCaptions
from hotline.routing.standby import Standby
from hotline.settings import Settings
from hotline.telephony.access import SoftphoneTokens
from hotline.telephony.addresses import Addresses
from hotline.telephony.call_facts import CallFacts
from hotline.telephony.call_flow import CallFlow
from hotline.telephony.caption_streams import CaptionHandlers
from hotline.telephony.captions.tokens import CaptionTokens
from hotline.telephony.carrier import Carrier
from hotline.telephony.handlers import CarrierHandlers
from hotline.telephony.heard import HeardCallbacks
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.prompt_voice import PromptVoice
from hotline.telephony.recording_facts import RecordingFacts
from hotline.telephony.recordings import RecordingStore
from hotline.telephony.rest_carrier import RestCarrier
from hotline.telephony.rest_client import LIVE_BASE_URL
from hotline.telephony.signature import CarrierSignature
from hotline.telephony.summons import SummonsCalls
from hotline.telephony.twiml import Documents
from hotline.telephony.webhooks import carrier_blueprint
from hotline.workforce.summons import Summoning
from models.places import Organisation


@dataclass(frozen=True)
class Telephony:
    carrier: Carrier
    addresses: Addresses
    handlers: Handlers
    captions: LiveCaptions
    guard: OutgoingGuard
    facts: CallFacts


def make_telephony(core: Core, routing: Routing) -> Telephony:
    settings = core.settings
    addresses = Addresses(settings.webhook_base_url)
    guard = outgoing_guard(core)
    carrier = RestCarrier(
        account_sid=settings.carrier_account_sid,
        auth_token=settings.carrier_auth_token.get_secret_value(),
        base_url=LIVE_BASE_URL if settings.uses_live_carrier else settings.carrier_base_url,
        addresses=addresses,
        caller_id=settings.number,
        guard=guard,
    )
    recordings = RecordingFacts(core.work)
    store = RecordingStore(
        work=core.work,
        carrier=carrier,
        keyring=core.keyring,
        folder=settings.data_dir / "recordings",
        audit_key=core.audit_key,
    )
    handlers = CarrierHandlers(
        work=core.work,
        carrier=carrier,
        addresses=addresses,
        offers=routing.offers,
        legs=routing.legs,
        recordings=recordings,
        store=store,
        raise_danger=routing.danger.raise_danger,
    )
    captions = LiveCaptions(core.work, Engines.of(settings).has_speech)
    streams = CaptionHandlers(
        carrier=carrier,
        captions=captions,
        media_url=settings.media_url,
        token=caption_tokens(settings).for_stream,
    )
    summons = summons_calls(core, addresses)
    by_kind = {
        **handlers.by_kind(),
        **streams.by_kind(),
        "call_standby": lambda payload: summons.call_standby(carrier, payload),
    }
    facts = CallFacts(
        work=core.work,
        offers=routing.offers,
        conversation=routing.conversation,
        callbacks=routing.callbacks,
        recordings=recordings,
        legs=routing.legs,
    )
    return Telephony(carrier, addresses, by_kind, captions, guard, facts)


def make_carrier_door(core: Core, routing: Routing, telephony: Telephony) -> Flask:
    """The webhooks alone: no socket, no speech, so that no console can starve a caller."""
    settings = core.settings
    voice = PromptVoice(core.work, settings.data_dir / "prompts")
    flow = CallFlow(
        work=core.work,
        intake=routing.intake,
        conversation=routing.conversation,
        standby=Standby(core.work),
        callbacks=routing.callbacks,
        documents=Documents(telephony.addresses, voice=voice),
        guard=telephony.guard,
        nuisance=routing.nuisance,
    )
    app = Flask("hotline.carrier", static_folder=None)
    app.register_blueprint(
        carrier_blueprint(
            flow=flow,
            facts=telephony.facts,
            captions=telephony.captions,
            heard=HeardCallbacks(core.work),
            signature=CarrierSignature(
                settings.carrier_auth_token.get_secret_value(), settings.webhook_base_url
            ),
            addresses=telephony.addresses,
            number=settings.number,
            prompt_audio=voice.audio,
            summons=summons_calls(core, telephony.addresses),
        )
    )
    app.add_url_rule("/health", "health", lambda: ("ok\n", 200, {"Content-Type": "text/plain"}))
    return app


def summons_calls(core: Core, addresses: Addresses) -> SummonsCalls:
    return SummonsCalls(core.work, Summoning(core.work, core.audit_key), addresses)


def outgoing_guard(core: Core) -> OutgoingGuard:
    return OutgoingGuard(
        carrier_is_embedded=not core.settings.uses_live_carrier,
        mode=core.settings.mode,
        is_demonstration=lambda: _is_demonstration(core),
    )


def caption_tokens(settings: Settings) -> CaptionTokens:
    return CaptionTokens(settings.session_secret.get_secret_value())


def softphone_tokens(settings: Settings) -> SoftphoneTokens:
    return SoftphoneTokens(
        account_sid=settings.carrier_account_sid,
        api_key_sid=settings.carrier_api_key_sid,
        api_key_secret=settings.carrier_api_key_secret.get_secret_value(),
        twiml_app_sid=settings.carrier_twiml_app_sid,
        signalling_url=settings.signalling_url,
        line=settings.softphone_line,
    )


def _is_demonstration(core: Core) -> bool:
    with Session(core.engine.execution_options(reads_only=True)) as session:
        return bool(session.scalars(select(Organisation.is_demonstration).limit(1)).first())
