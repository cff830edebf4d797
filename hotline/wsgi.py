"""The WSGI apps of the serving processes, made after the fork of each server worker."""

from __future__ import annotations

from flask import Flask

from hotline.bootstrap import build
from hotline.settings import load_settings


def carrier() -> Flask:
    return build(load_settings()).carrier_door()


def web() -> Flask:
    return build(load_settings()).console()


def captions() -> Flask:
    return build(load_settings()).captions_door()
