"""Models are installed whole or not at all, and checked against what was installed."""

from __future__ import annotations

import io
import json
import stat
import tarfile
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
    (model / "conf").mkdir()
    (model / "conf" / "model.conf").write_text("--beam=10")
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


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("hurt", ["cut", "changed"])
def test_a_damaged_archive_leaves_the_installed_model_as_it_was(
    tmp_path: Path, folder: Path, packing: str, hurt: str
) -> None:
    (folder / "am" / "final.mdl").write_bytes(bytes(range(256)) * 4000)
    archive = tmp_path / f"small.tar.{packing}"
    with tarfile.open(archive, f"w:{packing}") as packed:
        packed.add(folder, "small-1")
    store = ModelStore(tmp_path / "models")
    store.install("small", archive, card=card())
    data = archive.read_bytes()
    half = len(data) // 2
    spoilt = data[:half] if hurt == "cut" else data[:half] + b"\xff" * 40 + data[half + 40 :]
    (tmp_path / "spoilt").write_bytes(spoilt)
    with pytest.raises(ModelArchiveBad):
        store.install("small", tmp_path / "spoilt", card=card(version="2"))
    assert store.check("small") == []
    assert [model.card.version for model in store.installed("speech")] == ["1"]


def test_a_tar_whose_second_header_is_damaged_is_not_taken_for_its_first_file_alone(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name in ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            packed.addfile(entry, io.BytesIO(b"abc"))
    data = bytearray(out.getvalue())
    data[4 * 512 : 5 * 512] = b"\xff" * 512
    (tmp_path / "small.tar").write_bytes(data)
    with pytest.raises(ModelArchiveBad):
        ModelStore(tmp_path / "models").install("small", tmp_path / "small.tar", card=card())


def test_a_folder_that_is_no_model_of_its_engine_does_not_replace_one(tmp_path: Path, folder: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.install("small", folder, card=card())
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "readme.txt").write_text("no model")
    with pytest.raises(ModelCheckFailed, match=r"am/final\.mdl, conf"):
        store.install("small", tmp_path / "letters", card=card())
    with pytest.raises(ModelCheckFailed, match=r"modules\.json or config\.json"):
        store.install("text", folder, card=card("text", kind="text", engine="sentence-transformers"))
    assert store.check("small") == []


def test_what_came_from_a_read_only_folder_can_be_removed(tmp_path: Path, folder: Path) -> None:
    kept = [*folder.rglob("*"), folder]
    for path in kept:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        model = ModelStore(tmp_path / "models").install("small", folder, card=card())
    finally:
        for path in reversed(kept):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    modes = [path.stat().st_mode for path in (model.folder, *model.folder.rglob("*"))]
    assert all(mode & stat.S_IWUSR for mode in modes)


def test_an_install_that_the_power_broke_off_between_its_two_steps_is_taken_back(
    tmp_path: Path, folder: Path
) -> None:
    store = ModelStore(tmp_path / "models")
    store.install("small", folder, card=card())
    (tmp_path / "models" / "small").rename(tmp_path / "models" / ".small.old")
    (tmp_path / "none").mkdir()
    with pytest.raises(ModelArchiveBad):
        store.install("small", tmp_path / "none", card=card())
    assert store.check("small") == []


@pytest.mark.parametrize("name", ["../evil", "..", ".hidden", "a/b", "a\\b", ""])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(BadModelCard):
        card(name)


def test_languages_are_a_list_of_codes() -> None:
    for wrong in ("zh", [1], {"zh": 1}):
        with pytest.raises(BadModelCard):
            card(languages=wrong)
