"""Behind a certificate: signalling goes through the gate, the exchange's REST door does not."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import shlex
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.processes.conftest import RunningHotline

# Upgrades, then says everything twice: enough to see that bytes pass both ways.
SAYS_TWICE = """
import os, socketserver
class Twice(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip(): pass
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\\r\\nX-Path: " + path.encode() + b"\\r\\n\\r\\n")
        while piece := self.rfile.readline(): self.wfile.write(piece * 2)
socketserver.ThreadingTCPServer.allow_reuse_address = True
port = int(os.environ["HOTLINE_EXCHANGE_PORT"])
socketserver.ThreadingTCPServer(("127.0.0.1", port), Twice).serve_forever()
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "desk.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def behind_certificate(
    start_hotline: Callable[..., RunningHotline], certificate: tuple[Path, Path]
) -> RunningHotline:
    cert, key = certificate
    twice = shlex.join([sys.executable, "-c", f"exec({SAYS_TWICE!r})"])
    hotline = start_hotline(
        f"echo: {twice}\n", "--host", "0.0.0.0", "--certificate", str(cert), "--key", str(key)
    )
    hotline.wait_until_said("the hotline is ready")
    return hotline


def test_signalling_passes_both_ways_over_tls(
    behind_certificate: RunningHotline, certificate: tuple[Path, Path]
) -> None:
    context = ssl.create_default_context(cafile=str(certificate[0]))
    with (
        socket.create_connection(("127.0.0.1", behind_certificate.ports["GATE"]), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
        secure.makefile("rwb") as wire,
    ):
        wire.write(b"GET /signal?token=t HTTP/1.1\r\nHost: desk.test\r\n\r\n")
        wire.flush()
        assert wire.readline().startswith(b"HTTP/1.1 101")
        assert wire.readline().strip() == b"X-Path: /signal?token=t"
        assert wire.readline().strip() == b""
        wire.write(b"hello\n")
        wire.flush()
        assert [wire.readline(), wire.readline()] == [b"hello\n", b"hello\n"]


def test_the_exchanges_other_doors_stay_closed(
    behind_certificate: RunningHotline, certificate: tuple[Path, Path]
) -> None:
    context = ssl.create_default_context(cafile=str(certificate[0]))
    port = behind_certificate.ports["GATE"]
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=5)

    connection.request("GET", "/2010-04-01/Accounts.json")
    answer = connection.getresponse()
    connection.close()

    assert answer.status == 404


def test_the_announced_address_is_https(behind_certificate: RunningHotline) -> None:
    [line] = behind_certificate.said("console")

    assert f":{behind_certificate.ports['WEB']}/" in line
    assert "https://" in line
