"""Port checks before anything starts: a busy one is named with its holder and the setting that changes it."""

from __future__ import annotations

import contextlib
import errno
import socket
from dataclasses import dataclass

import psutil

from hotline.faults import OperationalFault
from hotline.settings import PREFIX, Settings

# process -> setting of the port it listens on
PORT_SETTINGS = {
    "fallback": "fallback_port",
    "carrier": "carrier_port",
    "web": "web_port",
    "captions": "captions_port",
    "exchange": "exchange_port",
    "redis": "redis_port",
    "gate": "gate_port",
}

# The doors that listen where the person asked; every other stays on loopback.
OUTSIDE_DOORS = frozenset({"web", "gate"})


@dataclass(frozen=True)
class PortUse:
    process: str
    setting: str
    host: str
    port: int
    over_tls: bool = False


def ports_of(settings: Settings, processes: list[str]) -> list[PortUse]:
    """The ports that these processes will listen on."""
    return [
        PortUse(
            process,
            PREFIX + PORT_SETTINGS[process].upper(),
            settings.host if process in OUTSIDE_DOORS else "127.0.0.1",
            getattr(settings, PORT_SETTINGS[process]),
            over_tls=process in OUTSIDE_DOORS and settings.certificate is not None,
        )
        for process in processes
        if process in PORT_SETTINGS
    ]


def check_ports(uses: list[PortUse]) -> None:
    """Raises one OperationalFault that names every busy port, and every port given twice."""
    faults_zh: list[str] = []
    faults_en: list[str] = []
    seen: dict[int, PortUse] = {}
    for use in uses:
        if use.port in seen:
            faults_zh.append(f"{use.setting} 与 {seen[use.port].setting} 用了同一个端口 {use.port}。")
            faults_en.append(f"{use.setting} and {seen[use.port].setting} both name port {use.port}.")
        elif _is_busy(use):
            holder = _holder_of(use.port)
            by_zh, by_en = (f"被{holder}占用", f"held by {holder}") if holder else ("已被占用", "busy")
            faults_zh.append(f"端口 {use.port}（{use.process}）{by_zh}：请停掉它，或改 {use.setting}。")
            faults_en.append(
                f"Port {use.port} ({use.process}) is {by_en}: stop it, or choose another with {use.setting}."
            )
        seen[use.port] = use
    if faults_zh:
        raise OperationalFault("".join(faults_zh), " ".join(faults_en))


def _is_busy(use: PortUse) -> bool:
    family = socket.AF_INET6 if ":" in use.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((use.host, use.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            if error.errno == errno.EACCES:
                raise OperationalFault(
                    f"端口 {use.port}（{use.process}）需要管理员权限：请改 {use.setting}（1024 以上）。",
                    f"Port {use.port} ({use.process}) needs root: choose one above 1024 with {use.setting}.",
                ) from None
            if error.errno == errno.EADDRNOTAVAIL:
                raise OperationalFault(
                    f"这台机器没有地址 {use.host}：请改 {PREFIX}HOST。",
                    f"This machine has no address {use.host}: change {PREFIX}HOST.",
                ) from None
            raise
    return False


def _holder_of(port: int) -> str:
    """`name (process id)` of who listens there; empty when the system does not tell."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f" {psutil.Process(connection.pid).name()} (process {connection.pid}) "
    return ""
