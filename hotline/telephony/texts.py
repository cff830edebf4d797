"""A short text through the carrier: the REST resource Messages, for red alerts and signers on duty.

The embedded exchange takes texts too and keeps them: none leaves the machine.
"""

from __future__ import annotations

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from hotline.telephony.outgoing import NumberForbidden, OutgoingGuard
from hotline.telephony.rest_client import BaseAddressClient


class CarrierTexts:
    """Plays `Texts` of the alerts. `sender`: the hotline's number, or a sender the carrier registered."""

    def __init__(
        self, *, account_sid: str, auth_token: str, base_url: str, sender: str, guard: OutgoingGuard
    ) -> None:
        self._sender = sender
        self._guard = guard
        self._http = BaseAddressClient(base_url)
        self._client = Client(account_sid, auth_token, http_client=self._http)

    def close(self) -> None:
        self._http.session.close()

    def send_text(self, number: str, text: str) -> tuple[bool, str]:
        """Whether the carrier took it, and a code or kind of failure that tells neither number nor text."""
        try:
            self._guard.check(number)
            self._client.messages.create(to=number, from_=self._sender, body=text)
        except NumberForbidden:
            return False, "number not allowed in this mode"
        except TwilioRestException as error:
            return False, f"carrier {error.status} {error.code or ''}".strip()
        except (requests.RequestException, TwilioException) as error:
            return False, type(error).__name__
        return True, "carrier accepted"
