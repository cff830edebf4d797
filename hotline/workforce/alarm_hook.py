"""Alarms told to another system: signed, at least once; figures and the hotline's own names alone."""

from __future__ import annotations

import ipaddress
import json
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import select

from models.places import Organisation
from models.unit_of_work import Work
from models.watch import Alarm, WatchHook

GIVE_UP_AFTER = timedelta(hours=24)
"""What nobody heard within a day is history; the alarm stands on the board as long as it lasts."""


class SignedPost(Protocol):
    """Sends `body`, signed with `secret`; a repetition has the same `key`. Raises when it did not arrive."""

    def __call__(self, url: str, secret: str, key: str, body: bytes) -> str: ...


class AlarmHooks:
    """The job `tell_alarm {hook_id, alarm_id, step, level, value, told}`; a fault is tried again."""

    def __init__(self, work: Work, post: SignedPost) -> None:
        self._work = work
        self._post = post

    def tell(self, payload: dict[str, Any]) -> None:
        with self._work() as unit:
            unit.only_read()
            hook = unit.session.get(WatchHook, int(payload["hook_id"]))
            alarm = unit.session.get(Alarm, int(payload["alarm_id"]))
            if hook is None or not hook.active or alarm is None:
                return
            if unit.now - alarm.told_at > GIVE_UP_AFTER:
                return
            demonstration = unit.session.scalars(
                select(Organisation.id).where(Organisation.is_demonstration.is_(True)).limit(1)
            ).first()
            if demonstration is not None and not _is_this_machine(hook.url):
                return  # nothing leaves the machine while what it tells is made up
            limits = alarm.threshold
            body = {
                "type": "alarm",
                "alarm": alarm.id,
                "step": payload["step"],
                "level": payload["level"],
                "metric": str(limits.metric),
                "value": payload["value"],
                "warn": limits.warn,
                "crit": limits.crit,
                "centre": limits.centre.name_zh if limits.centre else None,
                "line": limits.line.number if limits.line else None,
                "began_at": alarm.began_at.isoformat(),
            }
            url, secret = hook.url, hook.secret
        key = f"alarm-{payload['alarm_id']}-{payload['told']}"
        self._post(url, secret, key, json.dumps(body, ensure_ascii=False).encode())


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
