"""The WSGI apps of the serving processes, made after the fork of each server worker."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hotline.settings import load_settings

if TYPE_CHECKING:
    from flask import Flask


CALLER_WAITS_SECONDS = 4.0
"""A caller hears nothing while the carrier's door waits for a database that another process holds."""


A_FACT_WAITS_SECONDS = 0.0005
"""How long a page that is being made may keep the interpreter from a fact that is to be told (5 ms is usual).
Behind twenty such pages an offer would reach its desk half a second late."""


def carrier() -> Flask:
    from hotline.bootstrap.application import build

    return build(load_settings(), busy_seconds=CALLER_WAITS_SECONDS).carrier_door()


def web() -> Flask:
    from hotline.bootstrap.application import build

    sys.setswitchinterval(A_FACT_WAITS_SECONDS)
    return build(load_settings()).console()
