"""Addresses of the carrier's door, as the carrier knows them: always the configured public URL."""

from __future__ import annotations

from dataclasses import dataclass

RETRY = "#rc=3&rp=5xx,ct,rt"
"""Connection overrides of every webhook: tried again when our door answers 5xx or not at all. They are the
address's fragment, so they are never part of what is signed. Sound files carry none: they are no webhooks."""


@dataclass(frozen=True)
class Addresses:
    base_url: str

    def _at(self, path: str) -> str:
        return self.base_url.rstrip("/") + path

    @property
    def voice(self) -> str:
        return self._at("/carrier/voice") + RETRY

    @property
    def status(self) -> str:
        """What becomes of a call that came in: set on the number and the application."""
        return self._at("/carrier/status") + RETRY

    @property
    def calm_audio(self) -> str:
        return self._at("/carrier/audio/calm.wav")

    @property
    def breath_audio(self) -> str:
        return self._at("/carrier/audio/breath.wav")

    def prompt_audio(self, sha256: str) -> str:
        return self._at(f"/carrier/audio/prompts/{sha256}.wav")

    def wait(self, call_id: int, query: str = "") -> str:
        return self._at(f"/carrier/wait/{call_id}") + (f"?{query}" if query else "") + RETRY

    def call(self, call_id: int, what: str, query: str = "") -> str:
        """`what`: key | menu | language | enqueue | after-queue | talk | after-talk | return | message |
        message-done | after-standby | on-hold | limited."""
        return self._at(f"/carrier/calls/{call_id}/{what}") + (f"?{query}" if query else "") + RETRY

    def offer_status(self, offer_id: int) -> str:
        return self._at(f"/carrier/offers/{offer_id}/status") + RETRY

    def leg_status(self, reference: str) -> str:
        """Of a leg called into a talk: `reference` is `<kind>-<id>`."""
        return self._at(f"/carrier/legs/{reference}/status") + RETRY

    def summons(self, summons_id: int, what: str) -> str:
        """Of a call to somebody who stands by. `what`: words | answer."""
        return self._at(f"/carrier/summons/{summons_id}/{what}") + RETRY

    def conference(self, call_id: int) -> str:
        return self._at(f"/carrier/conference/{call_id}") + RETRY

    def stream(self, stream_id: int) -> str:
        return self._at(f"/carrier/streams/{stream_id}") + RETRY

    @property
    def recording(self) -> str:
        return self._at("/carrier/recording") + RETRY
