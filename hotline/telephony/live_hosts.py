"""Hosts of the live carrier that a browser speaks with, in one place: the pages' policy names them all.

Source: @twilio/voice-sdk 2.18.5, lib/twilio/regions.ts (`createChunderEdgeURI`), and the maker's page on
edge locations. A call begins at `roaming` and goes on at the edge that the gateway names, so all stand here.
Sounds and statistics of the SDK would go to sdk.twilio.com and eventgw.twilio.com; our adapter
(`static/js/softphone/sdk_line.js`) switches both off, so they are not named.
"""

from __future__ import annotations

EDGES = (
    "roaming",
    "ashburn",
    "ashburn-ix",
    "dublin",
    "frankfurt",
    "frankfurt-ix",
    "london-ix",
    "san-jose-ix",
    "sao-paulo",
    "singapore",
    "singapore-ix",
    "sydney",
    "sydney-ix",
    "tokyo",
    "tokyo-ix",
    "umatilla",
)
SIGNALLING_SOURCES = tuple(f"wss://voice-js.{edge}.twilio.com" for edge in EDGES)
