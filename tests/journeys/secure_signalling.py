"""TLS in front of the exchange's signalling, with a certificate that one browser alone trusts."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import REPOSITORY


@dataclass(frozen=True)
class Certificate:
    """`fingerprint`: base64 of the SHA-256 of its public key, as Chromium's
    `--ignore-certificate-errors-spki-list` wants it."""

    certificate: Path
    key: Path
    fingerprint: str


def make_certificate(folder: Path) -> Certificate:
    """For 127.0.0.1, a day long, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signalling of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    fingerprint = base64.b64encode(hashlib.sha256(public).digest()).decode()
    return Certificate(certificate_file, key_file, fingerprint)


class GateProcess:
    """The product's own gate (`hotline serve gate`), which lets signalling alone through."""

    def __init__(self, environment: dict[str, str], certificate: Certificate, log: Path) -> None:
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hotline", "serve", "gate"],
            cwd=REPOSITORY,
            env={
                **environment,
                "HOTLINE_CERTIFICATE": str(certificate.certificate),
                "HOTLINE_CERTIFICATE_KEY": str(certificate.key),
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._log.close()
