"""The carrier's door with everything behind it, made from a carrier: the fake one or the real client."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.danger import DangerProtocol
from hotline.routing.captions import LiveCaptions
from hotline.routing.deadlines import Deadlines
from hotline.telephony.addresses import Addresses
from hotline.telephony.call_facts import CallFacts
from hotline.telephony.call_flow import CallFlow
from hotline.telephony.caption_streams import CaptionHandlers
from hotline.telephony.captions.tokens import CaptionTokens
from hotline.telephony.carrier import Carrier
from hotline.telephony.handlers import CarrierHandlers
from hotline.telephony.heard import HeardCallbacks
from hotline.telephony.lost_recordings import LostRecordings
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.recording_facts import RecordingFacts
from hotline.telephony.recordings import RecordingStore
from hotline.telephony.signature import CarrierSignature
from hotline.telephony.summons import SummonsCalls
from hotline.telephony.twiml import Documents
from hotline.telephony.webhooks import carrier_blueprint
from hotline.workforce.absences import Absences
from hotline.workforce.summons import Summoning
from models.calls import Call
from models.crypto import Keyring
from models.places import Centre
from models.unit_of_work import Clock
from tests.integration.routing.house import House

AUDIT_KEY = b"audit key of the tests"
TOKEN = "the carrier's token"


class Wiring(House):
    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        folder: Path,
        *,
        carrier: Carrier,
        addresses: Addresses,
        clock: Clock | None = None,
        beside: House | None = None,
    ) -> None:
        super().__init__(engine, clock=clock, beside=beside)
        self.addresses = addresses
        self.facts = RecordingFacts(self.work)
        self.store = RecordingStore(
            work=self.work,
            carrier=carrier,
            keyring=keyring,
            folder=folder / "recordings",
            audit_key=AUDIT_KEY,
        )
        self.danger = DangerProtocol(self.work, AUDIT_KEY)
        self.handlers = CarrierHandlers(
            work=self.work,
            carrier=carrier,
            addresses=addresses,
            offers=self.offers,
            legs=self.legs,
            recordings=self.facts,
            store=self.store,
            raise_danger=self.danger.raise_danger,
        ).by_kind()
        self.media_url = "ws://127.0.0.1:9/media"
        self.speech_installed = False
        self.captions = LiveCaptions(self.work, lambda: self.speech_installed)
        self.tokens = CaptionTokens("the session secret of the tests")
        self.handlers |= CaptionHandlers(
            carrier=carrier,
            captions=self.captions,
            media_url=self.media_url,
            token=self.tokens.for_stream,
        ).by_kind()
        self.absences = Absences(self.work, AUDIT_KEY)
        summons = SummonsCalls(self.work, Summoning(self.work, AUDIT_KEY), addresses)
        self.handlers["call_standby"] = lambda payload: summons.call_standby(carrier, payload)
        self.deadlines = Deadlines(
            self.work, self.clock, self.intake, self.offers, self.conversation, self.legs, carrier
        )
        self.flow = CallFlow(
            work=self.work,
            intake=self.intake,
            conversation=self.conversation,
            standby=self.standby,
            callbacks=self.callbacks,
            documents=Documents(addresses),
            nuisance=self.nuisance,
            guard=OutgoingGuard(
                carrier_is_embedded=True, mode="demonstration", is_demonstration=lambda: True
            ),
        )
        self.told = CallFacts(
            self.work, self.offers, self.conversation, self.callbacks, self.facts, self.legs
        )
        self.lost_recordings = LostRecordings(self.work, carrier, self.told)
        self.app = Flask("door")
        self.app.register_blueprint(
            carrier_blueprint(
                flow=self.flow,
                facts=self.told,
                captions=self.captions,
                heard=HeardCallbacks(self.work),
                signature=CarrierSignature(TOKEN, addresses.base_url),
                addresses=addresses,
                number="12356",
                summons=summons,
            )
        )

    def call_of_sid(self, sid: str) -> Call | None:
        with Session(self.engine) as session:
            return session.scalars(select(Call).where(Call.carrier_sid == sid)).first()

    def standby_phone(self, number: str) -> None:
        with Session(self.engine) as session, session.begin():
            session.get_one(Centre, self.centre_id).standby_phone = number
