"""Chinese first, English beside it: message ids are the Chinese sentences themselves.

The English catalogues are the `.po` files below `translations/en/LC_MESSAGES`, one for each part of the
console. They are read at the start, so that no compiled file can be older than its source.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, session
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as translate

from agent_console.sessions import current_person
from models.vocabulary import Code, RiskLevel

FOLDER = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES"
LANGUAGES = ("zh", "en")


@cache
def english() -> Translations:
    """All English catalogues in one."""
    merged = Translations()
    for file in sorted(FOLDER.glob("*.po")):
        compiled = io.BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale="en"))
        compiled.seek(0)
        loaded = Translations(fp=compiled)
        merged._catalog = {**getattr(merged, "_catalog", {}), **loaded._catalog}
        merged.plural = loaded.plural
    return merged


CHINESE = NullTranslations()
"""The message ids themselves; made once, since it is asked for each string of each page."""


class MergedDomain(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, fed from the merged catalogues."""

    def get_translations(self) -> NullTranslations:
        return english() if language() == "en" else CHINESE


class ConsoleBabel(Babel):  # type: ignore[misc]
    @property
    def domain_instance(self) -> MergedDomain:
        return MergedDomain()


def gettext(message: str, **values: object) -> str:
    """The message in the language of this request; `%(name)s` is filled from `values`."""
    return str(translate(message, **values))


def chosen_language() -> str:
    """The person's own choice; before sign-in, this browser's."""
    person = current_person()
    wanted = person.language if person else session.get("language", "zh")
    return wanted if wanted in LANGUAGES else "zh"


def language() -> str:
    """`zh` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def label(code: Code | RiskLevel | None) -> str:
    """The name of a code in the language of this request; an unanswered one says so."""
    if code is None:
        return gettext("未填")
    return code.en if language() == "en" else code.zh


def in_language(zh: str, en: str) -> str:
    """A name that is data in both languages: places, centres, the organisation."""
    return en if language() == "en" and en else zh


def set_up_translation(app: Flask) -> None:
    ConsoleBabel(app, default_locale="zh", locale_selector=chosen_language)
    app.jinja_env.globals.update(label=label, in_language=in_language, language=language)


def forget_language() -> None:
    """After the language was changed within a request."""
    if has_request_context():
        g.pop("_flask_babel", None)
