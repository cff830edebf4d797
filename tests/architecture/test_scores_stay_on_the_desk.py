"""A score is for the desk, never a label that leaves the hotline: few modules may read results at all."""

from __future__ import annotations

import ast
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SEALED = ("models.assessments", "hotline.care.assessments", "hotline.care.consultations")
MAY_READ = {
    "agent_console/calls.py",
    "agent_console/consultations.py",
    "agent_console/operator_scales.py",
    "analytics/demonstration/clearing.py",
    "hotline/care/assessments.py",
    "hotline/care/consultations.py",
    "hotline/care/open_items.py",
    "hotline/care/service_records.py",
    "models/schema.py",
}
"""The desk, the supervisor's page of a call, consultations and that they are still open, the end of records,
and the clearing of made-up ones."""
TABLES = ("assessment", "scale_consent", "consultation")


def modules() -> list[Path]:
    return [
        file
        for package in ("models", "hotline", "analytics", "agent_console")
        for file in (REPOSITORY / package).rglob("*.py")
        if "node_modules" not in file.parts and "migrations" not in file.parts
    ]


def imports_of(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_report_export_or_alert_can_reach_a_score() -> None:
    readers = {
        file.relative_to(REPOSITORY).as_posix() for file in modules() if imports_of(file) & set(SEALED)
    }
    assert readers == MAY_READ


def test_nobody_reads_the_tables_past_their_records() -> None:
    for file in modules():
        text = file.read_text(encoding="utf-8").lower()
        for table in TABLES:
            assert f"from {table} " not in text, file
            assert f"join {table} " not in text, file
