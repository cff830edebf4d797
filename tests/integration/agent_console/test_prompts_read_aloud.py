"""Each prompt has a listen button: words alone are read by the voice that callers will hear."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from sqlalchemy import select

from agent_console.app import create_app
from hotline.telephony.language_prompts import default_texts
from models.prompts import PromptVersion
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

DEFAULT = "/administration/prompts/menu/default.wav"
UNHEARD = "由运营商的语音读出"


def reading(console: Console, read: Callable[[str, str], bytes | None] | None, folder: object) -> None:
    console.close()
    settings = dataclasses.replace(
        console.parts.settings, prompts_dir=folder, prompt_texts=default_texts(), read_aloud=read
    )
    console.parts = dataclasses.replace(console.parts, settings=settings)
    console.app = create_app(console.parts)


def test_words_are_heard_before_they_are_used(busy: tuple[Console, Night], tmp_path: object) -> None:
    console, night = busy
    reading(console, lambda zh, en: f"RIFF {zh} {en}".encode(), tmp_path)
    client = console.signed_in(night.people.administrator)
    client.post(
        "/administration/prompts/menu/versions",
        data={
            "text_zh": "留言请按2。有危险请按1。",
            "text_en": "2: a message. 1: danger.",
            "csrf_token": csrf_of(client),
        },
    )
    with console.records() as session:
        version = session.scalars(select(PromptVersion)).one()
    page = client.get("/administration/prompts/?prompt=menu").text
    own = f"/administration/prompts/versions/{version.id}.wav"
    assert f'src="{own}"' in page
    assert f'src="{DEFAULT}"' in page
    assert client.get(own).data.decode() == "RIFF 留言请按2。有危险请按1。 2: a message. 1: danger."
    assert default_texts()["menu"][0] in client.get(DEFAULT).data.decode()


@pytest.mark.parametrize(("read", "status"), [(None, 404), (lambda _zh, _en: None, 503)])
def test_where_no_voice_can_be_had_the_page_says_how_to_hear_it(
    busy: tuple[Console, Night],
    tmp_path: object,
    read: Callable[[str, str], bytes | None] | None,
    status: int,
) -> None:
    console, night = busy
    reading(console, read, tmp_path)
    client = console.signed_in(night.people.administrator)
    assert client.get(DEFAULT).status_code == status
    assert (UNHEARD in client.get("/administration/prompts/?prompt=menu").text) is (read is None)
