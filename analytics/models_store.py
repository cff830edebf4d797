"""Trained models of others: what is known of them, and the folder they are installed in.

Others' weights are never part of the product: the manifest names them, `hotline models install` brings
them from their official address, a local folder or an archive. Every install is made beside its place,
checked, and moved there in one step.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from analytics.model_card import BadModelCard, Kind, ModelCard
from analytics.model_files import (
    ModelArchiveBad,
    digest_of,
    download,
    folder_digests,
    make_ours,
    missing_parts,
    model_root,
    unpack,
)

CARD_FILE = "hotline-model.json"
Progress = Callable[[str, float], None]
"""Told the step (`download`, `unpack`, `check`) and how much of it is done, 0..1."""


class ModelNotKnown(LookupError):
    """No such name in the manifest or among the installed models."""


class ModelCheckFailed(Exception):
    """The files are not those that were installed or promised. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in the models folder."""

    card: ModelCard
    folder: Path

    def __iter__(self) -> Iterator[Any]:
        return iter((self.card, self.folder))


def load_manifest(path: Path | None = None) -> dict[str, ModelCard]:
    """The cards that come with the product, by name (or those of another manifest file)."""
    source = path or resources.files("analytics") / "models_manifest.json"
    rows = json.loads(source.read_text(encoding="utf-8"))["models"]
    return {row["name"]: ModelCard.from_json(row) for row in rows}


class ModelStore:
    """The models folder. A model marked `test` is neither found nor installed unless `allow_test_models`."""

    def __init__(
        self, folder: Path, *, allow_test_models: bool = False, manifest: Path | None = None
    ) -> None:
        self.folder = folder
        self.allow_test_models = allow_test_models
        self.manifest = load_manifest(manifest)

    def installed(self, kind: Kind | None = None) -> list[InstalledModel]:
        """Usable models, best first: made for few languages before many, larger before smaller."""
        found = [] if kind == "speech" else self._from_packages()
        for place in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            card = self._card_of(place)
            if card is None or (card.test and not self.allow_test_models):
                continue
            if kind is None or card.kind == kind:
                found.append(InstalledModel(card, place))
        return sorted(
            {model.card.name: model for model in found}.values(),
            key=lambda model: (
                model.card.test,
                len(model.card.languages),
                -(model.card.size_bytes or 0),
                model.card.name,
            ),
        )

    def find(self, kind: Kind, language: str) -> InstalledModel | None:
        """The best installed model of this kind that names the language; None is a normal state."""
        return next((model for model in self.installed(kind) if model.card.covers(language)), None)

    def install(
        self,
        name: str,
        source: Path | None = None,
        *,
        card: ModelCard | None = None,
        progress: Progress | None = None,
    ) -> InstalledModel:
        """Installs from `source` (folder or archive) or from the card's official address.

        A model that no manifest knows needs a `card`. Raises `ModelNotKnown`, `ModelCheckFailed`,
        `ModelArchiveBad`, OSError; whatever happens, an installed model stays as it was.
        """
        card = card or self.manifest.get(name)
        if card is None:
            raise ModelNotKnown(f"{name} is not in the manifest; give a card for it")
        if card.test and not self.allow_test_models:
            raise ModelCheckFailed(f"{name} is a test fixture and is refused outside tests")
        tell = progress or (lambda _step, _share: None)
        self.folder.mkdir(parents=True, exist_ok=True)
        # A part of a download stays for the next try; only the unpacked copy is thrown away.
        work = self.folder / f".{name}.installing"
        place, old = self.folder / name, self.folder / f".{name}.old"
        if old.exists() and not place.exists():
            # The power went between the two steps of a former install.
            old.rename(place)
        shutil.rmtree(work, ignore_errors=True)
        try:
            archive_digest = self._bring(card, source, work, tell)
            make_ours(work)
            root = model_root(work, card)
            tell("check", 0.0)
            files = folder_digests(root)
            if not files:
                raise ModelArchiveBad("there is no file in the model")
            if lacking := missing_parts(root, card.engine):
                raise ModelCheckFailed(f"no {card.engine} model: {', '.join(lacking)} is not there")
            size = sum((root / file).stat().st_size for file in files)
            kept = replace(card, size_bytes=size)
            record = {"card": kept.to_json(), "files": files, "archive_sha256": archive_digest}
            (root / CARD_FILE).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
            shutil.rmtree(old, ignore_errors=True)
            if place.exists():
                place.rename(old)
            root.rename(place)
            shutil.rmtree(old, ignore_errors=True)
            tell("check", 1.0)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        (self.folder / f".{name}.part").unlink(missing_ok=True)
        return InstalledModel(kept, self.folder / name)

    def check(self, name: str) -> list[str]:
        """Files that are missing, changed or new since the install; an empty list is good."""
        place = self.folder / name
        record = self._record_of(place)
        if record is None:
            raise ModelNotKnown(f"{name} is not installed")
        now, then = folder_digests(place), record["files"]
        now.pop(CARD_FILE, None)
        faults = [f"missing: {file}" for file in then if file not in now]
        faults += [f"changed: {file}" for file in then if file in now and now[file] != then[file]]
        return faults + [f"unknown: {file}" for file in now if file not in then]

    def archive_digest(self, name: str) -> str | None:
        """sha256 of the archive that an installed model came from; None for a folder."""
        record = self._record_of(self.folder / name)
        return record.get("archive_sha256") if record else None

    def remove(self, name: str) -> None:
        """Takes an installed model away. Raises `ModelNotKnown`."""
        place = self.folder / name
        if self._record_of(place) is None:
            raise ModelNotKnown(f"{name} is not installed")
        gone = self.folder / f".{name}.removing"
        place.rename(gone)
        shutil.rmtree(gone)

    def _bring(self, card: ModelCard, source: Path | None, work: Path, tell: Progress) -> str | None:
        """Puts the model's files into `work`; answers the archive's digest, None for a folder."""
        if source is not None and source.is_dir():
            shutil.copytree(source, work)
            return None
        if source is None:
            if card.address is None:
                raise ModelNotKnown(
                    f"no official address is known for {card.name}; give a folder or an archive"
                )
            if card.address.startswith("hf:"):
                _fetch_hub(card, work)
                return None
            source = self.folder / f".{card.name}.part"
            download(card.address, source, tell)
        digest = digest_of(source)
        if card.sha256 is not None and digest != card.sha256:
            if source.name.endswith(".part"):
                source.unlink()
            raise ModelCheckFailed(f"sha256 of the archive is {digest}, promised is {card.sha256}")
        unpack(source, work, tell)
        return digest

    def _from_packages(self) -> list[InstalledModel]:
        found = []
        for card in self.manifest.values():
            # find_spec reads no code of the package: the light processes stay light.
            spec = importlib.util.find_spec(card.package) if card.package else None
            if spec is not None and spec.origin is not None:
                folder = Path(spec.origin).parent / "model"
                if folder.is_dir():
                    found.append(InstalledModel(card, folder))
        return found

    def _record_of(self, place: Path) -> dict[str, Any] | None:
        file = place / CARD_FILE
        if place.name.startswith(".") or not file.is_file():
            return None
        try:
            record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            return None
        return record

    def _card_of(self, place: Path) -> ModelCard | None:
        record = self._record_of(place)
        try:
            return ModelCard.from_json(record["card"]) if record else None
        except (BadModelCard, KeyError, TypeError):
            return None


def _fetch_hub(card: ModelCard, work: Path) -> None:
    """A sentence-transformers folder from the Hugging Face hub, at the revision the manifest names."""
    from huggingface_hub import snapshot_download

    assert card.address is not None
    repository, _, revision = card.address.removeprefix("hf:").partition("@")
    snapshot_download(
        repository,
        revision=revision or None,
        local_dir=str(work),
        allow_patterns=["*.json", "*.txt", "*.safetensors", "*.model", "1_Pooling/*"],
        ignore_patterns=["onnx/*", "openvino/*"],
    )
    shutil.rmtree(work / ".cache", ignore_errors=True)
