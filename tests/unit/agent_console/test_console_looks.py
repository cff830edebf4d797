"""What the design promises of every page and can be read off the files."""

from __future__ import annotations

import re
from pathlib import Path

import agent_console

CONSOLE = Path(agent_console.__file__).parent
CSS = CONSOLE / "static" / "css"


def declarations(block: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in re.sub(r"/\*.*?\*/", "", block, flags=re.DOTALL).split(";"))
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}


def test_the_night_is_the_same_whether_chosen_or_followed() -> None:
    tokens = (CSS / "tokens.css").read_text("utf-8")
    pinned = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', tokens, re.DOTALL)
    followed = re.search(r':root\[data-theme="auto"\] \{(.*?)\n  \}', tokens, re.DOTALL)
    assert pinned is not None
    assert followed is not None
    assert len(declarations(pinned.group(1))) > 40
    assert declarations(pinned.group(1)) == declarations(followed.group(1))


def test_our_own_styles_name_no_colour_but_by_its_token() -> None:
    sheets = ("console.css", "danger.css", "knowledge.css", "quality.css")
    own = "".join((CSS / name).read_text("utf-8") for name in sheets)
    allowed = ("#4f9a9b", "#2c6d72")  # the wave beside the sign-in form, on its own dark ground
    assert [colour for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", own) if colour not in allowed] == []


def test_templates_hold_no_inline_style_and_no_inline_script() -> None:
    for template in (CONSOLE / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"\sstyle=", text), template.name
        assert "<style" not in text, template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
        assert not re.search(r"\son(click|change|submit|load|input)=", text), template.name


def test_scripts_keep_nothing_in_the_browser() -> None:
    for script in (CONSOLE / "static" / "js").rglob("*.js"):
        text = script.read_text("utf-8")
        allowed = ("caches.",) if script.name == "sheet-worker.js" else ()
        for store in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
            assert store in allowed or store not in text, f"{script.name}: {store}"


def test_the_worker_keeps_the_two_sheets_and_their_looks_alone() -> None:
    worker = (CONSOLE / "static" / "js" / "sheet-worker.js").read_text("utf-8")
    assert 'const PAGES = ["/sheet/", "/sheet/form"];' in worker
    looks = re.search(r"const LOOKS = /(.*)/;", worker)
    assert looks is not None
    pattern = re.compile(looks.group(1).replace("\\/", "/"))
    assert pattern.search("/static/css/sheet.css")
    for other in ("/desk/", "/calls/17", "/static/css/console.css", "/quality/1/audio/2"):
        assert not pattern.search(other)


def test_baseline_browsers_can_read_the_styles() -> None:
    for sheet in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for newer in (":has(", "light-dark(", "color-mix(", "@import", "@font-face"):
            assert newer not in text, f"{sheet.name}: {newer}"
