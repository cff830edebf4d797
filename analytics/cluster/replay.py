"""A stream of texts through the registry, day after day, as it would have happened (file contract of
`hotline analytics issues`). What a day answers rests on that day and the days before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from analytics.cluster.embedder import Embedder
from analytics.cluster.group_state import GroupState
from analytics.cluster.grouper import Grouper, GroupSettings
from analytics.cluster.nightly import BornIssue


@dataclass(frozen=True, slots=True)
class StreamText:
    """One text of the stream; `place` may be unknown."""

    id: str
    day: date
    place: str | None
    text: str


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The end of a day: the issue of every text so far (None: pooled), and the issues born."""

    day: date
    issues: Mapping[str, int | None]
    born: tuple[BornIssue, ...]


def replay(
    texts: Iterable[StreamText], embedder: Embedder, settings: GroupSettings | None = None
) -> Iterator[DayAnswer]:
    """Answers for each day from the first to the last, days without a text too. Texts come in time order."""
    grouper = Grouper(GroupState.empty(embedder), settings)
    known: dict[str, int | None] = {}
    words: dict[str, str] = {}
    last: date | None = None
    for day, group in groupby(texts, key=lambda text: text.day):
        if last is not None and day < last:
            raise ValueError("the texts are not in time order")
        while last is not None and last + timedelta(1) < day:
            last += timedelta(1)
            yield _night(grouper, last, known, words)
        today = list(group)
        vectors = embedder.embed([text.text for text in today])
        for text, vector in zip(today, vectors, strict=True):
            words[text.id] = text.text
            known[text.id] = grouper.assign(text.id, vector, day, text.place).issue_id
        yield _night(grouper, day, known, words)
        last = day


def _night(grouper: Grouper, day: date, known: dict[str, int | None], words: Mapping[str, str]) -> DayAnswer:
    report = grouper.nightly(day, lambda ids: {text_id: words[text_id] for text_id in ids})
    known.update(report.moved)
    return DayAnswer(day, dict(known), report.born)
