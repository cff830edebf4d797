"""One keeper for each data folder: a lock that ends with its holder, so that a stale file never blocks."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotline.faults import OperationalFault


@contextmanager
def only_keeper_of(data_dir: Path) -> Iterator[None]:
    """Hold the lock while the keeper runs. Raises OperationalFault when another keeper holds it."""
    with open(data_dir / "up.lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise OperationalFault(
                f"{data_dir} 已有 hotline up 在运行（进程 {holder}）：请先停掉它，或换 HOTLINE_DATA_DIR。",
                f"Another `hotline up` (process {holder}) already runs on {data_dir}: "
                "stop it, or choose another HOTLINE_DATA_DIR.",
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
