"""The demonstration: seeded at the first start, cleared by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from argon2 import PasswordHasher

from analytics.demonstration.organisation import Credentials, seed_organisation
from hotline.bootstrap.core import Core
from hotline.processes.announcement import ACCOUNTS_FILE
from models.unit_of_work import system_clock

MAIL_FOLDER = "mail"


def seed(core: Core, say: Callable[[str], None], with_history: bool) -> None:
    """The organisation at once, its accounts into DATA_DIR, then the history where it was left."""
    accounts = core.settings.data_dir / ACCOUNTS_FILE
    if not accounts.exists():
        hasher = PasswordHasher()
        credentials = seed_organisation(core.work, hasher.hash, system_clock(), number=core.settings.number)
        _write(accounts, credentials)
        say("演示机构已建好 · the demonstration organisation is there")
    if with_history:
        from analytics.demonstration.history import seed_history
        from hotline.bootstrap.hearing import make_pipeline
        from hotline.workforce.demand import HISTORY_DAYS, recount

        seed_history(core.work, make_pipeline(core), core.hasher, core.audit_key)
        now = system_clock()
        recount(core.work, now - timedelta(days=HISTORY_DAYS), now)
        say("演示历史已写好 · the demonstration history is there")


def _write(file: Path, credentials: Credentials) -> None:
    rows = [
        {"role": str(account.role), "name": account.login, "password": account.password}
        for account in credentials.accounts
    ]
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(rows, out, ensure_ascii=False, indent=1)
    fresh.replace(file)


def clear(core: Core) -> bool:
    """Remove the demonstration and its files. False when there is none."""
    from analytics.demonstration.clearing import clear_demonstration

    data_dir = core.settings.data_dir
    return clear_demonstration(core.work, core.audit_key, data_dir / "recordings", data_dir / MAIL_FOLDER)
