"""`hotline models`: speech and text models of others, installed beside the product."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group()
def models() -> None:
    """语音与文本模型 · speech and text models."""


def _store() -> Any:
    from analytics.models_store import ModelStore
    from hotline.settings import load_settings

    settings = load_settings()
    assert settings.models_dir is not None
    return ModelStore(settings.models_dir, allow_test_models=settings.mode == "test")


@models.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_models(as_json: bool) -> None:
    """已安装的和可安装的 · what is installed and what can be."""
    store = _store()
    installed = {model.card.name: model for model in store.installed()}
    cards = {**store.manifest, **{name: model.card for name, model in installed.items()}}
    if as_json:
        rows = [{**card.to_json(), "installed": name in installed} for name, card in sorted(cards.items())]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for name, card in sorted(cards.items(), key=lambda pair: (pair[1].kind, pair[0])):
        if card.test and not store.allow_test_models:
            continue
        state = "✓ 已安装 installed" if name in installed else "  未安装 not installed"
        size = f"{(card.size_bytes or 0) / 1e6:.0f} MB"
        click.echo(f"{state}  {name}  {card.kind} {'/'.join(card.languages)}  {size}  {card.licence}")
        click.echo(f"      {card.quality}")
    click.echo(f"  内置 built in  hotline-zh-static  text zh  4 MB\n{store.folder}")


@models.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="文件夹或压缩包 · folder or archive",
)
@click.option(
    "--card",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="清单外模型的 JSON 说明 · its card",
)
def install(name: str, source: Path | None, card: Path | None) -> None:
    """从官方地址、文件夹或压缩包安装 · install from the official address, a folder or an archive."""
    from analytics.model_card import BadModelCard
    from analytics.model_files import ModelArchiveBad
    from analytics.models_store import ModelCheckFailed, ModelNotKnown

    def tell(step: str, share: float) -> None:
        words = {"download": "下载 download", "unpack": "解包 unpack", "check": "校验 check"}[step]
        click.echo(f"\r{words} {share:4.0%}", nl=False, err=True)

    try:
        own = _own_card(name, card) if card else None
        model = _store().install(name, source, card=own, progress=tell)
    except (ModelNotKnown, ModelCheckFailed, ModelArchiveBad, BadModelCard, OSError, ValueError) as error:
        click.echo("", err=True)
        raise click.ClickException(
            f"安装失败，原有模型未变 · not installed, nothing was changed: {error}"
        ) from None
    click.echo(f"\n✓ {model.card.name} {model.card.version} → {model.folder}")
    if (digest := _store().archive_digest(model.card.name)) is not None:
        click.echo(f"  sha256 {digest}")


def _own_card(name: str, file: Path) -> Any:
    from analytics.model_card import BadModelCard, ModelCard

    row = json.loads(file.read_text("utf-8"))
    if not isinstance(row, dict) or row.get("name", name) != name:
        raise BadModelCard("the card is a JSON object for the model of this name")
    return ModelCard.from_json({**row, "name": name})


@models.command()
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """校验文件未变 · check that the files are those that were installed."""
    from analytics.models_store import ModelNotKnown

    store = _store()
    # What a Python package carries is pip's to check.
    here = [model.card.name for model in store.installed() if model.folder.parent == store.folder]
    names = [name] if name else here
    bad = False
    for each in names:
        try:
            faults = store.check(each)
        except ModelNotKnown as error:
            raise click.ClickException(f"未安装 · not installed: {error}") from None
        bad = bad or bool(faults)
        click.echo(f"{'✗' if faults else '✓'} {each}")
        for fault in faults:
            click.echo(f"    {fault}")
    if not names:
        click.echo("没有安装模型 · no model is installed")
    sys.exit(1 if bad else 0)


@models.command()
@click.argument("name")
def remove(name: str) -> None:
    """移除 · remove."""
    from analytics.models_store import ModelNotKnown

    try:
        _store().remove(name)
    except ModelNotKnown as error:
        raise click.ClickException(f"未安装 · not installed: {error}") from None
    click.echo(f"✓ {name}")


if __name__ == "__main__":
    models()
