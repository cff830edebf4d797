"""A report as a document: what HTML, PDF and DOCX have in common, whether it is periodic or a 专报.

Layout after GB/T 9704-2012 as far as it could be read in secondary copies (docs/reports.md): the text block,
sizes and faces of a red-headed internal bulletin. A hotline can't set 密级; it says 内部资料 instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from analytics.days import HOTLINE_ZONE, day_of
from models.papers import Paper
from models.surveillance import Alert

INTERNAL = "内部资料　不得公开"
DEMONSTRATION = "演示数据"
DRAFT = "（草稿）"
METHODS = {
    "quasi-poisson-nb": "准泊松基线与负二项检验，7天合计",
    "cluster-6h": "应激事件规则：数小时内集中来电",
}
NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True)
class Table:
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Document:
    redhead: str
    number: str
    issuer: str
    day: str
    title: str
    marks: tuple[str, ...]
    sections: tuple[Section, ...]
    to: tuple[str, ...]
    copies: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """编制, 审核 or 核实, 签发 and who."""
    notes: tuple[str, ...] = field(default=())
    seal: str = ""
    """Hash and version of the definitions."""


def long_date(at: datetime, zone: tzinfo = HOTLINE_ZONE) -> str:
    day = day_of(at, zone)
    return f"{day.year}年{day.month}月{day.day}日"


def numeral(number: int) -> str:
    """（一） … （十九）"""
    words = NUMERALS[number] if number <= 10 else f"十{NUMERALS[number - 10]}"
    return f"（{words}）"


def document_of_paper(paper: Paper) -> Document:
    content = paper.content
    charts = content.get("charts", {})
    marks = (INTERNAL, DEMONSTRATION) if content.get("demonstration") else (INTERNAL,)
    people = [("编制", paper.edited_by.name if paper.edited_by else "系统")]
    signer = paper.signed_by.name if paper.signed_by else "—"
    people.append(("签发", f"{signer}（常设签发）" if paper.standing else signer))
    return Document(
        redhead=content["redhead"],
        number=paper.number or DRAFT,
        issuer=content["hotline"],
        day=long_date(paper.signed_at or paper.drafted_at),
        title=paper.title,
        marks=marks,
        sections=tuple(_section(s, charts) for s in content["sections"]),
        to=tuple(content["to"]),
        copies=tuple(content["copies"]),
        people=tuple(people),
        notes=tuple(content["notes"]),
        seal=f"口径 {paper.definitions_version}" + (f"　校验 SHA-256 {paper.sha256}" if paper.sha256 else ""),
    )


def document_of_alert(
    alert: Alert, issuer: str, addressees: Sequence[str], received: datetime | None
) -> Document:
    """专报: with the times of the first signal, of verification, of dispatch and of receipt (DOMAIN.md e)."""
    content = alert.content
    marks = [INTERNAL]
    if alert.is_exercise:
        marks.append("演练")
    if content.get("demonstration"):
        marks.append(DEMONSTRATION)
    weeks = content.get("chart", {}).get("points", [])
    chart = {
        "caption": "每7日合计人数（互不重叠，“—”处不单列）",
        "unit": "人",
        "form": "columns",
        "labels": [str(week["to"])[5:] for week in weeks],
        "series": [{"name": "人数", "values": [week["persons"] for week in weeks]}],
    }
    tables = tuple(
        Table(
            t["heading"],
            (t["heading"].removeprefix("按"), "人数"),
            tuple((r["label"], r["text"]) for r in t["rows"]),
        )
        for t in content.get("tables", [])
    )
    told = any(week["persons"] is not None for week in weeks)
    sections = []
    for number, section in enumerate(content.get("sections", [])):
        first = number == 0
        sections.append(
            Section(
                section["heading"],
                tuple(section["paragraphs"]),
                tuple(
                    f"{numeral(n)}{i['unit']}：{i['advice']}"
                    for n, i in enumerate(section.get("items", []), 1)
                ),
                tables if first else (),
                (chart,) if first and told else (),
            )
        )
    times = "；".join(
        f"{name}{_moment(at)}"
        for name, at in (
            ("首次信号", alert.signal.raised_at),
            ("核实", alert.verified_at),
            ("报送", alert.issued_at),
            ("签收", received),
        )
    )
    signer = alert.signed_by.name if alert.signed_by else "—"
    if alert.single_signed_at is not None and alert.countersigned_at is None:
        signer += "（单人签发，待补签）"
    return Document(
        redhead="心理援助热线专报",
        number=alert.number or DRAFT,
        issuer=issuer,
        day=long_date(alert.issued_at or alert.verified_at),
        title=alert.title,
        marks=tuple(marks),
        sections=tuple(sections),
        to=tuple(addressees),
        copies=(),
        people=(("提示级别", alert.level.zh), ("核实", alert.verified_by.name), ("签发", signer)),
        notes=(f"时间：{times}。", _method(content), *content.get("limits", ())),
    )


TITLE_WIDTH = 16
"""Characters of 2号 in a line, with a margin on both sides."""


def lines_of(title: str) -> tuple[str, ...]:
    """A long title in two lines of about one length, broken where a word ends (词意完整，排列对称)."""
    if _width(title) <= TITLE_WIDTH:
        return (title,)
    ends = [n + 1 for n, sign in enumerate(title) if sign in "、，"]
    ends += [title.index(word) for word in ("心理援助热线", "来电情况", "求助趋势") if word in title]
    fitting = [n for n in ends if max(_width(title[:n]), _width(title[n:])) <= TITLE_WIDTH]
    uneven = {n: abs(_width(title[:n]) - _width(title[n:])) for n in fitting or range(1, len(title))}
    at = min(uneven, key=lambda n: uneven[n])
    return title[:at], title[at:]


def _width(text: str) -> float:
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)


def _section(section: Mapping[str, Any], charts: Mapping[str, Any]) -> Section:
    items = [
        f"{numeral(n)}{item['unit']}：{item['advice']}"
        + (f"（{item['until']}前）" if item.get("until") else "")
        for n, item in enumerate(section["items"], 1)
    ]
    return Section(
        section["heading"],
        (*section["paragraphs"], *section["remarks"]),
        tuple(items),
        tuple(Table(t["caption"], tuple(t["head"]), tuple(map(tuple, t["rows"]))) for t in section["tables"]),
        tuple(charts[key] for key in section["charts"] if key in charts),
    )


def _method(content: Mapping[str, Any]) -> str:
    method = content.get("method", {})
    name = METHODS.get(str(method.get("name")), method.get("name"))
    return (
        f"方法：{name}（{method.get('version')}），窗口{method.get('window_days')}天，"
        f"历史{method.get('history_days')}天。"
    )


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone(HOTLINE_ZONE):%m-%d %H:%M}"
