"""Documents are read as the carrier reads them."""

from __future__ import annotations

import pytest

from hotline.exchange import twiml


def test_verbs_attributes_and_nested_nouns_are_read() -> None:
    document = twiml.parse(
        "<?xml version='1.0'?><Response><Dial timeout='5'><Client>a<Parameter name='k' value='v'/>"
        "</Client></Dial><Say>您好</Say></Response>"
    )
    dial, say = document.verbs
    assert dial.number("timeout", 30) == 5
    assert (dial.children[0].name, dial.children[0].text) == ("Client", "a")
    assert dial.children[0].children[0].get("name") == "k"
    assert say.text == "您好"


@pytest.mark.parametrize("text", ["<Response>", "<Say>hello</Say>", "hello", "<!DOCTYPE a><Response/>"])
def test_what_is_no_document_is_error_12100(text: str) -> None:
    with pytest.raises(twiml.BadDocument) as bad:
        twiml.parse(text)
    assert bad.value.code == 12100


def test_an_empty_answer_asks_for_nothing() -> None:
    assert twiml.read_answer("text/html", b"").verbs == ()
    assert twiml.parse("").verbs == ()


def test_plain_text_is_spoken() -> None:
    assert twiml.read_answer("text/plain", b"hello").verbs == (twiml.Verb("Say", {}, "hello"),)


def test_a_content_type_that_is_no_document_is_error_12300() -> None:
    with pytest.raises(twiml.BadDocument) as bad:
        twiml.read_answer("application/json", b"{}")
    assert bad.value.code == 12300


def test_numbers_are_clamped_and_nonsense_keeps_the_default() -> None:
    verb = twiml.Verb("Gather", {"timeout": "-3", "numDigits": "many", "finishOnKey": ""})
    assert verb.number("timeout", 5, 0) == 0
    assert verb.number("numDigits", 0) == 0
    assert verb.get("finishOnKey", "#") == ""
    assert twiml.Verb("Say", {"loop": "x"}).method() == "POST"


def test_speech_mark_up_leaves_its_words() -> None:
    document = twiml.parse("<Response><Say>one <break/>two <emphasis>three</emphasis></Say></Response>")
    assert document.verbs[0].text == "one , two three"
