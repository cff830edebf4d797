"""The scales that the desk can score: their data, read from the file beside this module.

No Chinese item text is in it: none was found whose official source and permission could be verified. An
administrator files a text with its source and permission (`scale_texts`); until then a scale is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hotline.domain.scales import Band, CutOffSet, Scale

TWELVE_ELEMENTS = "BJ-12"
"""The scale whose total counts in the working definition of risk."""


@dataclass(frozen=True)
class Entry:
    """A scale with its names, span, licence and cut-off sets; official English items where known."""

    rule: Scale
    zh: str
    en: str
    span: tuple[str, str]
    licence: tuple[str, str]
    cut_offs: Mapping[str, CutOffSet]
    """By code; the first one is used until an authority chooses."""
    items_en: tuple[str, ...]
    options_en: tuple[str, ...]
    text_en_source: str

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def usual(self) -> CutOffSet:
        return next(iter(self.cut_offs.values()))


@cache
def library() -> Mapping[str, Entry]:
    """Every scale by its code."""
    raw = json.loads(files(__package__).joinpath("scales.json").read_text(encoding="utf-8"))
    return MappingProxyType({entry["code"]: _entry(entry) for entry in raw["scales"]})


def _entry(raw: Mapping[str, Any]) -> Entry:
    rule = Scale(
        code=raw["code"],
        items=raw["items"],
        least=raw["least"],
        most=raw["most"],
        kind=raw.get("kind", "sum"),
        reverse=frozenset(raw.get("reverse", ())),
        alarm_items=MappingProxyType(
            {int(item): least for item, least in raw.get("alarm_items", {}).items()}
        ),
        total_most=raw.get("total_most"),
    )
    sets = [
        CutOffSet(
            one["code"], one["zh"], one["en"], one["source"], tuple(Band(*band) for band in one["bands"])
        )
        for one in raw["cut_offs"]
    ]
    return Entry(
        rule=rule,
        zh=raw["zh"],
        en=raw["en"],
        span=(raw["span"][0], raw["span"][1]),
        licence=(raw["licence"][0], raw["licence"][1]),
        cut_offs=MappingProxyType({one.code: one for one in sets}),
        items_en=tuple(raw.get("items_en", ())),
        options_en=tuple(raw.get("options_en", ())),
        text_en_source=raw.get("text_en_source", ""),
    )
