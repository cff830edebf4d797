"""What the machine's network means for a call in a browser."""

from __future__ import annotations

import ipaddress
import socket

import psutil


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def outside_addresses() -> list[str]:
    """IPv4 addresses of interfaces that are up, besides loopback. WebRTC finds no path without one."""
    states = psutil.net_if_stats()
    return [
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in states and states[name].isup
        for address in addresses
        if address.family == socket.AF_INET and not is_loopback(address.address)
    ]
