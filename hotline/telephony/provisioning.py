"""What the live carrier must hold for us, compared with what it holds: application, number, key, queue.

`Provisioning.look()` asks and changes nothing; each `Finding` says what is, what will be, and can mend it.
Numbers are never bought and nothing is deleted. No error repeats the carrier's words: they may hold data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from hotline.telephony.addresses import Addresses
from hotline.telephony.twiml import QUEUE_NAME

NAME = "hotline"
"""Friendly name of everything that is made here."""
QUEUE_SIZE = 1000
APPLICATION_SETTING = "CARRIER_TWIML_APP_SID"
KEY_SETTINGS = ("CARRIER_API_KEY_SID", "CARRIER_API_KEY_SECRET")


class ProvisioningFailed(Exception):
    """`why`: away | account | number | trunk | refused. `code`: the carrier's own, when it gave one."""

    def __init__(self, why: str, code: int | None = None) -> None:
        super().__init__(f"{why} ({code})" if code else why)
        self.why, self.code = why, code


@dataclass(frozen=True)
class Difference:
    """One property: what is, and what will be. Never a secret."""

    field: str
    now: str
    wanted: str


@dataclass(frozen=True)
class Finding:
    """One thing at the carrier. No differences: nothing to do."""

    what: str
    sid: str
    differences: tuple[Difference, ...] = ()
    mend: Callable[[], Mapping[str, str]] | None = None
    """Does it; returns settings that were made by it (name without prefix -> value, secrets among them)."""


@dataclass(frozen=True)
class Wanted:
    """`number`: as the carrier writes it (+ and digits). The sids: as set now, or empty."""

    number: str
    addresses: Addresses
    fallback_url: str
    application_sid: str = ""
    api_key_sid: str = ""


class Provisioning:
    def __init__(self, client: Client, wanted: Wanted) -> None:
        self._client = client
        self._wanted = wanted
        self._application_sid = ""

    def look(self) -> list[Finding]:
        """Raises ProvisioningFailed."""
        with _in_our_words():
            self._client.api.accounts(self._client.username).fetch()
            return [self._application(), self._number(), self._key(), self._queue()]

    def apply(self, findings: list[Finding], keep: Callable[[Mapping[str, str]], None]) -> None:
        """Mend what differs. `keep` gets the settings of each step at once: a key's secret is told once, and
        must not be lost when a later step fails. Raises ProvisioningFailed."""
        for finding in findings:
            if finding.mend is None:
                continue
            with _in_our_words():
                made = finding.mend()
            if made:
                keep(made)

    def _application(self) -> Finding:
        wanted = {**self._voice(), "status_callback": self._wanted.addresses.status, **_POST_STATUS}
        found = _or_none(self._client.applications, self._wanted.application_sid)
        if found is None:
            found = next(iter(self._client.applications.list(friendly_name=NAME, limit=1)), None)
        if found is None:

            def create() -> Mapping[str, str]:
                made = self._client.applications.create(friendly_name=NAME, **wanted)
                self._application_sid = str(made.sid)
                return {APPLICATION_SETTING: self._application_sid}

            return Finding("application", "", _all_new({"friendly_name": NAME, **wanted}), create)
        sid = self._application_sid = str(found.sid)

        def mend() -> Mapping[str, str]:
            if different:
                self._client.applications(sid).update(**wanted)
            return {APPLICATION_SETTING: sid} if sid != self._wanted.application_sid else {}

        different = _differences(found, wanted)
        if sid != self._wanted.application_sid:
            setting = Difference(APPLICATION_SETTING, self._wanted.application_sid, sid)
            return Finding("application", sid, (*different, setting), mend)
        return Finding("application", sid, different, mend if different else None)

    def _number(self) -> Finding:
        found = self._client.incoming_phone_numbers.list(phone_number=self._wanted.number, limit=1)
        if not found:
            raise ProvisioningFailed("number")
        wanted = {**self._voice(), "status_callback": self._wanted.addresses.status, **_POST_STATUS}
        if found[0].trunk_sid:
            raise ProvisioningFailed("trunk")
        sid, theirs = str(found[0].sid), str(found[0].voice_application_sid or "")
        different = _differences(found[0], wanted)
        # An application on the number wins over its own addresses, so it must be ours.
        takes_ours = bool(theirs) and theirs != self._application_sid
        if takes_ours:
            ours = Difference("voice_application_sid", theirs, self._application_sid or NAME)
            different = (*different, ours)
        if not different:
            return Finding("number", sid)

        def mend() -> Mapping[str, str]:
            ours = {"voice_application_sid": self._application_sid} if takes_ours else {}
            self._client.incoming_phone_numbers(sid).update(**wanted, **ours)
            return {}

        return Finding("number", sid, different, mend)

    def _key(self) -> Finding:
        sid = self._wanted.api_key_sid
        if _or_none(self._client.keys, sid) is not None:
            return Finding("api key", sid)

        def make() -> Mapping[str, str]:
            made = self._client.new_keys.create(friendly_name=NAME)
            return dict(zip(KEY_SETTINGS, (str(made.sid), str(made.secret)), strict=True))

        return Finding("api key", "", (Difference("friendly_name", "", NAME),), make)

    def _queue(self) -> Finding:
        found = next((q for q in self._client.queues.stream() if q.friendly_name == QUEUE_NAME), None)
        if found is None:
            wanted = {"friendly_name": QUEUE_NAME, "max_size": QUEUE_SIZE}

            def create() -> Mapping[str, str]:
                self._client.queues.create(**wanted)
                return {}

            return Finding("queue", "", _all_new(wanted), create)
        sid, size = str(found.sid), int(found.max_size or 0)
        if size >= QUEUE_SIZE:
            return Finding("queue", sid)

        def grow() -> Mapping[str, str]:
            self._client.queues(sid).update(max_size=QUEUE_SIZE)
            return {}

        return Finding("queue", sid, (Difference("max_size", str(size), str(QUEUE_SIZE)),), grow)

    def _voice(self) -> dict[str, str]:
        return {
            "voice_url": self._wanted.addresses.voice,
            "voice_method": "POST",
            "voice_fallback_url": self._wanted.fallback_url,
            "voice_fallback_method": "POST",
        }


_POST_STATUS = {"status_callback_method": "POST"}


def _differences(found: Any, wanted: Mapping[str, str]) -> tuple[Difference, ...]:
    """An empty value and none are the same to the carrier."""
    pairs = ((name, str(getattr(found, name, None) or ""), value) for name, value in wanted.items())
    return tuple(Difference(name, now, value) for name, now, value in pairs if now != value)


def _all_new(wanted: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(Difference(name, "", str(value)) for name, value in wanted.items() if str(value))


def _or_none(resource: Callable[[str], Any], sid: str) -> Any:
    """None for what is not there, or was never named."""
    try:
        return resource(sid).fetch() if sid else None
    except TwilioRestException as error:
        if error.status == 404:
            return None
        raise


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except TwilioRestException as error:
        why = "account" if error.status in (401, 403) else "away" if error.status >= 500 else "refused"
        raise ProvisioningFailed(why, error.code) from None
    except (requests.RequestException, TwilioException):
        raise ProvisioningFailed("away") from None
