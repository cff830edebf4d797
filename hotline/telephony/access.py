"""Access tokens for softphones: one identity, a short life, no secret in the browser."""

from __future__ import annotations

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

LIFE_SECONDS = 600


class SoftphoneTokens:
    """Plays the console's `SoftphoneAccess`. `seat_N` is rung; `caller_…` dials in."""

    def __init__(
        self,
        *,
        account_sid: str,
        api_key_sid: str,
        api_key_secret: str,
        twiml_app_sid: str,
        signalling_url: str,
        life_seconds: int = LIFE_SECONDS,
    ) -> None:
        self._account_sid = account_sid
        self._api_key_sid = api_key_sid
        self._api_key_secret = api_key_secret
        self._twiml_app_sid = twiml_app_sid
        self.signalling_url = signalling_url
        self._life_seconds = life_seconds

    def token(self, identity: str) -> str:
        is_seat = identity.startswith("seat_")
        token = AccessToken(
            self._account_sid,
            self._api_key_sid,
            self._api_key_secret,
            identity=identity,
            ttl=self._life_seconds,
        )
        token.add_grant(
            VoiceGrant(
                incoming_allow=is_seat,
                outgoing_application_sid=None if is_seat else self._twiml_app_sid,
            )
        )
        return str(token.to_jwt())
