"""A lane of captions with a recogniser whose words a test knows: order, times, gaps, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from hotline.telephony.captions.lane import WAITING_AT_MOST_BYTES, Gap, Lane, Line
from hotline.telephony.captions.media import (
    BYTES_A_SECOND,
    NotAMessage,
    Sound,
    Start,
    Stop,
    pcm_of,
    read_message,
)
from hotline.telephony.captions.rooms import Desk, Rooms
from hotline.telephony.captions.speech import FoundMark
from hotline.telephony.captions.tokens import CaptionTokens, DeskPass
from tests.captions_kit import mulaw_of

FRAME = b"\0\x10" * 160


@dataclass(frozen=True)
class Word:
    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class Said:
    words: Sequence[Word]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass
class OneWordASecond:
    """Says 我 for each whole second of sound; a line ends with every fourth word."""

    fed: int = 0
    began: int = 0
    words: list[Word] = field(default_factory=list)

    def accept(self, pcm: bytes) -> Said | None:
        self.fed += len(pcm)
        heard = self.fed // BYTES_A_SECOND
        while self.began + len(self.words) < heard:
            at = float(self.began + len(self.words))
            self.words.append(Word("我", at, at + 1))
        return self.finish() if len(self.words) >= 4 else None

    @property
    def partial(self) -> str:
        return "我" * len(self.words)

    def finish(self) -> Said | None:
        said, self.words = self.words, []
        self.began += len(said)
        return Said(said) if said else None


def a_lane(starts_at: float = 0.0, marks: bool = False) -> tuple[Lane, list[Line | Gap]]:
    told: list[Line | Gap] = []

    def third_word(text: str) -> list[FoundMark]:
        return [FoundMark(2, 3, 3, "intent", "说出念头", "thoughts")] if len(text) > 2 else []

    return Lane("caller", OneWordASecond(), starts_at, told.append, third_word if marks else None), told


def speak(lane: Lane, seconds: float, first: int = 1) -> None:
    for index in range(int(seconds * 50)):
        if lane.hear(FRAME, first + index):
            while lane.work():
                continue


def test_partials_come_under_the_number_of_the_line_that_they_become() -> None:
    lane, told = a_lane(starts_at=10.0)
    speak(lane, 4.2)

    lines = [line for line in told if isinstance(line, Line)]
    assert [(line.text, line.final) for line in lines] == [
        ("我", False),
        ("我我", False),
        ("我我我", False),
        ("我我我我", True),
    ]
    assert {line.number for line in lines} == {0}
    assert lines[-1].at_seconds == 10.0


def test_a_mark_has_the_second_of_its_word_in_the_talk() -> None:
    lane, told = a_lane(starts_at=5.0, marks=True)
    speak(lane, 4.2)

    final = told[-1]
    assert isinstance(final, Line)
    assert [mark.reason for mark in final.marks] == ["intent"]
    assert final.mark_seconds == [7.0]
    assert [bool(line.marks) for line in told if isinstance(line, Line)] == [False, False, True, True]


def test_sound_that_nobody_listened_to_goes_oldest_first_and_the_gap_is_said() -> None:
    lane, told = a_lane()
    for chunk in range(1, 50 * 10 + 1):
        lane.hear(FRAME, chunk)
    assert lane.lag_seconds == WAITING_AT_MOST_BYTES / BYTES_A_SECOND
    assert lane.dropped_seconds == pytest.approx(7.0)
    lane.work()

    assert told[0] == Gap("caller", 0.0, 7.0)
    assert [line.at_seconds for line in told[1:]] == [pytest.approx(10.0)]


def test_frames_that_never_came_are_a_gap_too_and_break_the_line() -> None:
    lane, told = a_lane()
    speak(lane, 2.0)
    speak(lane, 2.2, first=2 * 50 + 51)

    gap = next(entry for entry in told if isinstance(entry, Gap))
    assert gap == Gap("caller", 2.0, 1.0)
    before = told[told.index(gap) - 1]
    assert isinstance(before, Line)
    assert before.final
    after = [entry for entry in told[told.index(gap) :] if isinstance(entry, Line)]
    assert after[0].number > before.number
    lane.end()
    lane.work()
    last = told[-1]
    assert isinstance(last, Line)
    assert last.at_seconds == pytest.approx(3.0)


def test_the_last_words_stand_when_the_stream_ends() -> None:
    lane, told = a_lane()
    speak(lane, 2.0)
    assert lane.end()
    assert not lane.work()
    assert (told[-1].text, told[-1].final) == ("我我", True)  # type: ignore[union-attr]


def test_mulaw_is_read_as_the_standard_writes_it() -> None:
    samples = np.array([0, 132, -132, 1000, -1000, 32000, -32000], np.int16)
    read = np.frombuffer(pcm_of(mulaw_of(samples)), "<i2")
    assert np.allclose(read, samples, rtol=0.07, atol=8)


def test_messages_of_a_stream_are_read_and_others_refused() -> None:
    media = '{"event":"media","media":{"track":"outbound","chunk":"3","payload":"//8="}}'
    assert read_message(media) == Sound("operator", 3, b"\0\0\0\0")
    assert read_message('{"event":"start","start":{"customParameters":{"token":"t"}}}') == Start("t")
    assert read_message('{"event":"stop"}') == Stop()
    assert read_message('{"event":"connected"}') is None
    for bad in ("no", "[]", '{"event":"media","media":{"payload":"*"}}', '{"event":"start"}'):
        with pytest.raises(NotAMessage):
            read_message(bad)


def test_a_pass_opens_one_door_and_only_ours() -> None:
    tokens, others = CaptionTokens("secret"), CaptionTokens("another")
    assert tokens.desk(tokens.for_desk(7, 3)) == DeskPass(7, 3)
    assert tokens.stream(tokens.for_desk(7, 3)) is None
    assert tokens.desk(tokens.for_stream(7, 0.0)) is None
    assert tokens.desk(others.for_desk(7, 3)) is None
    assert tokens.desk("") is None


def said_to(desk: Desk) -> list[dict[str, object]]:
    told = []
    while not desk.outgoing.empty():
        message = desk.outgoing.get_nowait()
        told.append(message or {"type": "cut off"})
    return told


def test_who_comes_late_gets_the_lines_so_far_and_a_forgotten_room_has_none() -> None:
    rooms, early, late = Rooms(), Desk(), Desk()
    room = rooms.of(5)
    room.enter(early, "ready")
    room.stream_began()
    room.say("s", Line(0, "caller", 1.0, "我", True))
    room.say("s", Line(1, "caller", 2.0, "我", False))
    room.enter(late, "ready")
    assert [message["type"] for message in said_to(late)] == ["state", "line", "line"]
    rooms.forget(5)
    assert said_to(early)[-1] == {"type": "forget"}
    latest = Desk()
    room.enter(latest, "ready")
    assert [message["type"] for message in said_to(latest)] == ["state"]


def test_a_desk_that_cannot_keep_up_is_cut_off_and_keeps_nobody_waiting() -> None:
    room, desk = Rooms().of(5), Desk()
    room.enter(desk, "ready")
    for number in range(1000):
        room.say("s", Line(number, "caller", 1.0, "我", True))
    told = said_to(desk)
    assert told[-1] == {"type": "cut off"}
    assert len(told) <= 201


def test_words_of_a_talk_without_stream_are_let_go_after_a_while() -> None:
    rooms = Rooms()
    room = rooms.of(5)
    room.stream_began()
    room.say("s", Line(0, "caller", 1.0, "我", True))
    rooms.drop_empty(room.left_at + 3600)
    assert rooms.of(5) is room
    room.stream_ended()
    rooms.drop_empty(room.left_at + 30)
    assert rooms.of(5) is room
    rooms.drop_empty(room.left_at + 61)
    assert rooms.of(5) is not room
