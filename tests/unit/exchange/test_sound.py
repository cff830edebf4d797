"""Samples, mu-law, mixing and files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hotline.exchange import sound, wav
from hotline.exchange.call_audio import Playback
from hotline.exchange.recordings import trim_silence
from hotline.exchange.room import Member, Room


def constant(value: int) -> sound.Samples:
    return np.full(sound.FRAME, value, dtype=np.int16)


def test_mu_law_is_g711() -> None:
    assert sound.to_mulaw(np.array([0, 32767, -32768, 1000], dtype=np.int16)) == bytes(
        [0xFF, 0x80, 0x00, 0xCE]
    )
    assert sound.from_mulaw(bytes([0xFF, 0x7F, 0x80, 0x00])).tolist() == [0, 0, 32124, -32124]


def test_mu_law_there_and_back_stays_within_its_steps() -> None:
    samples = sound.tone(440, 1.0, 0.5)
    back = sound.from_mulaw(sound.to_mulaw(samples)).astype(int)
    assert np.abs(back - samples).max() < 600
    noise = np.square(back - samples.astype(int)).mean()
    assert 10 * np.log10(np.square(samples.astype(float)).mean() / noise) > 35


def test_each_member_hears_all_but_itself() -> None:
    first, second, third = Member(), Member(), Member()
    for member, value in ((first, 100), (second, 20), (third, 3)):
        member.said = constant(value)
    Room([first, second, third]).mix()
    assert [int(m.hears[0]) for m in (first, second, third)] == [23, 103, 120]


def test_the_muted_are_not_heard_and_those_on_hold_hear_nothing() -> None:
    muted, held, plain = Member(muted=True), Member(on_hold=True), Member()
    for member in (muted, held, plain):
        member.said = constant(50)
    Room([muted, held, plain]).mix()
    assert [int(m.hears[0]) for m in (muted, held, plain)] == [50, 0, 0]


def test_only_the_coached_one_hears_the_coach() -> None:
    caller, operator = Member(), Member()
    coach = Member(coaches=operator)
    for member, value in ((caller, 100), (operator, 20), (coach, 3)):
        member.said = constant(value)
    Room([caller, operator, coach]).mix()
    assert [int(m.hears[0]) for m in (caller, operator, coach)] == [20, 103, 120]


def test_loud_voices_are_clipped_and_do_not_wrap() -> None:
    members = [Member() for _ in range(3)]
    for member in members:
        member.said = constant(30000)
    Room(members).mix()
    assert int(members[0].hears[0]) == 32767


async def _frames(loops: int) -> int:
    playback, count = Playback(np.ones(sound.FRAME * 2 + 1, dtype=np.int16), loops), 0
    while count < 100 and playback.next_frame() is not None:
        count += 1
    return count


def test_a_sound_plays_as_often_as_asked_and_zero_is_for_ever() -> None:
    import asyncio

    assert asyncio.run(_frames(1)) == 3
    assert asyncio.run(_frames(3)) == 9
    assert asyncio.run(_frames(0)) == 100


def test_a_growing_file_is_readable_after_each_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    growing = wav.GrowingWav(path, 2)
    both = np.stack([constant(1), constant(2)], axis=1)
    for pieces in (1, 2):
        growing.append(both.astype("<i2").tobytes())
        assert wav.decode(path.read_bytes()).shape == (pieces * sound.FRAME, 2)
    assert path.stat().st_mode & 0o777 == 0o600
    growing.close()
    assert sound.decode_audio(path.read_bytes()).size > 0


def test_a_file_of_another_rate_becomes_telephone_sound() -> None:
    import io
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        t = np.arange(44100) / 44100
        one = (np.sin(2 * np.pi * 600 * t) * 10000).astype("<i2")
        file.writeframes(np.stack([one, one], axis=1).tobytes())
    samples = sound.decode_audio(buffer.getvalue())
    assert abs(len(samples) - 8000) < 100
    spectrum = np.abs(np.fft.rfft(samples[:8000].astype(float), 8000))
    assert abs(int(spectrum.argmax()) - 600) <= 1


def test_silence_at_both_ends_is_trimmed() -> None:
    spoken = np.concatenate([sound.silence(2), sound.tone(600, 1), sound.silence(2)])
    assert 1.0 <= sound.seconds(trim_silence(spoken)) <= 1.5
    assert len(trim_silence(sound.silence(1))) == 0


def test_the_calm_music_joins_end_to_end_and_is_soft() -> None:
    music = sound.calm_music().astype(int)
    assert np.abs(music).max() < 8000
    assert abs(music[0] - music[-1]) < 500
