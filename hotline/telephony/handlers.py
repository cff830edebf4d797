"""Carrier work by outbox kind: each looks at the record first, so that doing it twice does it once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from hotline.routing.consent import may_record
from hotline.routing.legs import Legs
from hotline.routing.offers import Offers
from hotline.routing.transactions import reading
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import Carrier, LegGone, RecordingGone
from hotline.telephony.dialling import Dialling
from hotline.telephony.recording_facts import RecordingFacts
from hotline.telephony.recordings import RecordingStore
from hotline.telephony.ringing import Ringing
from models.calls import Call, Offer
from models.participation import Participation
from models.recordings import Recording
from models.unit_of_work import Work
from models.vocabulary import CallState, RecordingKind, RecordingState
from models.vocabulary_talk import ParticipationState

log = logging.getLogger("hotline.carrier")

Handler = Callable[[dict[str, Any]], None]
RaiseDanger = Callable[[int, str], object]
"""care's danger protocol: call id, source."""


class CarrierHandlers:
    def __init__(
        self,
        *,
        work: Work,
        carrier: Carrier,
        addresses: Addresses,
        offers: Offers,
        legs: Legs,
        recordings: RecordingFacts,
        store: RecordingStore,
        raise_danger: RaiseDanger,
    ) -> None:
        self._work = work
        self._carrier = carrier
        self._to = addresses
        self._recordings = recordings
        self._store = store
        self._raise_danger = raise_danger
        self._dialling = Dialling(work, carrier)
        self._ringing = Ringing(work, carrier, offers, legs)

    def by_kind(self) -> dict[str, Handler]:
        return {
            "ring_seat": self._ringing.ring_seat,
            "dial_back": self._dialling.dial_back,
            "hang_up": self._dialling.hang_up,
            "cancel_leg": self.cancel_leg,
            "connect_caller": self.connect_caller,
            "requeue_caller": self.requeue_caller,
            "end_call": self.end_call,
            "hold": self.hold,
            "mute": self.mute,
            "ring_participant": self._ringing.ring_participant,
            "drop_leg": lambda payload: self._carrier.cancel_leg(payload["leg_sid"]),
            "set_mode": self.set_mode,
            "start_recording": self.start_recording,
            "pause_recording": self.pause_recording,
            "stop_recording": self.stop_recording,
            "erase_recording": lambda payload: self._store.erase(
                payload["call_id"], messages=bool(payload.get("messages"))
            ),
            "erase_expired": lambda payload: self._store.erase_expired(payload["recording_id"]),
            "delete_at_carrier": lambda payload: self._store.delete_at_carrier(payload["recording_id"]),
            "fetch_recording": lambda payload: self._store.fetch(payload["recording_id"]),
            "raise_danger": self.raise_danger,
        }

    def cancel_leg(self, payload: dict[str, Any]) -> None:
        with reading(self._work) as unit:
            offer = unit.session.get(Offer, payload["offer_id"])
        if offer is not None and offer.leg_sid:
            self._carrier.cancel_leg(offer.leg_sid)

    def connect_caller(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        if call is not None and call.state is CallState.CONNECTING and call.carrier_sid:
            self._move(call.carrier_sid, self._to.call(call.id, "talk"))

    def requeue_caller(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        if call is not None and call.state is CallState.QUEUED and call.carrier_sid:
            self._move(call.carrier_sid, self._to.call(call.id, "return"))

    def _move(self, call_sid: str, url: str) -> None:
        try:
            self._carrier.move(call_sid, url)
        except LegGone:
            # The caller hung up in between; the status callback, or reconciliation, tells it.
            log.info("a caller left while being moved")

    def end_call(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        if call is not None and call.carrier_sid and call.state in (CallState.TALKING, CallState.CONNECTING):
            self._carrier.end_call(call.carrier_sid)

    def hold(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        on = bool(payload["on"])
        if call is None or call.state is not CallState.TALKING or not call.carrier_sid:
            return
        if call.hold_wanted is not on:
            return  # Asked otherwise since: a wish that waited for the carrier must not undo a newer one.
        try:
            self._carrier.hold(
                conference=call.conference_name,
                call_sid=call.carrier_sid,
                on=on,
                url=self._to.call(call.id, "on-hold"),
            )
        except LegGone:
            log.info("a caller left before being put on hold")

    def mute(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        on = bool(payload["on"])
        if call is None or call.operator_sid is None or call.mute_wanted is not on:
            return
        try:
            self._carrier.mute(conference=call.conference_name, leg_sid=call.operator_sid, on=on)
        except LegGone:
            log.info("an operator's leg was gone before it was muted")

    def set_mode(self, payload: dict[str, Any]) -> None:
        with reading(self._work) as unit:
            one = unit.session.get(Participation, payload["participation_id"])
            call = one.call if one is not None else None
        if one is None or call is None or one.state is not ParticipationState.IN or not one.leg_sid:
            return
        try:
            self._carrier.set_mode(
                conference=call.conference_name,
                leg_sid=one.leg_sid,
                mode=one.mode_wanted,
                operator_sid=call.operator_sid or "",
            )
        except LegGone:
            log.info("a supervisor's leg, or whom it spoke to, was gone")

    def start_recording(self, payload: dict[str, Any]) -> None:
        """Consent is looked at again here: it may have been refused since the talk began."""
        call = self._call(payload)
        if call is None or call.state is not CallState.TALKING or not call.carrier_sid:
            return
        with reading(self._work) as unit:
            allowed = may_record(unit.session, call.id)
        # One of an earlier talk of this call may have been stopped without our having been told yet.
        if not allowed or any(one.started_at >= call.state_since for one in self._running(call.id)):
            return
        try:
            recording_sid = self._carrier.start_recording(call.carrier_sid)
        except LegGone:
            return
        self._recordings.started(call.id, recording_sid)

    def pause_recording(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        for recording in self._running(payload["call_id"]):
            if call is None or not call.carrier_sid or not recording.carrier_sid:
                continue
            try:
                self._carrier.pause_recording(call.carrier_sid, recording.carrier_sid, bool(payload["on"]))
                self._recordings.paused(call.id, bool(payload["on"]))
            except RecordingGone:
                log.info("a recording was over before it was paused")

    def stop_recording(self, payload: dict[str, Any]) -> None:
        call = self._call(payload)
        for recording in self._running(payload["call_id"]):
            if call is not None and call.carrier_sid and recording.carrier_sid:
                self._carrier.stop_recording(call.carrier_sid, recording.carrier_sid)

    def raise_danger(self, payload: dict[str, Any]) -> None:
        self._raise_danger(payload["call_id"], payload["source"])

    def _call(self, payload: dict[str, Any]) -> Call | None:
        with reading(self._work) as unit:
            return unit.session.get(Call, payload["call_id"])

    def _running(self, call_id: int) -> list[Recording]:
        with reading(self._work) as unit:
            return list(
                unit.session.scalars(
                    select(Recording).where(
                        Recording.call_id == call_id,
                        Recording.kind == RecordingKind.TALK,
                        Recording.state == RecordingState.STARTED,
                    )
                )
            )
