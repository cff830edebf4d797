"""Files of a model: fetching, unpacking, digests. An archive is never trusted: no path leaves its folder."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from analytics.model_card import ModelCard

MAXIMUM_BYTES = 20 * 2**30
_CHUNK = 1 << 20
Tell = Callable[[str, float], None]


class ModelArchiveBad(Exception):
    """The archive can't be read, or holds what no model holds."""


def digest_of(file: Path) -> str:
    """sha256 of a file, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_digests(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, by its relative name."""
    return {
        path.relative_to(folder).as_posix(): digest_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def download(address: str, target: Path, tell: Tell) -> None:
    """Fetches into `target`, going on where an earlier try broke off. Raises OSError, in a clear sentence."""
    import requests

    have = target.stat().st_size if target.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with requests.get(address, headers=headers, stream=True, timeout=(10, 60)) as answer:
            if have and answer.status_code == 416:
                return
            answer.raise_for_status()
            resumed = answer.status_code == 206
            have = have if resumed else 0
            total = have + int(answer.headers.get("Content-Length", 0))
            with target.open("ab" if resumed else "wb") as out:
                for chunk in answer.iter_content(_CHUNK):
                    have += len(chunk)
                    if have > MAXIMUM_BYTES:
                        raise ModelArchiveBad("the archive is larger than any known model")
                    out.write(chunk)
                    tell("download", have / total if total else 0.0)
    except requests.RequestException as error:
        kind = type(error).__name__
        raise OSError(
            f"the model could not be fetched ({kind}); try again to go on, or give an archive"
        ) from None


def unpack(archive: Path, target: Path, tell: Tell) -> None:
    """Unpacks zip, tar, tar.gz, tar.bz2 or tar.xz. Raises `ModelArchiveBad`."""
    target.mkdir(parents=True)
    try:
        if zipfile.is_zipfile(archive):
            _unzip(archive, target, tell)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as packed:
                packed.extractall(target, filter="data")
                _must_have_ended(packed)
        else:
            raise ModelArchiveBad(f"{archive.name} is no zip or tar archive")
    except (
        *(zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile),
        *(RuntimeError, NotImplementedError),  # a password, or a way of packing that nobody here knows
    ) as error:
        raise ModelArchiveBad(f"{archive.name} is damaged ({type(error).__name__})") from None


def _must_have_ended(packed: tarfile.TarFile) -> None:
    """`tarfile` takes a damaged header in the middle for the end. Behind a true end lie zeros alone, and
    reading up to it checks the sums of the packing."""
    stream = packed.fileobj
    assert stream is not None
    stream.seek(packed.offset)
    length = 0
    while chunk := stream.read(_CHUNK):
        length += len(chunk)
        if chunk.strip(b"\0"):
            raise tarfile.ReadError
    if length < tarfile.BLOCKSIZE:
        raise tarfile.ReadError


def make_ours(folder: Path) -> None:
    """What came from a read-only place can be replaced and removed by the account that installed it."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR))


PARTS = {"vosk": (("am/final.mdl",), ("conf",)), "sentence-transformers": (("modules.json", "config.json"),)}
"""Of each engine's folder, what must be there: of each group one."""


def missing_parts(folder: Path, engine: str) -> list[str]:
    """Groups of which nothing is there; an engine that is not known is not judged."""
    return [
        " or ".join(group)
        for group in PARTS.get(engine, ())
        if not any((folder / part).exists() for part in group)
    ]


def _unzip(archive: Path, target: Path, tell: Tell) -> None:
    with zipfile.ZipFile(archive) as packed:
        members = packed.infolist()
        if sum(member.file_size for member in members) > MAXIMUM_BYTES:
            raise ModelArchiveBad("the archive unpacks to more than any known model")
        for index, member in enumerate(members):
            parts = PurePosixPath(member.filename).parts
            if member.filename.startswith("/") or ".." in parts or "\\" in member.filename:
                raise ModelArchiveBad("the archive holds a path that leaves its folder")
            packed.extract(member, target)
            tell("unpack", (index + 1) / len(members))


def model_root(work: Path, card: ModelCard) -> Path:
    """The folder that is the model: the card's `root`, else down through folders with one folder alone."""
    if card.root and (work / card.root).is_dir():
        return work / card.root
    here = work
    while True:
        entries = [entry for entry in here.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
        if len(entries) == 1 and entries[0].is_dir():
            here = entries[0]
        else:
            return here
