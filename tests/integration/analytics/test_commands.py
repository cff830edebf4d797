"""The commands keep their file contracts; what they answer for a day rests on no later day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from hotline.commands.analytics import analytics
from hotline.commands.models import models

SUBJECTS = (
    ("晚上总是失眠睡不着", "入睡困难，半夜老是醒", "失眠好久了，整夜睡不着", "凌晨三点还睡不着，失眠"),
    ("孩子不肯去上学，天天玩手机", "儿子厌学，不愿意上学", "女儿不去学校，很着急", "孩子逃学，老师找家长"),
    ("和丈夫天天吵架，想离婚", "婚姻过不下去，老公要离婚", "夫妻吵架，他提出离婚", "老公出轨，我想离婚"),
)
NEW = (
    "化工厂的气味太难闻，担心中毒",
    "附近化工厂有怪味，睡不好，担心",
    "化工厂异味，孩子头晕，害怕",
    "化工厂气味刺鼻，很担心",
)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOTLINE_MODE", "test")


def run(*arguments: str, words: str | None = None) -> str:
    result = CliRunner().invoke(analytics, arguments, input=words)
    assert result.exit_code == 0, result.output
    return result.stdout


def contacts(days: int) -> list[dict[str, str]]:
    chance = np.random.default_rng(3)
    rows = []
    for day in range(days):
        stamp = date(2026, 1, 5) + timedelta(day)
        for number in range(9):
            text = (
                SUBJECTS[number % 3][int(chance.integers(4))] + "，" + "已经很久了" * int(chance.integers(2))
            )
            rows.append(
                {"text": text, "region": f"区{int(chance.integers(4))}", "timestamp": f"{stamp}T09:00:00"}
            )
        if day >= 24:
            for _ in range(4):
                text = NEW[int(chance.integers(4))]
                rows.append({"text": text, "region": "区1", "timestamp": f"{stamp}T10:00:00"})
    return [{"id": f"t{number:04d}", **row} for number, row in enumerate(rows)]


def written(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_issues_are_grouped_and_a_new_one_is_flagged_without_looking_ahead(tmp_path: Path) -> None:
    rows = contacts(30)
    run("issues", "--contacts", written(tmp_path / "in.jsonl", rows), "--output", str(tmp_path / "whole"))
    clusters = {row["id"]: row["cluster_id"] for row in read(tmp_path / "whole" / "clusters.jsonl")}
    assert set(clusters) == {row["id"] for row in rows}
    flags = read(tmp_path / "whole" / "flags.jsonl")
    texts = {row["id"]: row["text"] for row in rows}
    assert any(all("化工厂" in texts[member] for member in flag["member_ids"]) for flag in flags)
    assert all(flag["date"] >= "2026-01-29" for flag in flags)
    assert any("化工厂" in "".join(flag["keywords"]) for flag in flags)
    cut = [row for row in rows if row["timestamp"] < "2026-01-31"]
    run("issues", "--contacts", written(tmp_path / "cut.jsonl", cut), "--output", str(tmp_path / "part"))
    part = read(tmp_path / "part" / "flags.jsonl")
    assert part == [flag for flag in flags if flag["date"] <= "2026-01-30"]
    for snapshot in (tmp_path / "part" / "snapshots").iterdir():
        assert snapshot.read_bytes() == (tmp_path / "whole" / "snapshots" / snapshot.name).read_bytes()


def test_risk_gives_level_score_flag_and_evidence(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": "我想自杀"}, {"id": "b", "text": "今天天气很好"}]
    run("risk", "--contacts", written(tmp_path / "in.jsonl", rows), "--output", str(tmp_path / "out.jsonl"))
    first, second = read(tmp_path / "out.jsonl")
    assert (first["id"], first["level"], first["flag"], second["flag"]) == ("a", "high", 1, 0)
    start, end, why = first["evidence"][0]
    assert "自杀" in rows[0]["text"][start:end]
    assert why
    assert 0 <= second["score"] < first["score"] <= 1


def test_signals_answers_every_day_of_every_series(tmp_path: Path) -> None:
    lines = ["series_id,date,count"]
    for name in ("quiet", "burst"):
        for day in range(500):
            count = 9 if name == "burst" and day >= 497 else day % 3 == 0
            lines.append(f"{name},{date(2025, 1, 1) + timedelta(day)},{int(count)}")
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    run("signals", "--counts", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv"))
    out = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()]
    assert out[0] == ["series_id", "date", "expected", "upper", "score", "alarm"]
    assert len(out) == 1 + 2 * 364
    assert [row[5] for row in out if row[0] == "burst"][-1] == "1"
    assert {row[5] for row in out if row[0] == "quiet"} == {"0"}


def test_redact_works_line_by_line() -> None:
    assert (
        run("redact", words="我叫王小明\n电话13800138000\n打12356\n") == "我叫[姓名]\n电话[手机号]\n打12356\n"
    )


def test_a_wrong_file_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "x"}\nnot json\n')
    arguments = ["risk", "--contacts", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")]
    result = CliRunner().invoke(analytics, arguments)
    assert result.exit_code == 1
    assert "line 2 is no JSON row" in result.output


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(analytics, arguments)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (b"a,2026-13-01,1", "line 2 is wrong"),
        (b"a,0001-01-01,1", "line 2 is wrong"),
        (b"a,2026-01-01,x", "line 2 is wrong"),
        (b"a,2026-01-01", "line 2 is wrong"),
        (b"a,2026-01-01,-1", "line 2: no possible count"),
        (b"a,2026-01-01,3000000000", "line 2: no possible count"),
        (b"a,2026-01-01,1\nb,2026-01-01,1\na,2026-01-01,2", "line 4: this day of this series was there"),
        (b"a,1900-01-01,1\na,2026-01-01,1", "more than sixty years"),
        (b"a,2026-01-01,1\n\xff,2026-01-01,1", "not UTF-8"),
        (b"", "there is no row"),
    ],
)
def test_counts_that_cannot_be_are_told_by_their_line(tmp_path: Path, lines: bytes, told: str) -> None:
    (tmp_path / "in.csv").write_bytes(b"series_id,date,count\n" + lines)
    assert told in refused(
        "signals", "--counts", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv")
    )


def test_texts_out_of_order_or_told_twice_or_in_another_code_are_refused(tmp_path: Path) -> None:
    rows = [{"id": "a", "timestamp": "2026-01-02", "text": "失眠"}]
    for other, told in (
        ({"id": "b", "timestamp": "2026-01-01", "text": "欠薪"}, "not in time order"),
        ({"id": "a", "timestamp": "2026-01-02", "text": "欠薪"}, "was there before"),
        ({"id": "b", "text": "欠薪"}, "missing or wrong"),
    ):
        path = written(tmp_path / "in.jsonl", [*rows, other])
        assert told in refused("issues", "--contacts", path, "--output", str(tmp_path / "out"))
    (tmp_path / "gbk.jsonl").write_bytes('{"id": "a", "text": "失眠"}'.encode("gbk"))
    gbk, out = str(tmp_path / "gbk.jsonl"), str(tmp_path / "out.jsonl")
    assert "from line 1 on the file is not UTF-8" in refused("risk", "--contacts", gbk, "--output", out)
    (tmp_path / "mark.jsonl").write_bytes(b"\xef\xbb\xbf" + '{"id": "a", "text": "我想死"}'.encode())
    run("risk", "--contacts", str(tmp_path / "mark.jsonl"), "--output", out)
    assert [row["flag"] for row in read(Path(out))] == [1]


def test_what_cannot_be_written_or_judged_is_said_before_any_work(tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [{"id": "a", "text": "x"}])
    nowhere = str(tmp_path / "nowhere" / "out.jsonl")
    assert "there is no folder" in refused("risk", "--contacts", path, "--output", nowhere)
    assert "not in the range" in refused(
        "signals", "--counts", path, "--output", str(tmp_path / "out.csv"), "--days", "0"
    )


def test_a_speech_model_that_does_not_load_is_said_in_a_sentence(shared_dir: Path, tmp_path: Path) -> None:
    source = str(shared_dir / "models" / "vosk-zh-toy")
    CliRunner().invoke(models, ["install", "vosk-zh-toy", "--from", source])
    (place,) = (tmp_path / "data").rglob("final.mdl")
    place.unlink()
    assert "install it again" in refused("transcribe", str(shared_dir / "audio" / "tts-zh-00.wav"))


def test_a_card_that_is_wrong_installs_nothing(shared_dir: Path, tmp_path: Path) -> None:
    source = str(shared_dir / "models" / "vosk-zh-toy")
    whole = {"version": "1", "kind": "speech", "languages": ["zh"], "licence": "MIT", "engine": "vosk"}
    for name, row in (
        ("own", ["a"]),
        ("own", {**whole, "languages": "zh"}),
        ("../own", whole),
        ("own", {**whole, "name": "other"}),
    ):
        (tmp_path / "card.json").write_text(json.dumps(row))
        arguments = ["install", name, "--from", source, "--card", str(tmp_path / "card.json")]
        result = CliRunner().invoke(models, arguments)
        assert (result.exit_code, "nothing was changed" in result.output) == (1, True), result.output
    assert not list((tmp_path / "data").rglob("final.mdl"))


def test_transcribe_says_no_model_then_uses_an_installed_one(shared_dir: Path) -> None:
    sound = str(shared_dir / "audio" / "tts-zh-00.wav")
    assert json.loads(run("transcribe", sound, "--json"))["state"] == "no_model"
    installed = CliRunner().invoke(
        models, ["install", "vosk-zh-toy", "--from", str(shared_dir / "models" / "vosk-zh-toy")]
    )
    assert installed.exit_code == 0, installed.output
    assert json.loads(run("transcribe", sound, "--json"))["state"] == "transcribed"
    assert "vosk-zh-toy" in CliRunner().invoke(models, ["check"]).output


def test_the_toy_model_is_never_used_outside_tests(shared_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = str(shared_dir / "models" / "vosk-zh-toy")
    CliRunner().invoke(models, ["install", "vosk-zh-toy", "--from", source])
    monkeypatch.setenv("HOTLINE_MODE", "demonstration")
    sound = str(shared_dir / "audio" / "tts-zh-00.wav")
    assert json.loads(run("transcribe", sound, "--json"))["state"] == "no_model"
    assert CliRunner().invoke(models, ["install", "vosk-zh-toy", "--from", source]).exit_code == 1
