"""The audit's page says what stood before and what after, and leaves people's own words as they are."""

from __future__ import annotations

import json

from agent_console.audit_changes import Change, changes_of


def test_each_changed_field_is_told_with_before_and_after() -> None:
    before, after = [3.0, True, None, []], [4.5, False, "江口中心", ["a", "b"]]
    pairs = zip(("warn", "active", "name_zh", "groups"), zip(before, after, strict=True), strict=True)
    reason = json.dumps(dict(pairs))

    assert changes_of(reason) == (
        Change("warn", "3", "4.5"),
        Change("active", "✓", "✗"),
        Change("name_zh", "–", "江口中心"),
        Change("groups", "–", "a, b"),
    )


def test_a_reason_in_somebodys_own_words_is_no_change() -> None:
    for reason in (None, "", "高危来电复核", "12", "{}", '{"name": "whole"}', '["a", "b"]'):
        assert changes_of(reason) == ()
