"""`python -m models.migrations verb_noun`: write the next migration from what the models say.

It compares the models with a fresh database that has all earlier steps. Read it before you keep it:
a rename looks like a loss, and backfills are yours to write.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from models.migrations import configuration, upgrade

VERSIONS = Path(__file__).parent / "versions"


def next_number() -> str:
    """Four digits, one above the newest step."""
    newest = max((int(file.name[:4]) for file in VERSIONS.glob("[0-9]*_*.py")), default=0)
    return f"{newest + 1:04d}"


def main() -> None:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name):
        sys.exit("名字写作 动词_名词，如 add_languages · the name is verb_noun, such as add_languages")
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        upgrade(engine)
        command.revision(configuration(engine), message=name, autogenerate=True, rev_id=next_number())
        engine.dispose()


if __name__ == "__main__":
    main()
