"""`hotline analytics`: the engines on files, for researchers and for a look by hand. No database is read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from hotline.commands.analytics_files import counts_of, rows_of, stream_of


@click.group()
def analytics() -> None:
    """文件上的分析：事件、风险、信号、脱敏、转写 · analytics on files."""


def _write(out: TextIO, row: dict[str, Any]) -> None:
    out.write(json.dumps(row, ensure_ascii=False) + "\n")


_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


class _NewFile(click.Path):
    """A file to write, whose folder must be there."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"没有这个文件夹 · there is no folder {path.parent}", param, ctx)
        return path


_OUTPUT = _NewFile(dir_okay=False, path_type=Path)


@analytics.command()
@click.option(
    "--contacts", type=_INPUT, required=True, help="id, timestamp, region, text；按时间排序 · in time order"
)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--language", default="auto", show_default=True, help="zh, en … ；auto 看文字 · auto looks at the text"
)
@click.option("--snapshots/--no-snapshots", default=True, help="每天一个快照 · a snapshot for each day")
def issues(contacts: Path, output: Path, language: str, snapshots: bool) -> None:
    """把来电归成议题，并标出新出现的 · group contacts into issues and flag what is new."""
    from analytics.cluster import embedder_for
    from analytics.cluster.replay import StreamText, replay

    texts = stream_of(contacts, StreamText)
    (output / "snapshots").mkdir(parents=True, exist_ok=True)
    # Only the first texts decide the language, so that cutting the end of the input changes nothing.
    chosen = _language_of([text.text for text in texts[:50]]) if language == "auto" else language
    embedder = embedder_for(chosen, _installed("text"))
    click.echo(f"{len(texts)} 条 · texts; {embedder.key}", err=True)
    last: dict[str, int | None] = {}
    with (
        (output / "flags.jsonl").open("w", encoding="utf-8") as flags,
        click.progressbar(length=max(1, len(texts)), file=sys.stderr, label="归类 grouping") as bar,
    ):
        for answer in replay(texts, embedder):
            bar.update(len(answer.issues) - len(last))
            last = dict(answer.issues)
            for born in answer.born:
                if born.emerging:
                    _write(flags, {
                        "date": answer.day.isoformat(), "cluster_id": str(born.issue_id),
                        "keywords": list(born.phrases), "member_ids": list(born.member_ids),
                        "name": born.name, "place": born.place, "p": born.p,
                    })  # fmt: skip
            if snapshots:
                with (output / "snapshots" / f"{answer.day}.jsonl").open("w", encoding="utf-8") as out:
                    for text_id, issue in answer.issues.items():
                        _write(out, {"id": text_id, "cluster_id": str(issue or -1)})
    with (output / "clusters.jsonl").open("w", encoding="utf-8") as out:
        for text_id, issue in last.items():
            _write(out, {"id": text_id, "cluster_id": str(issue or -1)})


def _language_of(texts: list[str]) -> str:
    joined = "".join(texts)
    chinese = sum("一" <= character <= "龥" for character in joined)
    return "zh" if chinese * 4 > len(joined) else "en"


def _installed(kind: Any) -> Any:
    from analytics.models_store import ModelStore
    from hotline.settings import load_settings

    settings = load_settings()
    assert settings.models_dir is not None
    return ModelStore(settings.models_dir, allow_test_models=settings.mode == "test").installed(kind)


@analytics.command()
@click.option("--contacts", type=_INPUT, required=True, help="id, text")
@click.option("--output", type=_OUTPUT, required=True)
def risk(contacts: Path, output: Path) -> None:
    """标出自杀自伤的话 · mark language of suicide and self-harm."""
    from analytics.understand.risk_model import best_marker

    marker = best_marker()
    with output.open("w", encoding="utf-8") as out:
        for row in rows_of(contacts):
            mark = marker.mark(row["text"])
            evidence = [
                [item.start, item.end, f"{item.reason_zh} · {item.reason_en}"] for item in mark.evidence
            ]
            _write(out, {
                "id": row["id"], "level": mark.level, "score": mark.score, "flag": int(mark.flagged),
                "evidence": evidence,
            })  # fmt: skip


@analytics.command()
@click.option("--counts", type=_INPUT, required=True, help="series_id,date,count")
@click.option("--output", type=_OUTPUT, required=True)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=364,
    show_default=True,
    help="评估最后几天 · how many of the last days are judged",
)
def signals(counts: Path, output: Path, days: int) -> None:
    """数目是否超出预期 · is a count above what is expected."""
    import numpy as np

    from analytics.flag import detect

    names, calendar, table = counts_of(counts)
    answer = detect(table, calendar, evaluate=days)
    with output.open("w", encoding="utf-8") as out:
        out.write("series_id,date,expected,upper,score,alarm\n")
        stamps = [day.isoformat() for day in answer.days]
        alarms = answer.alarm.astype(np.int8).tolist()
        columns = (answer.expected.tolist(), answer.upper.tolist(), answer.score.tolist(), alarms)
        rows = list(zip(names, *columns, strict=True))
        for name, expected, upper, score, alarm in _with_bar(rows, "写出 writing"):
            out.writelines(
                f"{name},{stamp},{a:.4f},{b:.0f},{c:.5f},{d}\n"
                for stamp, a, b, c, d in zip(stamps, expected, upper, score, alarm, strict=True)
            )


def _with_bar(rows: list[Any], label: str) -> Iterator[Any]:
    with click.progressbar(rows, file=sys.stderr, label=label) as bar:
        yield from bar


@analytics.command()
@click.option("--keep", multiple=True, help="不脱敏的本机构号码 · a number of your own that stays")
def redact(keep: tuple[str, ...]) -> None:
    """标准输入逐行脱敏 · redact lines of standard input."""
    from analytics.understand.helplines import HELPLINES
    from analytics.understand.redaction import redact as redact_text

    kept = HELPLINES | {"".join(character for character in number if character.isdigit()) for number in keep}
    for line in sys.stdin:
        click.echo(redact_text(line.rstrip("\n"), kept).text)


@analytics.command()
@click.argument("file", type=_INPUT)
@click.option("--json", "as_json", is_flag=True, help="全部细节 · all details")
@click.option("--language", default="zh", show_default=True)
@click.option("--channel", "channels", multiple=True, default=("caller", "operator"), show_default=True)
def transcribe(file: Path, as_json: bool, language: str, channels: tuple[str, ...]) -> None:
    """转写一个录音，声道分开 · transcribe a recording, channels apart."""
    from analytics.models_store import ModelStore
    from analytics.transcribe import AudioUnreadable, ModelUnusable, TranscriptState, VoskTranscriber
    from hotline.settings import load_settings

    settings = load_settings()
    test = settings.mode == "test"
    assert settings.models_dir is not None
    found = ModelStore(settings.models_dir, allow_test_models=test).find("speech", language)
    if found is None:
        _no_transcript(TranscriptState.NO_MODEL, as_json)
        return
    try:
        engine = VoskTranscriber(found.folder, found.card, language=language, allow_test_models=test)
    except ModelUnusable as error:
        raise click.ClickException(
            f"语音模型无法加载，请重新安装 · the speech model does not load, install it again: {error}"
        ) from None
    with file.open("rb") as sound:
        try:
            transcript = engine.transcribe(
                sound, channels, lambda seconds: click.echo(f"\r{seconds:.0f} s", nl=False, err=True)
            )
        except AudioUnreadable as error:
            _no_transcript(TranscriptState(error.state), as_json)
            return
    click.echo("", err=True)
    if as_json:
        click.echo(json.dumps(transcript.to_json(), ensure_ascii=False))
        return
    for said in transcript.utterances:
        click.echo(f"{said.start_seconds:8.2f} {said.speaker:>9}  {said.text}")


_STATE_WORDS = {
    "no_model": "没有安装语音模型：见 hotline models list · no speech model is installed",
    "empty": "录音为空 · the recording is empty",
    "damaged": "录音无法读取 · the recording can't be read",
}


def _no_transcript(state: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"state": state.value, "utterances": []}, ensure_ascii=False))
    else:
        click.echo(_STATE_WORDS[state.value], err=True)


if __name__ == "__main__":
    analytics()
