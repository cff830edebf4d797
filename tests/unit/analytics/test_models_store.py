"""Models are installed whole or not at all, and checked against what was installed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from analytics.model_card import BadModelCard, ModelCard
from analytics.model_files import ModelArchiveBad
from analytics.models_store import ModelCheckFailed, ModelNotKnown, ModelStore, load_manifest


def card(name: str = "small", **more: object) -> ModelCard:
    row = {"name": name, "version": "1", "kind": "speech", "languages": ["zh"], "licence": "MIT"}
    return ModelCard.from_json({**row, "engine": "vosk", **more})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "source" / "small-1"
    (model / "am").mkdir(parents=True)
    (model / "am" / "final.mdl").write_bytes(b"weights")
    (model / "README").write_text("a model")
    return model


def test_the_manifest_names_licence_language_and_kind_of_every_model() -> None:
    manifest = load_manifest()
    assert manifest["vosk-model-small-cn-0.22"].languages == ("zh",)
    assert all(entry.licence and entry.kind in ("speech", "text") for entry in manifest.values())
    assert [name for name, entry in manifest.items() if entry.test] == ["vosk-zh-toy"]


def test_install_from_a_folder_then_check_then_remove(tmp_path: Path, folder: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.install("small", folder, card=card())
    assert store.find("speech", "zh-CN") is not None
    assert store.find("speech", "en") is None
    assert store.check("small") == []
    (tmp_path / "models" / "small" / "am" / "final.mdl").write_bytes(b"other")
    assert store.check("small") == ["changed: am/final.mdl"]
    store.remove("small")
    assert store.find("speech", "zh") is None
    with pytest.raises(ModelNotKnown):
        store.remove("small")


def test_install_from_an_archive_finds_the_folder_inside(tmp_path: Path, folder: Path) -> None:
    archive = tmp_path / "small.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.rglob("*"):
            packed.write(file, Path("small-1") / file.relative_to(folder))
    model = ModelStore(tmp_path / "models").install("small", archive, card=card())
    assert (model.folder / "am" / "final.mdl").read_bytes() == b"weights"


def test_a_wrong_digest_changes_nothing(tmp_path: Path, folder: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.install("small", folder, card=card())
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("am/final.mdl", b"evil")
    with pytest.raises(ModelCheckFailed):
        store.install("small", archive, card=card(sha256="0" * 64))
    assert store.check("small") == []


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../evil", b"x")
    with pytest.raises(ModelArchiveBad):
        ModelStore(tmp_path / "models").install("small", archive, card=card())
    assert not (tmp_path / "evil").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "small.zip"
    archive.write_bytes(b"half a download")
    with pytest.raises(ModelArchiveBad):
        ModelStore(tmp_path / "models").install("small", archive, card=card())


def test_a_test_model_is_neither_installed_nor_found_outside_tests(tmp_path: Path, folder: Path) -> None:
    testing = ModelStore(tmp_path / "models", allow_test_models=True)
    testing.install("small", folder, card=card(test=True))
    assert testing.find("speech", "zh") is not None
    product = ModelStore(tmp_path / "models")
    assert product.find("speech", "zh") is None
    with pytest.raises(ModelCheckFailed):
        product.install("small", folder, card=card(test=True))


def test_no_models_folder_is_a_normal_state(tmp_path: Path) -> None:
    assert ModelStore(tmp_path / "nowhere").find("speech", "zh") is None


def test_a_name_nobody_knows_needs_a_card(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ModelNotKnown):
        ModelStore(tmp_path / "models").install("strange", folder)
    with pytest.raises(BadModelCard):
        ModelCard.from_json({"name": "strange"})


def test_a_spoilt_record_hides_the_model_and_breaks_nothing(tmp_path: Path, folder: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.install("small", folder, card=card())
    (tmp_path / "models" / "small" / "hotline-model.json").write_text(json.dumps({"card": {}}))
    assert store.installed("speech") == []
