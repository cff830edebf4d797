"""The demonstration: seeded at the first start, cleared by hand."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.demonstration.organisation import Credentials, seed_organisation
from hotline.bootstrap.core import Announcer, Core, make_dispatcher
from hotline.job_rows import RowRunner
from hotline.processes.announcement import ACCOUNTS_FILE
from models.outbox import OutboxRow
from models.unit_of_work import system_clock
from models.vocabulary import OutboxState

if TYPE_CHECKING:
    from analytics.demonstration.outbreak import Times

MAIL_FOLDER = "mail"
EXCHANGE_FOLDER = "document-exchange"


def seed(core: Core, say: Callable[[str], None], with_history: bool) -> None:
    """The organisation at once, its accounts into DATA_DIR, then the history where it was left."""
    accounts = core.settings.data_dir / ACCOUNTS_FILE
    if not accounts.exists():
        # Argon2 is slow for passwords that people think of. Those made here are 72 bits of chance, which no
        # speed finds, and the first sign-in hashes one anew at full cost.
        hasher = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
        credentials = seed_organisation(core.work, hasher.hash, system_clock(), number=core.settings.number)
        _write(accounts, credentials)
        say("演示机构已建好 · the demonstration organisation is there")
    if with_history:
        from analytics.demonstration.history import seed_history
        from analytics.demonstration.roster import leave_telephones
        from hotline.bootstrap.hearing import make_pipeline
        from hotline.bootstrap.reporting import BOOKS
        from hotline.workforce.demand import HISTORY_DAYS, recount

        leave_telephones(core.work)
        seed_history(core.work, make_pipeline(core), core.hasher, core.audit_key, BOOKS)
        now = system_clock()
        recount(core.work, now - timedelta(days=HISTORY_DAYS), now)
        say("演示历史已写好 · the demonstration history is there")


def play_outbreak(
    core: Core, announcer: Announcer, say: Callable[[str], None], seconds_a_day: float, here: bool
) -> Times:
    """`here`: the pipeline's rows are run between the steps in this process; else the worker runs them."""
    from analytics.demonstration.outbreak import Outbreak

    pause: Callable[[float], None] = time.sleep
    if here:
        from hotline.bootstrap.hearing import make_pipeline, worker_jobs

        handlers = worker_jobs(core, make_pipeline(core))
        runner, _ = make_dispatcher(core, announcer, handlers)
        pause = partial(_work_for, core, runner, frozenset(handlers))
    play = Outbreak(core.work, core.hasher, core.audit_key, say, pause, seconds_a_day=seconds_a_day)
    return play.play()


def _work_for(core: Core, runner: RowRunner, kinds: Collection[str], seconds: float) -> None:
    """What is due now and falls due within `seconds`, then the rest of them asleep."""
    end = time.monotonic() + seconds
    while True:
        with Session(core.engine.execution_options(reads_only=True)) as session:
            due = session.scalars(
                select(OutboxRow.id)
                .where(
                    OutboxRow.state == OutboxState.DUE,
                    OutboxRow.kind.in_(kinds),
                    OutboxRow.due_at <= system_clock(),
                )
                .order_by(OutboxRow.id)
            ).all()
        for row_id in due:
            runner.run(row_id)
        if not due:
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.5))


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
    cleared = clear_demonstration(core.work, core.audit_key, data_dir / "recordings", data_dir / MAIL_FOLDER)
    if cleared:
        # While the hotline was a demonstration, nothing else was laid down there.
        shutil.rmtree(data_dir / EXCHANGE_FOLDER, ignore_errors=True)
    return cleared
