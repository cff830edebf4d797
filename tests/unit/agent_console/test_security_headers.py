"""Which sockets a page may open: its own host's, and its telephone's, in both modes of the telephone."""

from __future__ import annotations

from agent_console.security_headers import content_security_policy
from hotline.telephony.access import SoftphoneTokens
from hotline.telephony.live_hosts import SIGNALLING_SOURCES


def tokens(signalling_url: str, line: str) -> SoftphoneTokens:
    return SoftphoneTokens(
        account_sid="AC" + "0" * 32,
        api_key_sid="SK" + "0" * 32,
        api_key_secret="a secret of thirty-two characters.",
        twiml_app_sid="AP" + "0" * 32,
        signalling_url=signalling_url,
        line=line,
    )


def connect_src(policy: str) -> list[str]:
    part = next(p for p in policy.split("; ") if p.startswith("connect-src "))
    return part.split()[1:]


def test_with_the_embedded_exchange_its_signalling_host_alone_is_named() -> None:
    access = tokens("wss://hotline.example.org:8006/signal", "voice-sdk")
    policy = content_security_policy("hotline.example.org", True, access.signalling_sources)
    assert connect_src(policy) == ["'self'", "wss://hotline.example.org", "wss://hotline.example.org:8006"]


def test_with_the_live_carrier_its_gateways_are_named_and_nothing_of_its_statistics() -> None:
    access = tokens("", "voice-sdk")
    policy = content_security_policy("hotline.example.org", True, access.signalling_sources)
    assert connect_src(policy) == ["'self'", "wss://hotline.example.org", *SIGNALLING_SOURCES]
    assert "wss://voice-js.roaming.twilio.com" in policy
    assert "*" not in policy
    assert "eventgw" not in policy
    assert "sdk.twilio.com" not in policy


def test_scripts_come_from_here_alone_in_both_modes() -> None:
    for sources in (SIGNALLING_SOURCES, ("ws://127.0.0.1:8002",)):
        assert "script-src 'self';" in content_security_policy("127.0.0.1:8000", False, sources)
