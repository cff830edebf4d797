"""Access tokens for softphones: one identity, a short life, no secret in the browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hotline.telephony.live_hosts import SIGNALLING_SOURCES

LIFE_SECONDS = 600


class SoftphoneTokens:
    """Plays the console's `SoftphoneAccess`. `seat_N` and `person_N` are rung; `caller_…` dials in.

    `line`: `own` or `voice-sdk`, what the browser speaks with. `signalling_url`: empty means the live
    carrier's own gateways.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        api_key_sid: str,
        api_key_secret: str,
        twiml_app_sid: str,
        signalling_url: str,
        line: str = "own",
        life_seconds: int = LIFE_SECONDS,
    ) -> None:
        self._account_sid = account_sid
        self._api_key_sid = api_key_sid
        self._api_key_secret = api_key_secret
        self._twiml_app_sid = twiml_app_sid
        self.line = line
        self.signalling_url = signalling_url
        where = urlsplit(signalling_url)
        self.signalling_sources = (
            (f"{where.scheme}://{where.netloc}",) if signalling_url else SIGNALLING_SOURCES
        )
        self._life_seconds = life_seconds

    def token(self, identity: str) -> str:
        is_rung = identity.startswith(("seat_", "person_"))
        token = AccessToken(
            self._account_sid,
            self._api_key_sid,
            self._api_key_secret,
            identity=identity,
            ttl=self._life_seconds,
        )
        token.add_grant(
            VoiceGrant(
                incoming_allow=is_rung,
                outgoing_application_sid=None if is_rung else self._twiml_app_sid,
            )
        )
        return str(token.to_jwt())
