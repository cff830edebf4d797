"""Signing in and out, and what a person chooses for their own pages."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console.navigation import home_of
from agent_console.permissions import Permission, needs, public
from agent_console.sessions import close_session, current_person, me, open_session, parts
from agent_console.throttle import begin_try, taken_back
from agent_console.translation import LANGUAGES, forget_language, gettext
from models.people import Person

blueprint = Blueprint("sign_in", __name__)

THEMES = ("auto", "light", "dark")
hasher = PasswordHasher()
NOBODY = hasher.hash("a password of nobody")
"""Checked when no such login exists, so that the answer takes as long as for a real one."""


def password_fits(person: Person | None, password: str) -> bool:
    """Always does the work of one check. A person who may no longer sign in fits nothing."""
    try:
        fits = hasher.verify(person.password_hash if person else NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and person is not None and person.active


@blueprint.get("/")
@public
def home() -> Response:
    person = current_person()
    if person is None:
        return redirect(url_for("sign_in.form"))
    endpoint = home_of(person)
    if endpoint is None:
        abort(403)
    return redirect(url_for(endpoint))


@blueprint.get("/sign-in")
@public
def form() -> str | Response:
    if current_person() is not None:
        return redirect(url_for("sign_in.home"))
    return render_template("sign_in.html", fault=None, login="")


@blueprint.post("/sign-in")
@public
def enter() -> tuple[str, int] | Response:
    login = request.form.get("login", "").strip()[:60]
    password = request.form.get("password", "")[:200]
    address = request.remote_addr or "?"
    ready = parts()
    with ready.work() as unit:
        made = begin_try(unit.session, ready.hasher, login, address, unit.now)
    if made.wait_seconds:
        minutes = -(-made.wait_seconds // 60)
        fault = gettext(
            "试的次数太多。请 %(minutes)s 分钟后再试，或联系值班督导。正在进行的通话不受影响。",
            minutes=minutes,
        )
        return render_template("sign_in.html", fault=fault, login=login), 429
    with ready.reading() as records:
        person = records.scalars(select(Person).where(Person.login == login)).first()
    # Between transactions: the check is slow by design, and on SQLite a caller's own call would wait for it.
    if not password_fits(person, password):
        fault = gettext("账号或密码不对。请检查大小写后再试。")
        return render_template("sign_in.html", fault=fault, login=login), 401
    assert person is not None
    rehashed = hasher.hash(password) if hasher.check_needs_rehash(person.password_hash) else None
    with ready.work() as unit:
        taken_back(unit.session, ready.hasher, login, address, made)
        found = unit.session.get_one(Person, person.id)
        if rehashed is not None and found.password_hash == person.password_hash:
            found.password_hash = rehashed
        language = session.get("language")
        if language in LANGUAGES and language != found.language:
            found.language = language
        # As it was checked: a password that was changed meanwhile ends this session at once.
        open_session(person, unit.now)
    g.pop("signed_in", None)
    return redirect(url_for("sign_in.home"))


@blueprint.post("/sign-out")
@public
def leave() -> Response:
    close_session()
    return redirect(url_for("sign_in.form"))


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Kept with the person once signed in, with this browser before."""
    wanted = request.form.get("language")
    if wanted not in LANGUAGES:
        abort(400)
    session["language"] = wanted
    person = current_person()
    if person is not None:
        with parts().work() as unit:
            unit.session.get_one(Person, person.id).language = wanted
    forget_language()
    return _back()


@blueprint.post("/theme")
@needs(Permission.SIGNED_IN)
def choose_theme() -> Response:
    wanted = request.form.get("theme")
    if wanted not in THEMES:
        abort(400)
    with parts().work() as unit:
        unit.session.get_one(Person, me().id).theme = wanted
    return _back()


@blueprint.get("/session/token")
@needs(Permission.SIGNED_IN)
def fresh_token() -> dict[str, str]:
    """A page that was open while its person signed in again asks here, so that its text can be saved."""
    return {"csrf": generate_csrf()}


@blueprint.get("/demonstration/seeding")
@needs(Permission.SIGNED_IN)
def seeding() -> str:
    """How far the demonstration's history is."""
    return render_template("_seeding_fragment.html")


def _back() -> Response:
    """To the page it came from; an address of our own only."""
    target = request.form.get("back", "")
    safe = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return redirect(target if safe else url_for("sign_in.home"))
