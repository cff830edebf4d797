"""Nothing that a person reads stands in one language alone, wherever it was written."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import agent_console
import hotline
from tests.unit.agent_console.test_console_words import CHINESE, messages

CONSOLE = Path(agent_console.__file__).parent
HOTLINE = Path(hotline.__file__).parent
TRANSLATED = frozenset({"_", "gettext", "lazy_gettext", "translate"})
ENGLISH_WORD = re.compile(r"[A-Za-z]{3,}")
HAN = re.compile(r"[㐀-鿿]")
SHOWN_ATTRIBUTES = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label"})
THE_SAME_IN_BOTH = frozenset({"HMAC", "SHA", "SIG", "Shift"})
"""Names and marks that are written so in Chinese too."""
CHINESE_BY_LAW = ("agent_console/official_paper.py", "agent_console/feeds.py")
"""The printed bulletin and the feed for other systems are Chinese official documents, whoever reads them."""


def python_files() -> list[Path]:
    console = [file for file in CONSOLE.rglob("*.py") if "node_modules" not in file.parts]
    return sorted([*console, *HOTLINE.rglob("*.py")])


def _name(call: ast.Call) -> str:
    target = call.func
    return (
        target.id
        if isinstance(target, ast.Name)
        else target.attr
        if isinstance(target, ast.Attribute)
        else ""
    )


def _docstrings(tree: ast.AST) -> set[int]:
    """Ids of constants that stand alone as a statement: they are read by programmers."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _words(node: ast.AST) -> str:
    """All that a literal says; the parts of an f-string together."""
    return " ".join(
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    )


def chinese_alone(source: str) -> list[str]:
    """Chinese literals that are no message of the catalogue and have no English beside them."""
    tree = ast.parse(source)
    parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    unread = _docstrings(tree)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    found = []
    for node in ast.walk(tree):
        above = parents.get(id(node))
        if not isinstance(node, ast.JoinedStr | ast.Constant) or isinstance(
            above, ast.JoinedStr | ast.Compare
        ):
            continue  # a part of a longer text, or compared and never shown
        said = _words(node)
        if id(node) in unread or not HAN.search(said) or "[" in said:  # a pattern is compared, never shown
            continue
        if not ENGLISH_WORD.search(re.sub(r"%\(\w+\)[sd]", "", said)) and not _is_paired(
            node, parents, names
        ):
            found.append(said)
    return found


def _is_paired(node: ast.AST, parents: dict[int, ast.AST], names: set[str]) -> bool:
    """Whether it is a message, stands beside English words in one expression, or goes into a name ending in
    `zh` whose twin ending in `en` is there too."""
    while (parent := parents.get(id(node))) is not None:
        if isinstance(parent, ast.Call) and (
            _name(parent) in TRANSLATED or _has_twin(_receiver(parent), names)
        ):
            return True
        if isinstance(parent, ast.Call | ast.Tuple | ast.List | ast.Dict | ast.IfExp | ast.BoolOp):
            siblings = [_words(child) for child in ast.iter_child_nodes(parent)]
            if any(_is_english(text) for text in siblings):
                return True
        if isinstance(parent, ast.keyword) and (
            parent.arg == "default" or _has_twin(parent.arg or "", names)
        ):
            return True  # a default is a value, as a person would type it
        if isinstance(parent, ast.stmt):
            targets = parent.targets if isinstance(parent, ast.Assign) else [getattr(parent, "target", None)]
            into = [
                inner.id
                for target in targets
                if target
                for inner in ast.walk(target)
                if isinstance(inner, ast.Name)
            ]
            return any(_has_twin(name, names) for name in into)
        node = parent
    return False


def _is_english(text: str) -> bool:
    """Words for people: several, or one that begins like a name; never a code such as `error`."""
    return not HAN.search(text) and bool(
        re.search(r"[A-Za-z]{2,}[\W\d]+[A-Za-z]", text) or re.fullmatch(r"[A-Z][a-z]+\.?|[a-z]+[….]", text)
    )


def _receiver(call: ast.Call) -> str:
    """`faults_zh` of `faults_zh.append(…)`."""
    held = call.func.value if isinstance(call.func, ast.Attribute) else None
    return held.id if isinstance(held, ast.Name) else ""


def _has_twin(name: str, names: set[str]) -> bool:
    twins = [
        name[: -len(end)] + other
        for end, other in (("zh", "en"), ("ZH", "EN"), ("_ZH", ""))
        if name.endswith(end)
    ]
    return any(twin in names for twin in twins)


@pytest.mark.parametrize("file", python_files(), ids=lambda file: "/".join(file.parts[-3:]))
def test_no_chinese_in_code_stands_without_its_english(file: Path) -> None:
    if str(file).endswith(CHINESE_BY_LAW):
        return
    assert chinese_alone(file.read_text("utf-8")) == []


def test_the_scan_of_code_sees_what_is_alone_and_passes_what_is_paired() -> None:
    assert chinese_alone('flash("已保存")') == ["已保存"]
    assert chinese_alone('flash("已保存", "error")') == ["已保存"]
    assert chinese_alone('title = f"第{n}页"') == ["第 页"]
    assert chinese_alone('title_zh, title_en = f"第{n}页", f"Page {n}"') == []
    assert chinese_alone('flash(gettext("已保存"))') == []
    assert chinese_alone('Line("您好。", "Good day to you.")') == []
    assert chinese_alone('echo("✓ 设置无误 · the settings are sound")') == []
    assert chinese_alone('"""说明"""') == []


class Shown(HTMLParser):
    """Text and spoken attributes of a template, without its expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "kbd", "code")
        if ("lang", "en") not in attrs:  # the button that leads to English says so in English
            self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "kbd", "code")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def english_alone(template: str) -> list[str]:
    bare = re.sub(r"\{% block (?:body_class|shell) %\}.*?\{% endblock %\}", "", template)
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", bare, flags=re.DOTALL)
    parser = Shown()
    parser.feed(bare)
    words = [word for text in parser.texts for word in ENGLISH_WORD.findall(_without_macros(text))]
    return [word for word in words if word not in THE_SAME_IN_BOTH]


def _without_macros(text: str) -> str:
    """Without what a macro writes into a tag elsewhere: attributes, and classes that stand alone."""
    text = re.sub(r'(?<=\s)[\w:-]+="[^"]*"', "", text)
    return re.sub(r"(?<=\s)(?:checked|selected|hidden|disabled|risky|unknown)(?=\s|$)", "", text)


@pytest.mark.parametrize("template", sorted(CONSOLE.rglob("templates/**/*.html")), ids=lambda file: file.name)
def test_no_template_shows_english_without_its_chinese(template: Path) -> None:
    assert english_alone(template.read_text("utf-8")) == []


def test_the_scan_of_templates_sees_text_and_spoken_attributes() -> None:
    assert english_alone('<p title="Close">{{ _("关闭") }} now</p>') == ["Close", "now"]
    assert english_alone("<p>{{ _('已保存') }}{# never shown #}</p><script>let shown;</script>") == []


def test_no_template_expression_says_english_by_itself() -> None:
    """What `{{ 'word' }}` prints is a value of the page's own, never a sentence."""
    for template in CONSOLE.rglob("templates/**/*.html"):
        for expression in re.findall(r"\{\{(.*?)\}\}", template.read_text("utf-8"), re.DOTALL):
            outside = re.sub(r"_\(\s*'(?:[^'\\]|\\.)*'", "", expression)
            sentences = [
                text
                for text in re.findall(r"'([^']*)'", outside)
                if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]", text)
            ]
            assert sentences == [], f"{template.name}: {sentences}"


def test_every_message_is_chinese() -> None:
    assert [
        message for message in messages() if not CHINESE.search(message) and ENGLISH_WORD.search(message)
    ] == []


SHOWN_BY_SCRIPT = re.compile(
    r"(?:textContent|innerText|title|placeholder|ariaLabel)\s*=\s*[\"'`]([^\"'`$]*[A-Za-z]{3,}[^\"'`]*)[\"'`]"
    r"|\b(?:alert|confirm|prompt)\(\s*[\"'`]([^\"'`]*)[\"'`]"
    r"|setAttribute\(\s*[\"'](?:aria-label|title|placeholder)[\"']\s*,\s*[\"'`]([^\"'`$]*)[\"'`]"
)


def test_no_script_shows_english_by_itself() -> None:
    for script in (CONSOLE / "static" / "js").rglob("*.js"):
        assert SHOWN_BY_SCRIPT.findall(script.read_text("utf-8")) == [], script.name
    assert SHOWN_BY_SCRIPT.search('line.textContent = "Not saved";')


def _said_in_english(source: str) -> list[str]:
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and _name(node) in ("flash", "say")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and not CHINESE.search(node.args[0].value)
    ]


@pytest.mark.parametrize("file", sorted(CONSOLE.glob("*.py")), ids=lambda file: file.name)
def test_no_view_says_english_by_itself(file: Path) -> None:
    assert _said_in_english(file.read_text("utf-8")) == []
