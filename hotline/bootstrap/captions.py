"""The door of Media Streams, without the rest of the house: it starts at once and holds no caller."""

from __future__ import annotations

from flask import Flask

from hotline.settings import Settings
from hotline.telephony.captions import StreamCounts, captions_blueprint


def make_captions_door(settings: Settings) -> Flask:
    app = Flask("hotline.captions", static_folder=None)
    token = settings.carrier_auth_token.get_secret_value()
    app.register_blueprint(captions_blueprint(stream_token=token, counts=StreamCounts()))
    return app
