"""PCMU between a peer connection's socket and the tick, past the library's queues, tasks and decoder thread.

socket -> SRTP -> RTP header -> `take(timestamp, payload)`        in the socket's own callback
frame -> RTP header -> SRTP -> socket                             in the tick

aiortc passes each packet through three queues, two tasks, a jitter buffer of 80 ms and a thread, which is
most of what a leg costs (`benchmarks/exchange.py`). Connecting, keys, consent and RTCP stay with the library.
The inner names used here are not its public face: where one is missing, `open_direct` answers None and the
leg goes the library's way. RTP: RFC 3550; PCMU: payload type 0 of RFC 3551.
"""

from __future__ import annotations

import logging
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aiortc import RTCPeerConnection
from aiortc.rtcrtpreceiver import StreamStatistics

from hotline.exchange.sound import FRAME, RATE

log = logging.getLogger(__name__)

PCMU = 0
HEADER = struct.Struct("!BBHII")
ACCOUNT_EVERY = 50  # packets; the sender report leaves about once a second
NTP_EPOCH_SECONDS = 2_208_988_800

Take = Callable[[int, bytes], None]


class _Header:
    """What the library's statistics read of a packet."""

    __slots__ = ("sequence_number", "timestamp")

    def __init__(self) -> None:
        self.sequence_number = 0
        self.timestamp = 0


class DirectMedia:
    """Both directions of one connected peer; made by `open_direct` alone."""

    def __init__(self, sender: Any, receiver: Any, take: Take) -> None:
        self._sender = sender
        self._dtls = sender.transport
        self._ice = self._dtls.transport._connection
        self._library_receives = self._ice.data_received
        self._nominated = self._ice._nominated
        self._protect, self._unprotect = self._dtls._tx_srtp.protect, self._dtls._rx_srtp.unprotect
        self._streams: dict[int, StreamStatistics] = receiver._RTCRtpReceiver__remote_streams
        self._account = vars(sender)
        self._octets = self._account["_RTCRtpSender__octet_count"]
        self._packets = self._account["_RTCRtpSender__packet_count"]
        self._take = take
        self._header = _Header()
        self._ssrc = sender._ssrc
        self._sequence = secrets.randbits(15)
        self._timestamp = secrets.randbits(31)
        self._ice.data_received = self._receive

    def close(self) -> None:
        """Give the socket back to the library, which closes the connection."""
        self._ice.data_received = self._library_receives

    def send(self, payload: bytes) -> None:
        """One frame of 20 ms. A connection that is not there loses it, as a network would."""
        pair = self._nominated.get(1)
        if pair is None:
            return
        marker = 0x80 if not self._packets else 0
        header = HEADER.pack(0x80, marker | PCMU, self._sequence, self._timestamp, self._ssrc)
        try:
            pair.protocol.transport.sendto(self._protect(header + payload), pair.remote_addr)
        except (OSError, pylibsrtp.Error):
            log.debug("a packet could not be sent")
        self._sequence = self._sequence + 1 & 0xFFFF
        self._timestamp = self._timestamp + FRAME & 0xFFFFFFFF
        self._packets += 1
        self._octets += len(payload)
        if self._packets % ACCOUNT_EVERY == 1:
            self._tell_library()

    # -- inside
    def _receive(self, data: bytes, component: int) -> None:
        """Called by the socket for whatever is not STUN; all but PCMU goes on to the library."""
        if len(data) < HEADER.size or data[0] & 0xC0 != 0x80 or data[1] & 0x7F != PCMU:
            self._library_receives(data, component)
            return
        try:
            data = self._unprotect(data)
        except pylibsrtp.Error:
            return  # forged, replayed or broken
        first, _, sequence, timestamp, ssrc = HEADER.unpack_from(data)
        begin, end = HEADER.size + 4 * (first & 0x0F), len(data)
        if first & 0x10 and begin + 4 <= end:
            begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
        if first & 0x20:
            end -= data[-1]
        if begin >= end:
            return
        self._note(ssrc, sequence, timestamp)
        self._take(timestamp, data[begin:end])

    def _note(self, ssrc: int, sequence: int, timestamp: int) -> None:
        """The library's receiver reports tell the browser of loss and jitter."""
        stream = self._streams.get(ssrc)
        if stream is None:
            stream = self._streams[ssrc] = StreamStatistics(RATE)
        self._header.sequence_number, self._header.timestamp = sequence, timestamp
        stream.add(self._header)  # type: ignore[arg-type]

    def _tell_library(self) -> None:
        """What its sender reports say."""
        self._account["_RTCRtpSender__packet_count"] = self._packets
        self._account["_RTCRtpSender__octet_count"] = self._octets
        self._account["_RTCRtpSender__rtp_timestamp"] = self._timestamp
        self._account["_RTCRtpSender__ntp_timestamp"] = int((time.time() + NTP_EPOCH_SECONDS) * 2**32)


def open_direct(connection: RTCPeerConnection, take: Take) -> DirectMedia | None:
    """Take over the sound of a connected peer that speaks PCMU; None when this library cannot be taken over.

    `take(timestamp, payload)` is called for each packet, in the order of arrival.
    """
    transceiver = connection.getTransceivers()[0]
    try:
        return DirectMedia(transceiver.sender, transceiver.receiver, take)
    except (AttributeError, KeyError) as missing:
        log.warning("sound goes the library's way: %s", missing)
        return None
