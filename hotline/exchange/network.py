"""Which addresses a browser can reach this exchange on."""

from __future__ import annotations

import ipaddress
import logging

import ifaddr
from aioice import ice

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
NO_INTERFACE = (
    "This machine has no network interface that is up: browsers find no path for sound (WebRTC). "
    "Connect a network (any, no internet needed), then start again. Scripted calls work all the same."
)
_original = ice.get_host_addresses


def interface_addresses() -> list[str]:
    """IPv4 addresses besides loopback."""
    found = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str) and not ipaddress.ip_address(ip.ip).is_loopback:
                found.append(ip.ip)
    return found


def offer_loopback() -> None:
    """Let WebRTC use 127.0.0.1 too: a browser on this machine then needs no other interface.

    aioice leaves loopback out of its candidates and has no option for it, hence the replacement.
    """

    def with_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return [*_original(use_ipv4, use_ipv6), LOOPBACK]

    ice.get_host_addresses = with_loopback


def problem() -> str:
    """One clear sentence when browsers cannot be reached, else empty."""
    return "" if interface_addresses() else NO_INTERFACE
