"""A draft of a hotline's own form: each step takes the content of its file and gives the changed one."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from hotline.care.form_own import LAST_ITEM, OPTIONAL, VALID_TYPES, is_own, may_be_needed
from hotline.care.forms import Choice

Raw = dict[str, Any]
"""The content of a form file: `version`, `source`, `fields`, `required`, `when`."""


def begun_from(shipped: Raw, source: Raw, version: str) -> Raw:
    """A draft on the newest shipped form with what the hotline had made its own in `source`.

    What the product changed meanwhile comes from `shipped`; the hotline's fields, choices, what it left out
    and what it needs come along.
    """
    draft = deepcopy(shipped)
    theirs = {entry["code"]: entry for entry in source["fields"]}
    known_to_source = set(theirs) | set(source.get("left_out", ()))
    fields = []
    for entry in draft["fields"]:
        code = entry["code"]
        if code in OPTIONAL and code in known_to_source:
            if code not in theirs:
                continue
            entry = {
                **entry,
                **{key: theirs[code][key] for key in ("choices", "most", "common") if key in theirs[code]},
            }
        fields.append(deepcopy(entry))
    fields += [deepcopy(entry) for code, entry in theirs.items() if is_own(code)]
    draft |= {"version": version, "replaces": source["version"], "based_on": shipped["version"]}
    draft["fields"] = fields
    draft["left_out"] = left_out(shipped, fields)
    held = {entry["code"] for entry in fields}
    for kind, codes in draft["required"].items():
        asked = source["required"].get(kind, ())
        kept = [
            code
            for code in codes
            if code in held and (code not in OPTIONAL or code not in known_to_source or code in asked)
        ]
        draft["required"][kind] = kept + [
            code
            for code in asked
            if code in held and code not in kept and kind in VALID_TYPES and may_be_needed(code)
        ]
    return draft


def with_field(raw: Raw, shipped: Raw, entry: Raw, needed: Iterable[str]) -> Raw:
    """The draft with this field, changed or new, needed by these call types and no others."""
    changed = deepcopy(raw)
    places = {one["code"]: place for place, one in enumerate(changed["fields"])}
    if entry["code"] in places:
        changed["fields"][places[entry["code"]]] = entry
    else:
        changed["fields"].append(entry)
    changed["fields"] = _in_order(changed["fields"], shipped)
    return _needed(changed, shipped, entry["code"], frozenset(needed))


def without_field(raw: Raw, shipped: Raw, code: str) -> Raw:
    changed = deepcopy(raw)
    changed["fields"] = [entry for entry in changed["fields"] if entry["code"] != code]
    return _needed(changed, shipped, code, frozenset())


def next_own(raw: Raw) -> tuple[str, int]:
    """Code and number of the next field of the hotline's own."""
    taken = [int(entry["code"][4:]) for entry in raw["fields"] if is_own(entry["code"])]
    number = max(taken, default=0) + 1
    return f"own_{number}", LAST_ITEM + number


def next_choice(choices: Iterable[Choice]) -> int:
    """The number of the next choice `own_N` that a hotline adds."""
    taken = [int(choice.value[4:]) for choice in choices if is_own(choice.value)]
    return max(taken, default=0) + 1


def left_out(shipped: Raw, fields: list[Raw]) -> list[str]:
    """Codes of the shipped fields that are not among these."""
    held = {entry["code"] for entry in fields}
    return [entry["code"] for entry in shipped["fields"] if entry["code"] not in held]


def _needed(raw: Raw, shipped: Raw, code: str, kinds: frozenset[str]) -> Raw:
    for kind, codes in raw["required"].items():
        if kind in VALID_TYPES:
            rest = [one for one in codes if one != code]
            raw["required"][kind] = [*rest, code] if kind in kinds else rest
    raw["left_out"] = left_out(shipped, raw["fields"])
    return raw


def _in_order(fields: list[Raw], shipped: Raw) -> list[Raw]:
    """As shipped, the hotline's own after it: a field left out and taken back has its old place again."""
    order = {entry["code"]: place for place, entry in enumerate(shipped["fields"])}
    return sorted(fields, key=lambda entry: order.get(entry["code"], len(order) + entry["item"]))
