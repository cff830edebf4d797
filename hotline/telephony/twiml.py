"""TwiML documents, built by the carrier's own library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twilio.twiml.voice_response import Gather, VoiceResponse

from hotline.telephony.addresses import Addresses
from hotline.telephony.prompts import Line
from models.vocabulary_network import Language

ENGLISH = str(Language.ENGLISH)
QUEUE_NAME = "hotline"
CONFERENCE_EVENTS = "start end join leave mute hold modify"
RECORDED_MESSAGE_SECONDS = 180
STANDBY_RING_SECONDS = 25


class Documents:
    """Every document of a call; each ends with a way on, so that none ends the call by running out."""

    def __init__(
        self,
        addresses: Addresses,
        language: str | None = None,
        voice: Callable[[Line], Line] = lambda line: line,
    ) -> None:
        """`voice`: each line as it is in use now."""
        self._to = addresses
        self._language = language
        self._voice = voice

    def speaking(self, language: str) -> Documents:
        """The same documents in the language that the caller chose, where the lines exist in it alone."""
        return Documents(self._to, language if language == ENGLISH else None, self._voice)

    def greeting(self, call_id: int, line: Line) -> str:
        document = VoiceResponse()
        with_keys = self._keys(document, call_id, "key", "where=greeting", timeout=1)
        self._speak(with_keys, line)
        document.redirect(self._to.call(call_id, "enqueue", "notice=1"), method="POST")
        return str(document)

    def waiting(self, call_id: int, lines: Sequence[Line], *, calm_seconds: int) -> str:
        """Inside the queue: what there is to say, then calm sound; a key works at any moment."""
        document = VoiceResponse()
        with_keys = self._keys(document, call_id, "key", "where=wait", timeout=1)
        if lines:
            self._speak(with_keys, *lines)
        if calm_seconds:
            with_keys.play(self._to.calm_audio)
        return str(document)

    def breathing(self, call_id: int, lines: Sequence[Line], *, round_: int) -> str:
        """Inside the queue: some twenty seconds to breathe with, then the next round; keys work."""
        document = VoiceResponse()
        with_keys = self._keys(document, call_id, "key", "where=breathing", timeout=1)
        if lines:
            self._speak(with_keys, *lines)
        with_keys.play(self._to.breath_audio)
        document.redirect(self._to.wait(call_id, f"breath={round_ + 1}"), method="POST")
        return str(document)

    def breathe(self, call_id: int, round_: int = 0) -> str:
        """Inside the queue: to that round of the breathing exercise."""
        document = VoiceResponse()
        document.redirect(self._to.wait(call_id, f"breath={round_}"), method="POST")
        return str(document)

    def limited(self, call_id: int, line: Line, *, rounds_left: int) -> str:
        document = VoiceResponse()
        self._speak(self._keys(document, call_id, "key", "where=limited", timeout=4), line)
        document.redirect(self._to.call(call_id, "limited", f"rounds={rounds_left}"), method="POST")
        return str(document)

    def menu(self, call_id: int, lines: Sequence[Line], where: str) -> str:
        document = VoiceResponse()
        self._speak(self._keys(document, call_id, "menu", f"where={where}", timeout=6), *lines)
        self._go_on(document, call_id, where)
        return str(document)

    def languages(self, call_id: int, line: Line, where: str, offered: Sequence[str]) -> str:
        """`offered`: codes in the order of their keys, from 2 on; they come back with the key."""
        document = VoiceResponse()
        query = f"where={where}&offered={'-'.join(offered)}"
        self._speak(self._keys(document, call_id, "language", query, timeout=6), line)
        self._go_on(document, call_id, where)
        return str(document)

    def said(self, call_id: int, where: str, *lines: Line) -> str:
        """Say it and go on where the caller was: `wait` (inside the queue) or `greeting` (before it)."""
        document = VoiceResponse()
        self._speak(document, *lines)
        self._go_on(document, call_id, where)
        return str(document)

    def go_on(self, call_id: int, where: str) -> str:
        document = VoiceResponse()
        self._go_on(document, call_id, where)
        return str(document)

    def leave_queue(self, *lines: Line) -> str:
        """Inside the queue: out of it, to the action of Enqueue."""
        document = VoiceResponse()
        if lines:
            self._speak(document, *lines)
        document.leave()
        return str(document)

    def enqueue(self, call_id: int, *lines: Line) -> str:
        document = VoiceResponse()
        if lines:
            self._speak(document, *lines)
        document.enqueue(
            QUEUE_NAME,
            action=self._to.call(call_id, "after-queue"),
            method="POST",
            wait_url=self._to.wait(call_id),
            wait_url_method="POST",
        )
        return str(document)

    def hold_on(self, call_id: int, line: Line) -> str:
        """No queue at the carrier: calm sound, and try the queue again."""
        document = VoiceResponse()
        self._speak(document, line)
        document.play(self._to.calm_audio)
        document.redirect(self._to.call(call_id, "enqueue"), method="POST")
        return str(document)

    def talk(self, call_id: int, conference: str, *lines: Line) -> str:
        """The caller ends the conference by leaving; an operator's leg never does."""
        document = VoiceResponse()
        if lines:
            self._speak(document, *lines)
        dial = document.dial(action=self._to.call(call_id, "after-talk"), method="POST")
        dial.conference(
            conference,
            start_conference_on_enter=True,
            end_conference_on_exit=True,
            beep=False,
            wait_url=self._to.calm_audio,
            wait_method="GET",
            status_callback=self._to.conference(call_id),
            status_callback_method="POST",
            status_callback_event=CONFERENCE_EVENTS,
        )
        return str(document)

    def on_hold(self, line: Line) -> str:
        """Say, Play, Pause and Redirect alone are allowed to somebody on hold."""
        document = VoiceResponse()
        self._speak(document, line)
        document.play(self._to.calm_audio)
        return str(document)

    def message_question(self, call_id: int, line: Line) -> str:
        document = VoiceResponse()
        self._speak(self._keys(document, call_id, "message", "", timeout=4), line)
        document.redirect(self._to.call(call_id, "message"), method="POST")
        return str(document)

    def message(self, call_id: int, lines: Sequence[Line]) -> str:
        document = VoiceResponse()
        self._speak(document, *lines)
        document.record(
            action=self._to.call(call_id, "message-done"),
            method="POST",
            max_length=RECORDED_MESSAGE_SECONDS,
            timeout=6,
            finish_on_key="#",
            play_beep=True,
            trim="do-not-trim",
            recording_status_callback=self._to.recording,
            recording_status_callback_method="POST",
            recording_status_callback_event="completed absent",
        )
        # An empty recording falls through to here.
        document.redirect(self._to.call(call_id, "message-done"), method="POST")
        return str(document)

    def standby(self, call_id: int, number: str, line: Line) -> str:
        document = VoiceResponse()
        self._speak(document, line)
        dial = document.dial(
            action=self._to.call(call_id, "after-standby"), method="POST", timeout=STANDBY_RING_SECONDS
        )
        dial.number(number)
        return str(document)

    def asks_to_come(self, summons_id: int, line: Line, rounds: int) -> str:
        """To a member of staff: said so many times, each with its time for a key; then the line is closed."""
        document = VoiceResponse()
        for _ in range(rounds):
            gather = document.gather(
                input="dtmf",
                num_digits=1,
                timeout=6,
                action=self._to.summons(summons_id, "answer"),
                method="POST",
            )
            self._speak(gather, line)
        document.hangup()
        return str(document)

    def over(self, line: Line) -> str:
        """After a talk that was ended on purpose."""
        document = VoiceResponse()
        self._speak(document, line)
        document.hangup()
        return str(document)

    def nothing(self) -> str:
        return str(VoiceResponse())

    def calm(self, line: Line, resume_url: str) -> str:
        """When we failed: the caller hears so, and we are asked again."""
        document = VoiceResponse()
        self._speak(document, line)
        document.pause(length=3)
        document.redirect(resume_url, method="POST")
        return str(document)

    def back_to_voice(self) -> str:
        document = VoiceResponse()
        document.redirect(self._to.voice, method="POST")
        return str(document)

    def _speak(self, parent: Any, *lines: Line) -> None:
        """All Chinese first, then the English: who understands the first need not wait for the second.

        A recorded line is played in its place; what stands before and after it is said around it.
        """
        words: list[Line] = []
        for line in map(self._voice, lines):
            if line.audio is None:
                words.append(line)
                continue
            self._say(parent, words)
            words = []
            parent.play(self._to.prompt_audio(line.audio))
        self._say(parent, words)

    def _say(self, parent: Any, lines: Sequence[Line]) -> None:
        if not lines:
            return
        if self._language != ENGLISH:
            parent.say("".join(line.zh for line in lines), language="zh-CN")
        parent.say(" ".join(line.en for line in lines), language="en-US")

    def _keys(self, document: VoiceResponse, call_id: int, what: str, query: str, *, timeout: int) -> Gather:
        gather: Gather = document.gather(
            input="dtmf",
            num_digits=1,
            finish_on_key="",
            timeout=timeout,
            action=self._to.call(call_id, what, query),
            method="POST",
        )
        return gather

    def _go_on(self, document: VoiceResponse, call_id: int, where: str) -> None:
        url = self._to.wait(call_id) if where == "wait" else self._to.call(call_id, "enqueue")
        document.redirect(url, method="POST")
