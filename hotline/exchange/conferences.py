"""Conferences: named rooms whose members come and go, with the carrier's life-cycle events.

A conference begins when two are there and one of them may start it; until then each hears the
wait music. Status callback and events are those of the first participant.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.exchange.moments import now, rfc2822
from hotline.exchange.participant_music import HoldMusic
from hotline.exchange.room import Member, Room
from hotline.exchange.sids import new_sid
from hotline.exchange.sound import as_frames, tone

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange

MAX_PARTICIPANTS = 250


@dataclass(frozen=True)
class JoinOptions:
    """How a participant enters. Empty `wait_url` is silence, None the default music."""

    start_on_enter: bool = True
    end_on_exit: bool = False
    muted: bool = False
    beep: str = "true"
    label: str = ""
    wait_url: str | None = None
    wait_method: str = "POST"
    callback_url: str = ""
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset({"start", "end"})
    coach: str = ""


@dataclass(eq=False)
class Participant:
    call: Call
    options: JoinOptions
    member: Member
    left: asyncio.Future[str]
    end_on_exit: bool = False
    coach: str = ""
    status: str = "connected"
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    music: HoldMusic | None = None


class Conference:
    """init, in-progress, completed."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.sid, self.name = new_sid("CF"), name
        self.status = "init"
        self.created_at = self.updated_at = now()
        self.participants: dict[str, Participant] = {}
        # Legs that were asked to come (Participants create) and have not answered yet.
        self.expected: dict[str, tuple[Call, JoinOptions]] = {}
        self.reason_ended: str | None = None
        self.ended_by: str | None = None
        self.room = Room(open=False)
        self._exchange = exchange
        self._callback: JoinOptions | None = None
        self._sequence = 0

    # -- coming and going
    async def stay(self, call: Call, options: JoinOptions) -> str:
        """Take part until one leaves; the reason. Cancelling leaves too."""
        participant = self.join(call, options)
        try:
            return await participant.left
        finally:
            self.leave(participant)

    def join(self, call: Call, options: JoinOptions) -> Participant:
        self.expected.pop(call.sid, None)
        member = Member(muted=options.muted)
        left: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        participant = Participant(call, options, member, left, options.end_on_exit, options.coach)
        participant.music = HoldMusic(self._exchange, call)
        if self._callback is None:
            self._callback = options
        self.participants[call.sid] = participant
        self.room.members.append(member)
        call.audio.member = member
        self.set_coach(participant, options.coach)
        self._exchange.trace("state", call, "Conference")
        self._exchange.event_log.write("conference.joined", call=call.sid, conference=self.sid)
        self.tell("participant-join", "join", participant)
        if options.beep in ("true", "onEnter") and self.status == "in-progress":
            self.room.announce(as_frames(tone(850, 0.2, 0.1)))
        if self.status == "init":
            self._start_if_ready(participant)
        return participant

    def leave(self, participant: Participant) -> None:
        """Give the place back; ends the conference when it was the last, or the one that ends it."""
        if self.participants.get(participant.call.sid) is not participant:
            return
        interruption = participant.call.program.interruption
        if participant.left.done() and not participant.left.cancelled():
            reason = participant.left.result()
        elif interruption == "redirected" or participant.call.ended_by_api:
            reason = "participant_updated_via_api"
        else:
            reason = "participant_hung_up"
        self._remove(participant, reason)
        if participant.end_on_exit:
            self.end("participant-with-end-conference-on-exit-left", participant.call.sid)
        elif not self.participants:
            self.end("last-participant-left", participant.call.sid)

    def remove_by_api(self, participant: Participant) -> None:
        if not participant.left.done():
            participant.left.set_result("participant_updated_via_api")
        self.leave(participant)

    def end(self, reason: str, by_call: str | None) -> None:
        """Everybody goes on with what comes after the conference."""
        if self.status == "completed":
            return
        was_started = self.status == "in-progress" or self._callback is not None
        self.status, self.reason_ended, self.ended_by = "completed", reason, by_call
        self.updated_at = now()
        for participant in list(self.participants.values()):
            if not participant.left.done():
                participant.left.set_result(
                    "conference_ended_via_api" if not by_call else "moderator_ended_conference"
                )
            self._remove(participant, participant.left.result())
        self.room.open = False
        if self.room in self._exchange.rooms:
            self._exchange.rooms.remove(self.room)
        self._exchange.event_log.write("conference.ended", conference=self.sid, reason=reason)
        if was_started:
            fields = {"ReasonConferenceEnded": reason, "Reason": reason.replace("-", " ")}
            if by_call:
                fields["CallSidEndingConference"] = by_call
            self.tell("conference-end", "end", None, fields)

    def forget_expected(self, call: Call) -> None:
        """A leg that was asked to come will not: an empty conference ends without a word."""
        self.expected.pop(call.sid, None)
        if self.status == "init" and not self.participants and not self.expected:
            self.status, self.reason_ended = "completed", "last-participant-left"
            self.updated_at = now()

    # -- changes by REST
    def set_muted(self, participant: Participant, muted: bool) -> None:
        if participant.member.muted != muted:
            participant.member.muted = muted
            participant.updated_at = now()
            self.tell("participant-mute" if muted else "participant-unmute", "mute", participant)

    def set_hold(self, participant: Participant, hold: bool, url: str | None, method: str) -> None:
        music = participant.music
        assert music is not None
        changed = participant.member.on_hold != hold
        self._exchange.trace("state", participant.call, "hold" if hold else "unhold")
        participant.member.on_hold = hold
        participant.updated_at = now()
        if hold:
            music.start(url, method, repeat=True)
        else:
            music.stop()
            if self.status == "init":
                music.start(participant.options.wait_url, participant.options.wait_method)
        if changed:
            self.tell("participant-hold" if hold else "participant-unhold", "hold", participant)

    def set_coach(self, participant: Participant, call_sid: str) -> None:
        """Only the coached one hears the coach, and nobody when that one is not there (any more).

        Someone meant to whisper must never be heard by all because the coached one has left.
        """
        participant.coach = call_sid
        coached = self.participants.get(call_sid)
        nobody = Member() if call_sid else None
        participant.member.coaches = coached.member if coached else nobody

    def modified(self, participant: Participant) -> None:
        participant.updated_at = now()
        self.tell("participant-modify", "modify", participant)

    # -- inside
    def _start_if_ready(self, newcomer: Participant) -> None:
        ready = len(self.participants) >= 2 and any(
            p.options.start_on_enter for p in self.participants.values()
        )
        if not ready:
            assert newcomer.music is not None
            newcomer.music.start(newcomer.options.wait_url, newcomer.options.wait_method)
            return
        self.status = "in-progress"
        self.updated_at = now()
        self.room.open = True
        self._exchange.rooms.append(self.room)
        for participant in self.participants.values():
            if participant.music is not None and not participant.member.on_hold:
                participant.music.stop()
            self.set_coach(participant, participant.coach)
        self._exchange.trace("state", newcomer.call, "bridged")
        self._exchange.bridged += 1
        self.tell("conference-start", "start", None)

    def _remove(self, participant: Participant, reason: str) -> None:
        self.participants.pop(participant.call.sid, None)
        participant.status = "complete"
        if participant.music is not None:
            participant.music.stop()
        if participant.member in self.room.members:
            self.room.members.remove(participant.member)
        if participant.call.audio.member is participant.member:
            participant.call.audio.member = None
        if participant.options.beep in ("true", "onExit") and self.participants and self.room.open:
            self.room.announce(as_frames(tone(620, 0.2, 0.1)))
        self._exchange.event_log.write(
            "conference.left", call=participant.call.sid, conference=self.sid, reason=reason
        )
        self.tell("participant-leave", "leave", participant, {"ReasonParticipantLeft": reason})

    def tell(
        self, event: str, kind: str, participant: Participant | None, more: dict[str, str] | None = None
    ) -> None:
        self._sequence += 1
        options = self._callback
        if options is None or not options.callback_url or kind not in options.callback_events:
            return
        fields = {
            "AccountSid": self._exchange.configuration.account_sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self._sequence),
            "Timestamp": rfc2822(now()) or "",
            **(more or {}),
        }
        if participant is not None:
            fields |= {
                "CallSid": participant.call.sid,
                "Muted": str(participant.member.muted).lower(),
                "Hold": str(participant.member.on_hold).lower(),
                "Coaching": str(participant.member.coaches is not None).lower(),
                "EndConferenceOnExit": str(participant.end_on_exit).lower(),
                "StartConferenceOnEnter": str(participant.options.start_on_enter).lower(),
            }
            if participant.options.label:
                fields["ParticipantLabel"] = participant.options.label
        self._exchange.callbacks.send(self.sid, options.callback_url, options.callback_method, fields)


class Conferences:
    """All conferences; a name is free again when its conference is over."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._by_sid: dict[str, Conference] = {}

    def live(self, name: str) -> Conference:
        """The conference of that name, made when there is none that still runs."""
        found = self.find_live(name)
        if found is None:
            found = Conference(self._exchange, name)
            self._by_sid[found.sid] = found
        return found

    def find_live(self, name: str) -> Conference | None:
        return next((c for c in self._by_sid.values() if c.name == name and c.status != "completed"), None)

    def get(self, sid: str) -> Conference | None:
        return self._by_sid.get(sid)

    def all(self) -> list[Conference]:
        return list(self._by_sid.values())
