"""Nothing outside the carrier's adapter assumes who the carrier is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "hotline", "analytics", "agent_console")
ADAPTER = {
    "hotline/telephony/access.py",
    "hotline/telephony/provisioning.py",
    "hotline/telephony/rest_carrier.py",
    "hotline/telephony/rest_client.py",
    "hotline/telephony/rest_ringing.py",
    "hotline/telephony/rest_sound.py",
    "hotline/telephony/signature.py",
    "hotline/telephony/texts.py",
    "hotline/telephony/twiml.py",
    "hotline/commands/twilio.py",
}
"""Modules that may import the carrier's library."""
HOSTS = {
    "hotline/telephony/live_hosts.py",
    "hotline/telephony/rest_client.py",
    # The exchange plays the carrier's part: its errors point to the carrier's own pages.
    "hotline/exchange/rest/errors.py",
}
"""Modules that may name its hosts."""
SDK = {"sdk_line.js"}
"""Scripts that may know the Voice SDK."""


def sources() -> list[tuple[str, str]]:
    return [
        (file.relative_to(REPOSITORY).as_posix(), file.read_text(encoding="utf-8"))
        for package in PACKAGES
        for file in (REPOSITORY / package).rglob("*.py")
        if "node_modules" not in file.parts
    ]


def imports(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return {name.partition(".")[0] for name in found}


def test_the_carriers_library_is_imported_by_its_adapter_alone() -> None:
    importing = {name for name, text in sources() if "twilio" in imports(text)}
    assert importing <= ADAPTER, importing - ADAPTER
    assert importing == ADAPTER, f"no longer importing it, take it off the list: {ADAPTER - importing}"


def test_the_carriers_hosts_are_named_in_one_place() -> None:
    naming = {name for name, text in sources() if re.search(r"[\"'/.]twilio\.com", text)}
    assert naming <= HOSTS, naming - HOSTS


def test_one_script_alone_knows_the_voice_sdk() -> None:
    scripts = (REPOSITORY / "agent_console" / "static" / "js").rglob("*.js")
    knowing = {
        file.name for file in scripts if re.search(r"@twilio/|\.Twilio\b", file.read_text(encoding="utf-8"))
    }
    assert knowing == SDK


def test_the_voice_sdk_is_pinned_to_one_version() -> None:
    """An option that we use is in its code and not in its manual."""
    package = (REPOSITORY / "agent_console" / "package.json").read_text(encoding="utf-8")
    assert re.search(r'"@twilio/voice-sdk": "\d+\.\d+\.\d+"', package)
