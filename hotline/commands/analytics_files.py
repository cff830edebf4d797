"""The files that `hotline analytics` reads: what is wrong in one is said by its line, without its words."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
LONGEST_DAYS = 60 * 366
MOST_CALLS = 2**31 - 1
TELL_EVERY_LINES = 1000


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a UTF-8 file, how far it was read on standard error; a mark at its begin, as some
    editors write it, is no part of it."""
    with (
        path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig") as lines,
        click.progressbar(length=path.stat().st_size, file=sys.stderr, label="读取 reading") as bar,
    ):
        number = told = 0
        try:
            for number, line in enumerate(lines, 1):
                if number % TELL_EVERY_LINES == 0:
                    bar.update(raw.tell() - told)
                    told = raw.tell()
                yield number, line
            bar.update(raw.tell() - told)
        except UnicodeDecodeError:
            raise click.ClickException(
                f"第 {number + 1} 行或其后不是 UTF-8 · from line {number + 1} on the file is not UTF-8"
            ) from None


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """JSON rows with an id and a text."""
    for number, line in lines_of(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            assert isinstance(row, dict)
            assert isinstance(row.get("id"), str)
            assert isinstance(row.get("text"), str)
        except (ValueError, AssertionError):
            raise click.ClickException(
                f"第 {number} 行不是含 id 和 text 的 JSON · line {number} is no JSON row with id and text"
            ) from None
        yield row


def stream_of(path: Path, kind: Any) -> list[Any]:
    """The same as texts in time order, each id once."""
    texts: list[Any] = []
    seen: set[str] = set()
    for row in rows_of(path):
        try:
            day = date.fromisoformat(str(row["timestamp"])[:10])
        except (KeyError, ValueError):
            raise click.ClickException(f"{row['id']}: timestamp 缺少或有误 · missing or wrong") from None
        if texts and day < texts[-1].day:
            raise click.ClickException(f"{row['id']}: 没有按时间排序 · the rows are not in time order")
        if row["id"] in seen:
            raise click.ClickException(f"{row['id']}: id 重复 · the id was there before")
        seen.add(row["id"])
        texts.append(kind(row["id"], day, row.get("region"), row["text"]))
    return texts


def counts_of(path: Path) -> tuple[list[str], list[date], Any]:
    """Series, consecutive days, and counts (series, days); a missing row is a zero."""
    import numpy as np

    series: dict[str, int] = {}
    stamps: dict[str, int] = {}
    cells: list[tuple[int, int, int]] = []
    lines = lines_of(path)
    if next(lines, (0, ""))[1].strip().split(",")[:3] != ["series_id", "date", "count"]:
        raise click.ClickException("第一行应是 series_id,date,count · the first line must be that")
    for number, line in lines:
        try:
            name, stamp, count = line.rstrip("\r\n").split(",")
            cells.append((series.setdefault(name, len(series)), _ordinal(stamps, stamp), int(count)))
        except ValueError:
            raise click.ClickException(f"第 {number} 行有误 · line {number} is wrong") from None
        if not 0 <= cells[-1][2] <= MOST_CALLS:
            raise click.ClickException(f"第 {number} 行的数目不可能 · line {number}: no possible count")
    if not cells:
        raise click.ClickException("没有数据 · there is no row")
    table = np.array(cells, np.int64)
    first, last = int(table[:, 1].min()), int(table[:, 1].max())
    if last - first > LONGEST_DAYS:
        raise click.ClickException("日期跨度超过六十年 · the dates span more than sixty years")
    _, begins = np.unique(table[:, 0] * (LONGEST_DAYS + 1) + table[:, 1] - first, return_index=True)
    if len(begins) < len(cells):
        twice = 2 + int(np.setdiff1d(np.arange(len(cells)), begins)[0])
        raise click.ClickException(
            f"第 {twice} 行：这一序列的这一天已有 · line {twice}: this day of this series was there before"
        )
    counts = np.zeros((len(series), last - first + 1), np.int32)
    counts[table[:, 0], table[:, 1] - first] = table[:, 2]
    start = date.fromordinal(first)
    return list(series), [start + timedelta(offset) for offset in range(last - first + 1)], counts


def _ordinal(known: dict[str, int], stamp: str) -> int:
    if stamp not in known:
        day = date.fromisoformat(stamp)
        if not EARLIEST <= day <= LATEST:
            raise ValueError("no day that a hotline counts")
        known[stamp] = day.toordinal()
    return known[stamp]
