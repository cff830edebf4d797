"""The text of a scale as an authority files it: read from a CSV or JSON template, and checked. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotline.domain.scales import Scale

COLUMNS = ("kind", "number", "zh", "en", "most")
MOST_CHARACTERS = 400
MOST_BYTES = 64_000


class TextWrong(ValueError):
    """`faults`: (code, row or number), for the page to put into words. Nothing was kept."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{code} {where}" for code, where in faults))
        self.faults = faults


@dataclass(frozen=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True)
class ScaleWords:
    """`options` by value, `items` by number from 1; `mosts` where items weigh differently."""

    instruction: Words
    options: Mapping[int, Words]
    items: Mapping[int, Words]
    mosts: Mapping[int, int]


def template_of(scale: Scale, english: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> str:
    """The CSV to fill in: a row for the instruction, each option and each item, official English beside."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerow(("instruction", "", "", "", ""))
    for place, value in enumerate(_options(scale)):
        writer.writerow(("option", value, "", options[place] if place < len(options) else "", ""))
    for number in range(1, scale.items + 1):
        words = english[number - 1] if number <= len(english) else ""
        writer.writerow(("item", number, "", words, "" if scale.total_most is None else 0))
    return out.getvalue()


def read_text(scale: Scale, raw: bytes) -> ScaleWords:
    """From CSV or JSON (a list of objects with the same names). Raises TextWrong with every fault at once."""
    if len(raw) > MOST_BYTES:
        raise TextWrong([("too_large", "")])
    try:
        text = raw.decode("utf-8-sig")
        rows = json.loads(text) if text.lstrip().startswith("[") else list(csv.DictReader(io.StringIO(text)))
    except (UnicodeDecodeError, ValueError, csv.Error):
        raise TextWrong([("unreadable", "")]) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TextWrong([("unreadable", "")])
    return _checked(scale, rows)


def content_of(words: ScaleWords) -> dict[str, Any]:
    """As it is kept."""
    return {
        "instruction": [words.instruction.zh, words.instruction.en],
        "options": {str(value): [each.zh, each.en] for value, each in words.options.items()},
        "items": {str(number): [each.zh, each.en] for number, each in words.items.items()},
        "mosts": {str(number): most for number, most in words.mosts.items()},
    }


def words_of(content: Mapping[str, Any]) -> ScaleWords:
    """What `content_of` made."""
    return ScaleWords(
        instruction=Words(*content["instruction"]),
        options={int(value): Words(*each) for value, each in content["options"].items()},
        items={int(number): Words(*each) for number, each in content["items"].items()},
        mosts={int(number): most for number, most in content["mosts"].items()},
    )


def _options(scale: Scale) -> range:
    """A scale whose items weigh differently has no options of its own: the value is a figure."""
    return range(0) if scale.total_most is not None else range(scale.least, scale.most + 1)


def _checked(scale: Scale, rows: list[dict[str, Any]]) -> ScaleWords:
    faults: list[tuple[str, str]] = []
    instruction = Words("", "")
    found: dict[str, dict[int, Words]] = {"option": {}, "item": {}}
    mosts: dict[int, int] = {}
    for place, row in enumerate(rows, start=2):
        kind, number = str(row.get("kind") or "").strip(), str(row.get("number") or "").strip()
        words = Words(str(row.get("zh") or "").strip(), str(row.get("en") or "").strip())
        if not words.zh or len(words.zh) > MOST_CHARACTERS or len(words.en) > MOST_CHARACTERS:
            faults.append(("words", str(place)))
        if kind == "instruction":
            instruction = words
        elif kind not in found or not number.isdigit() or int(number) in found[kind]:
            faults.append(("row", str(place)))
        else:
            found[kind][int(number)] = words
            most = str(row.get("most") or "").strip()
            if kind == "item" and scale.total_most is not None:
                mosts[int(number)] = int(most) if most.isdigit() else 0
    if not instruction.zh:
        faults.append(("instruction", ""))
    if sorted(found["option"]) != list(_options(scale)):
        faults.append(("options", ""))
    if sorted(found["item"]) != list(range(1, scale.items + 1)):
        faults.append(("items", str(scale.items)))
    if scale.total_most is not None and sum(mosts.values()) != scale.total_most:
        faults.append(("mosts", str(scale.total_most)))
    if faults:
        raise TextWrong(faults)
    return ScaleWords(instruction, found["option"], found["item"], mosts)
