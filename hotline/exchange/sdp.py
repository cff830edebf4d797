"""Session descriptions: PCMU first, since it costs half of Opus and equals what streams carry.

The order of the offer decides; on the answering side aiortc heeds no codec preferences.
"""

from __future__ import annotations

PCMU = "0"


def prefer_pcmu(offer: str) -> str:
    """The offer with PCMU as the only speech codec, when it has PCMU at all; else unchanged."""
    lines = offer.replace("\r\n", "\n").split("\n")
    for i, line in enumerate(lines):
        if line.startswith("m=audio "):
            media, port, profile, *types = line.split(" ")
            if PCMU not in types:
                return offer
            events = [t for t in types if any(s.startswith(f"a=rtpmap:{t} telephone-event") for s in lines)]
            kept = [PCMU, *events]
            lines[i] = " ".join([media, port, profile, *kept])
            gone = tuple(
                f"a={kind}:{t} " for t in types if t not in kept for kind in ("rtpmap", "fmtp", "rtcp-fb")
            )
            return "\r\n".join(line for line in lines if not (gone and line.startswith(gone)))
    return offer
