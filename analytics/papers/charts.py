"""Charts of a report as SVG, pure: one drawing for page, PDF and (as a picture) DOCX.

Attributes only, no style, so that a strict content policy lets it stand in a page; dark and hollow bars, so
that a copy in grey reads the same. A value that may not be told is a dash at the base line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH = 620.0
INK, LINE, DARK, PALE = "#222222", "#999999", "#2b5a6b", "#ffffff"
FONT = "'Noto Sans CJK SC','Source Han Sans SC','SimHei','Microsoft YaHei',sans-serif"
LEFT, RIGHT, ROW, GAP = 170.0, 60.0, 13.0, 9.0
HEIGHT, BASE, TOP = 168.0, 142.0, 24.0


def svg_of(chart: Mapping[str, Any]) -> str:
    """`chart`: caption, unit, form (bars: lying, one row a label; columns: standing), labels, series."""
    return _bars(chart) if chart["form"] == "bars" else _columns(chart)


def _bars(chart: Mapping[str, Any]) -> str:
    labels, series = chart["labels"], chart["series"]
    top = max((v for s in series for v in s["values"] if v is not None), default=1) or 1
    step = ROW * len(series) + GAP
    scale = (WIDTH - LEFT - RIGHT) / top
    parts = list(_legend(series)) if len(series) > 1 else []
    for i, label in enumerate(labels):
        y = TOP + i * step
        parts.append(_text(LEFT - 8, y + ROW * len(series) / 2 + 4, str(label), "end"))
        for n, one in enumerate(series):
            value = one["values"][i]
            at = y + n * ROW
            if value is None:
                parts.append(_text(LEFT + 4, at + ROW - 3, "—"))
                continue
            parts.append(_rect(LEFT, at, max(1.0, value * scale), ROW - 3, n))
            parts.append(_text(LEFT + value * scale + 5, at + ROW - 3, str(value)))
    return _whole(chart, TOP + step * len(labels) + 6, parts)


def _columns(chart: Mapping[str, Any]) -> str:
    labels, values = chart["labels"], chart["series"][0]["values"]
    top = max((v for v in values if v is not None), default=1) or 1
    step = (WIDTH - 40) / max(len(labels), 1)
    width = min(46.0, step * 0.6)
    every = max(1, -(-len(labels) // 12))
    parts = [f'<line x1="20" y1="{BASE}" x2="{WIDTH - 20}" y2="{BASE}" stroke="{LINE}"/>']
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = 20 + step * (i + 0.5)
        if value is None:
            parts.append(_text(middle, BASE - 6, "—", "middle"))
        else:
            height = (BASE - TOP - 14) * value / top
            parts.append(_rect(middle - width / 2, BASE - height, width, height, 0))
            parts.append(_text(middle, BASE - height - 5, str(value), "middle"))
        if i % every == 0:
            parts.append(_text(middle, BASE + 17, str(label), "middle"))
    return _whole(chart, HEIGHT, parts)


def _whole(chart: Mapping[str, Any], height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(_spoken(chart), {chr(34): "&quot;"})}" '
        f'font-family="{FONT}" font-size="12" fill="{INK}">{"".join(parts)}</svg>'
    )


def _spoken(chart: Mapping[str, Any]) -> str:
    first, unit = chart["series"][0]["values"], chart["unit"]
    told = "，".join(
        f"{label}{'不单列' if value is None else f'{value}{unit}'}"
        for label, value in zip(chart["labels"], first, strict=True)
    )
    return f"{chart['caption']}：{told}"


def _legend(series: Sequence[Mapping[str, Any]]) -> list[str]:
    parts, x = [], LEFT
    for n, one in enumerate(series):
        parts.append(_rect(x, 4, 12, 10, n))
        parts.append(_text(x + 17, 13, str(one["name"])))
        x += 40 + 13 * len(str(one["name"]))
    return parts


def _rect(x: float, y: float, width: float, height: float, series: int) -> str:
    fill = (DARK, PALE)[series % 2]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
        f'stroke="{DARK}" stroke-width="1"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
