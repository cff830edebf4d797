"""Numbers in Chinese official prose: unit, share, and the change against the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.papers.definitions import BY_KEY, DEFINITIONS
from analytics.papers.facts import PaperFacts
from analytics.report.suppression import HIDDEN

TOP = 8
"""Rows of a table on paper; what follows is in the figures."""


def told(value: int | None, unit: str) -> str:
    return HIDDEN if value is None else f"{value}{unit}"


def in_prose(value: int | None) -> str:
    return "不足5人（含没有）或不单列" if value is None else f"{value}人"


def listed(subject: str, parts: Sequence[tuple[str, int | None, str]]) -> str:
    """`name`, persons, what follows: those that are told, and in one word those that are not."""
    if all(persons is None for _, persons, _ in parts):
        return f"{subject}各项均不足5人（含没有）或不单列。"
    told_ones = [f"{name}{persons}人{more}" for name, persons, more in parts if persons is not None]
    hidden = [name for name, persons, _ in parts if persons is None]
    if hidden:
        told_ones.append(f"{'、'.join(hidden)}不足5人（含没有）或不单列")
    return "；".join(told_ones) + "。"


def against(value: int | None, before: int | None, unit: str, words: str) -> str:
    """（前一日 212 次，增加 9 次）; empty where either is not told."""
    if value is None or before is None:
        return ""
    change = value - before
    how = "持平" if change == 0 else f"{'增加' if change > 0 else '减少'}{abs(change)}{unit}"
    return f"（{words}{before}{unit}，{how}）"


def percent(part: int | None, whole: int | None) -> str:
    return HIDDEN if part is None or not whole else f"{100 * part / whole:.1f}%"


def change_of(value: int | None, before: int | None) -> str:
    if value is None or before is None:
        return HIDDEN
    return f"{value - before:+d}" if value != before else "0"


def span(seconds: float | None) -> str:
    """22秒, 2分41秒"""
    if seconds is None:
        return HIDDEN
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest}秒" if minutes else f"{rest}秒"


def compared_word(facts: PaperFacts) -> str:
    return "前一日" if facts.period.days == 1 else "上期"


def ranked(cells: Mapping[str, int]) -> list[str]:
    return sorted(cells, key=lambda label: (-cells[label], label))


def words_of(key: str, label: str, facts: PaperFacts) -> str:
    if key == "issues":
        return "、".join(facts.phrases.get(label, ())[:3])
    words = BY_KEY[key].words
    return label if words is None else words(label, facts.now.scope)


def table_of(key: str, facts: PaperFacts, heading: str) -> dict[str, Any] | None:
    """人数、占比、比上期 by label; None: no cell may be told."""
    now, before = facts.now.tables[key], facts.before.tables[key]
    is_sum = BY_KEY[key].home not in (None, facts.period.kind)
    whole = None if is_sum else facts.now.scalars.get(BY_KEY[key].whole or "")
    rows = [
        [name, str(now[label]), percent(now[label], whole), change_of(now[label], before.get(label))]
        for label in ranked(now)
        if (name := words_of(key, label, facts))
    ][:TOP]
    if not rows:
        return None
    if key in facts.now.has_hidden or len(now) > len(rows):
        rows.append(["其余（不单列）", HIDDEN, HIDDEN, HIDDEN])
    head = [heading, "人次" if is_sum else "人数", "占求助人数", f"比{compared_word(facts)}"]
    if whole is None:
        head, rows = [*head[:2], head[3]], [[*row[:2], row[3]] for row in rows]
    how = "，各期公布数合计" if is_sum else ""
    return {
        "key": key,
        "caption": f"{heading}（{facts.period.words}{how}，与{facts.period.before.words}比较）",
        "head": head,
        "rows": rows,
    }


def line_chart_of(facts: PaperFacts) -> dict[str, Any] | None:
    if sum(value is not None for _, value in facts.line) < 2:
        return None
    return {
        "caption": "各期求助人数（“—”处不单列）",
        "unit": "人",
        "form": "columns",
        "labels": [_short(period.first, period.last) for period, _ in facts.line],
        "series": [{"name": "求助人数", "values": [value for _, value in facts.line]}],
    }


def problems_chart_of(facts: PaperFacts) -> dict[str, Any] | None:
    now, before = facts.now.tables["problems"], facts.before.tables["problems"]
    labels = ranked(now)[:TOP]
    if len(labels) < 2:
        return None
    return {
        "caption": f"主要问题（人）：{facts.period.words}与{facts.period.before.words}",
        "unit": "人",
        "form": "bars",
        "labels": [words_of("problems", label, facts) for label in labels],
        "series": [
            {"name": facts.period.words, "values": [now[label] for label in labels]},
            {"name": facts.period.before.words, "values": [before.get(label) for label in labels]},
        ],
    }


def figures_of(facts: PaperFacts) -> list[dict[str, Any]]:
    """Each number of callers with its definition's key, so that the paper leads to the query."""
    found: list[dict[str, Any]] = []
    now, before = facts.now, facts.before
    found += [
        _figure("received", None, "呼入", "次", now.received, before.received),
        _figure("answered", None, "接通", "次", now.answered, before.answered),
    ]
    for definition in DEFINITIONS:
        if not definition.is_table:
            key = definition.key
            found.append(_figure(key, None, definition.zh, "人", now.scalars[key], before.scalars[key]))
            continue
        cells, earlier = now.tables[definition.key], before.tables[definition.key]
        for label in ranked(cells):
            name = words_of(definition.key, label, facts)
            if name:
                found.append(_figure(definition.key, label, name, "人", cells[label], earlier.get(label)))
    return found


def _figure(
    key: str, label: str | None, name: str, unit: str, value: int | None, before: int | None
) -> dict[str, Any]:
    return {"key": key, "label": label, "name": name, "unit": unit, "value": value, "before": before}


def _short(first: Any, last: Any) -> str:
    if first == last:
        return f"{first:%m-%d}"
    if first.day == 1 and (last - first).days >= 27:
        return f"{first.month}月"
    return f"{first:%m-%d}–{last:%d}" if first.month == last.month else f"{first:%m-%d}–{last:%m-%d}"
