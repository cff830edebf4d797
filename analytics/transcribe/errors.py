"""What can be wrong with sound or with a model. No message carries a word or a byte of the call."""

from __future__ import annotations


class AudioUnreadable(Exception):
    """The recording can't be turned into sound. `state` is the value of `TranscriptState` to keep."""

    state = "damaged"


class AudioEmpty(AudioUnreadable):
    """There is no sound in the recording: no byte, or a header with nothing behind it."""

    state = "empty"


class AudioDamaged(AudioUnreadable):
    """The bytes are no recording, or break off before the first sound."""

    state = "damaged"


class ModelUnusable(Exception):
    """The folder holds no model that this engine can load."""


class TestModelRefused(ModelUnusable):
    """A model marked `test` was asked for outside tests: beyond its few words it invents others."""

    __test__ = False


class LanguageNotCovered(ModelUnusable):
    """A model was asked for a language that its manifest does not name."""
