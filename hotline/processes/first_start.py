"""What the first start makes: the data folder, and the secrets that nobody has set.

The file is mode 0600 in a folder of mode 0700, written whole or not at all; what it holds is never changed,
since data sealed with a lost key is lost.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from hotline.faults import OperationalFault
from hotline.settings import PREFIX, SECRETS_FILE, Settings, read_secrets

LEAST_FREE_BYTES = 200 * 1024 * 1024
FOLDERS = ("mail", "redis", "speech-and-text-models", "recordings")


def prepare(load: Callable[[], Settings]) -> Settings:
    """Make the folders and missing secrets, then read the settings again.

    Raises `SettingsFault`, or `OperationalFault` when the disk is full or the folder cannot be written.
    """
    settings = load()
    make_folders(settings.data_dir)
    if settings.mode == "production":
        return settings
    make_missing_secrets(settings.data_dir / SECRETS_FILE, settings)
    return load()


def make_folders(data_dir: Path) -> None:
    """Create DATA_DIR and what belongs into it; refuse a nearly full disk before it damages a database."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise PermissionError(13, "not writable", str(data_dir))
    free = shutil.disk_usage(data_dir).free
    if free < LEAST_FREE_BYTES:
        raise OperationalFault(
            f"磁盘快满了：{data_dir} 只剩 {free // 2**20} MB，至少要 {LEAST_FREE_BYTES // 2**20} MB。"
            "请腾出空间，或换 HOTLINE_DATA_DIR。",
            f"The disk is nearly full: {data_dir} has {free // 2**20} MB left and needs "
            f"{LEAST_FREE_BYTES // 2**20} MB. Free some space, or choose another HOTLINE_DATA_DIR.",
        )
    for name in FOLDERS:
        (data_dir / name).mkdir(mode=0o700, exist_ok=True)


def make_missing_secrets(file: Path, settings: Settings) -> None:
    """Add to the file each secret that neither the environment nor the file has; two starters don't race."""
    with FileLock(f"{file}.lock", mode=0o600):
        kept = read_secrets(file)
        made = {
            PREFIX + name.upper(): make()
            for name, make in SECRET_MAKERS.items()
            if PREFIX + name.upper() not in kept and not _is_set(settings, name)
        }
        if not made:
            return
        lines = [
            "# 首次启动时生成；丢了它，加密的数据就打不开 · made at the first start; keep it",
            *(f"{name}={value}" for name, value in {**kept, **made}.items()),
        ]
        fresh = file.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value if isinstance(value, str) else value.get_secret_value())


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


SECRET_MAKERS: dict[str, Callable[[], str]] = {
    "redis_password": lambda: secrets.token_urlsafe(32),
    "carrier_account_sid": lambda: "AC" + secrets.token_hex(16),
    "carrier_auth_token": lambda: secrets.token_hex(16),
    "carrier_api_key_sid": lambda: "SK" + secrets.token_hex(16),
    "carrier_api_key_secret": lambda: secrets.token_hex(16),
    "carrier_twiml_app_sid": lambda: "AP" + secrets.token_hex(16),
    "data_keys": lambda: f"k{secrets.token_hex(3)}:{_key()}",
    "hash_key": _key,
    "session_secret": lambda: secrets.token_urlsafe(48),
}
