"""The Procfile: which processes make up the product, in the order in which they start."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass

from hotline.faults import OperationalFault

_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(\S.*)$")


@dataclass(frozen=True)
class ProcessSpec:
    """One process. `once`: it is expected to end, and is not started again. `quiet`: its output is shown
    only when it dies unasked."""

    name: str
    command: tuple[str, ...]
    once: bool = False
    quiet: bool = False


def read_procfile(text: str) -> list[ProcessSpec]:
    """`name: command` a line; `#` begins a comment line. Raises OperationalFault naming the bad line."""
    specs: list[ProcessSpec] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None or match[1] in {spec.name for spec in specs}:
            raise OperationalFault(
                f"Procfile 第 {number} 行不是“名字: 命令”，或名字重复。",
                f"Line {number} of the Procfile is not `name: command`, or repeats a name.",
            )
        specs.append(ProcessSpec(match[1], own_command(*shlex.split(match[2]))))
    return specs


def own_command(*words: str) -> tuple[str, ...]:
    """`hotline`, also behind `nice -n N`, becomes this very interpreter and package, whatever PATH says."""
    if words[:2] == ("nice", "-n") and len(words) > 3:
        return (*words[:3], *own_command(*words[3:]))
    if words[0] == "hotline":
        return (sys.executable, "-m", "hotline", *words[1:])
    return words
