"""The WSGI apps of the serving processes, made after the fork of each server worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.settings import load_settings

if TYPE_CHECKING:
    from flask import Flask


CALLER_WAITS_SECONDS = 4.0
"""A caller hears nothing while the carrier's door waits for a database that another process holds."""


def carrier() -> Flask:
    from hotline.bootstrap.application import build

    return build(load_settings(), busy_seconds=CALLER_WAITS_SECONDS).carrier_door()


def web() -> Flask:
    from hotline.bootstrap.application import build

    return build(load_settings()).console()
