"""Every word a person reads is there in Chinese and in English."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from babel.messages.extract import extract_from_dir

import agent_console
import models
from agent_console.translation import english
from models.vocabulary import Code, RiskLevel

CONSOLE = Path(agent_console.__file__).parent
VOCABULARIES = [
    import_module(f"models.{module.name}")
    for module in iter_modules(models.__path__)
    if module.name.startswith("vocabulary")
]
CHINESE = re.compile(r"[㐀-鿿，。；：、（）「」]")


@cache
def messages() -> frozenset[str]:
    found = extract_from_dir(
        str(CONSOLE),
        [
            ("static/**", "ignore"),
            ("node_modules/**", "ignore"),
            ("translations/**", "ignore"),
            ("**.py", "python"),
            ("**.html", "jinja2"),
        ],
        keywords={"_": None, "gettext": None, "lazy_gettext": None},
    )
    return frozenset(message if isinstance(message, str) else message[0] for _, _, message, _, _ in found)


def test_every_message_has_its_english() -> None:
    catalogue = english()._catalog
    assert len(messages()) > 300
    assert sorted(message for message in messages() if not catalogue.get(message)) == []


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    said = messages()
    assert sorted(message for message in english()._catalog if message and message not in said) == []


def test_english_keeps_every_blank_and_holds_no_chinese() -> None:
    catalogue = english()._catalog
    for message in messages():
        translation = str(catalogue.get(message, ""))
        blanks = re.findall(r"%\(\w+\)[sd]", message)
        assert sorted(re.findall(r"%\(\w+\)[sd]", translation)) == sorted(blanks), message
        assert not CHINESE.search(translation), f"{message} -> {translation}"


def test_no_template_says_a_chinese_word_without_its_english() -> None:
    for template in CONSOLE.rglob("*.html"):
        if "node_modules" in template.parts:
            continue
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
        bare = bare.replace("中文", "")  # the name of the language itself
        assert not CHINESE.search(bare), f"{template.name}: {CHINESE.findall(bare)}"


def test_no_chinese_in_a_template_expression_stands_outside_a_message() -> None:
    for template in CONSOLE.rglob("*.html"):
        if "node_modules" in template.parts:
            continue
        for expression in re.findall(r"\{\{(.*?)\}\}|\{%(.*?)%\}", template.read_text("utf-8"), re.DOTALL):
            text = re.sub(r"_\(\s*'(?:[^'\\]|\\.)*'", "", "".join(expression))
            text = re.sub(r"join\('、'\)", "", text)
            assert not CHINESE.search(text), f"{template.name}: {text.strip()[:80]}"


def test_scripts_hold_no_words_of_their_own() -> None:
    for script in (CONSOLE / "static" / "js").rglob("*.js"):
        assert not CHINESE.search(script.read_text("utf-8")), script.name


@pytest.mark.parametrize(
    "codes",
    [
        kind
        for module in VOCABULARIES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Code) and kind is not Code
    ],
)
def test_every_code_has_both_names(codes: type[Code]) -> None:
    for code in codes:
        assert CHINESE.search(code.zh) or re.fullmatch(r"[A-Z0-9/]+", code.zh)
        assert code.en
        assert not CHINESE.search(code.en)


def test_every_level_has_both_names() -> None:
    assert all(level.zh and level.en for level in RiskLevel)
