"""The first start makes what nobody has set, once, for the owner's eyes alone."""

from __future__ import annotations

import os
import shutil
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from hotline.faults import OperationalFault
from hotline.processes.first_start import SECRET_MAKERS, prepare
from hotline.settings import PREFIX, SettingsFault, load_settings, read_secrets
from models.crypto import Keyring

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    folder = tmp_path / "var"
    monkeypatch.setenv(PREFIX + "DATA_DIR", str(folder))
    return folder


def test_every_missing_secret_is_made_and_fits_its_setting() -> None:
    settings = prepare(load_settings)

    assert settings.carrier_account_sid.startswith("AC")
    assert settings.carrier_api_key_sid.startswith("SK")
    assert settings.carrier_twiml_app_sid.startswith("AP")
    assert Keyring.parse(settings.data_keys.get_secret_value()).current_id.startswith("k")
    assert len(settings.session_secret.get_secret_value()) >= 40
    assert settings.redis_url.get_secret_value().startswith("redis://:")


def test_only_the_owner_can_read_them(data_dir: Path) -> None:
    prepare(load_settings)

    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "secrets.env").stat().st_mode) == 0o600


def test_a_second_start_changes_none_of_them(data_dir: Path) -> None:
    prepare(load_settings)
    kept = (data_dir / "secrets.env").read_bytes()

    prepare(load_settings)

    assert (data_dir / "secrets.env").read_bytes() == kept


def test_a_secret_that_is_set_is_not_made(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv(PREFIX + "SESSION_SECRET", "chosen-by-a-person")

    settings = prepare(load_settings)

    assert settings.session_secret.get_secret_value() == "chosen-by-a-person"
    assert set(read_secrets(data_dir / "secrets.env")) == {
        PREFIX + name.upper() for name in SECRET_MAKERS if name != "session_secret"
    }


def test_a_secret_added_by_a_later_version_joins_the_others(data_dir: Path) -> None:
    prepare(load_settings)
    file = data_dir / "secrets.env"
    before = read_secrets(file)
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "HASH_KEY" not in line]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    prepare(load_settings)

    after = read_secrets(file)
    assert set(after) == set(before)
    assert {n: v for n, v in after.items() if "HASH_KEY" not in n} == {
        n: v for n, v in before.items() if "HASH_KEY" not in n
    }


def test_production_makes_no_secret(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv(PREFIX + "MODE", "production")

    with pytest.raises(SettingsFault):
        prepare(load_settings)

    assert not data_dir.exists()


def test_a_nearly_full_disk_is_told_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 10**6, 10**6))

    with pytest.raises(OperationalFault, match="nearly full"):
        prepare(load_settings)
