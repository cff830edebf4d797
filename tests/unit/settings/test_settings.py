"""Settings: defaults that need nothing, faults told all at once, secrets never shown."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from hotline.settings import PREFIX, Settings, SettingsFault, load_settings, unknown_settings
from hotline.settings_rules import masked

KEY = base64.b64encode(b"k" * 32).decode()

SAFE_PRODUCTION = {
    "CAPTIONS_URL": "wss://hotline.example/captions",
    "MEDIA_URL": "wss://carrier.hotline.example/media",
    "MODE": "production",
    "PUBLIC_URL": "https://desk.example.org",
    "WEBHOOK_BASE_URL": "https://voice.example.org",
    "FALLBACK_URL": "https://fallback.example.org/voice",
    "CARRIER_BASE_URL": "twilio",
    "DATABASE_URL": "postgresql+psycopg://hotline@db/hotline",
    "REDIS_URL": "redis://redis:6379/0",
    "SMTP_URL": "smtps://mail.example.org",
    "DATA_KEYS": f"k1:{KEY}",
    "HASH_KEY": KEY,
    "SESSION_SECRET": "s" * 40,
    "CARRIER_ACCOUNT_SID": "AC" + "0" * 32,
    "CARRIER_AUTH_TOKEN": "t" * 32,
    "CARRIER_API_KEY_SID": "SK" + "0" * 32,
    "CARRIER_API_KEY_SECRET": "t" * 32,
    "CARRIER_TWIML_APP_SID": "AP" + "0" * 32,
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(PREFIX + "DATA_DIR", str(tmp_path))


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name, value)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()

    assert settings.mode == "demonstration"
    assert settings.host == "127.0.0.1"
    assert settings.carrier_base_url == "http://127.0.0.1:8002"
    assert settings.runs_own_redis


def test_addresses_follow_their_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"WEB_PORT": "9100", "EXCHANGE_PORT": "9102", "FALLBACK_PORT": "9103"})

    settings = load_settings()

    assert settings.public_url == "http://127.0.0.1:9100"
    assert settings.signalling_url == "ws://127.0.0.1:9102/signal"
    assert settings.fallback_url == "http://127.0.0.1:9103/voice"


def test_all_faults_are_told_at_once_in_both_languages_and_without_the_wrong_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {
        "WEB_PORT": "eight",
        "MODE": "prod",
        "CARRIER_ACCOUNT_SID": "AC12",
        "DATA_KEYS": "one:c2hvcnQ=",
        "PUBLIC_URL": "desk.example.org",
        "REDIS_PORT": "70000",
    }
    set_all(monkeypatch, wrong)

    with pytest.raises(SettingsFault) as caught:
        load_settings()

    told = {en.split()[0] for _, en in caught.value.faults}
    assert told == {PREFIX + name for name in wrong}
    assert "应为整数" in caught.value.zh
    assert "must be a whole number" in caught.value.en
    assert "c2hvcnQ=" not in str(caught.value)


def test_an_empty_setting_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"WEB_PORT": "", "DATABASE_URL": ""})

    settings = load_settings()

    assert settings.web_port == 8000
    assert settings.database_url.get_secret_value().startswith("sqlite:///")


def test_the_environment_wins_over_the_file_of_made_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secrets.env").write_text(
        f"# made\n{PREFIX}CARRIER_AUTH_TOKEN=from-file\n{PREFIX}SESSION_SECRET=kept\n", encoding="utf-8"
    )
    monkeypatch.setenv(PREFIX + "CARRIER_AUTH_TOKEN", "from-environment")

    settings = load_settings()

    assert settings.carrier_auth_token.get_secret_value() == "from-environment"
    assert settings.session_secret.get_secret_value() == "kept"


def test_settings_cannot_be_changed() -> None:
    settings = load_settings()

    with pytest.raises(ValidationError):
        settings.web_port = 1  # type: ignore[misc]


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch, {**SAFE_PRODUCTION, "CARRIER_AUTH_TOKEN": "very-secret", "SMTP_URL": "smtp://u:pw-x@h"}
    )

    settings = load_settings()

    shown = repr(settings) + str(masked(settings))
    assert "very-secret" not in shown
    assert "pw-x" not in shown
    assert KEY not in shown


def test_a_sound_production_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, SAFE_PRODUCTION)

    assert load_settings().uses_live_carrier


@pytest.mark.parametrize("missing", sorted(set(SAFE_PRODUCTION) - {"MODE", "CARRIER_BASE_URL"}))
def test_production_is_refused_while_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    set_all(monkeypatch, {name: value for name, value in SAFE_PRODUCTION.items() if name != missing})

    with pytest.raises(SettingsFault) as caught:
        load_settings()

    assert [en.split()[0] for _, en in caught.value.faults] == [PREFIX + missing]


def test_production_keys_in_the_data_folder_do_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_all(monkeypatch, {name: value for name, value in SAFE_PRODUCTION.items() if name != "DATA_KEYS"})
    (tmp_path / "secrets.env").write_text(f"{PREFIX}DATA_KEYS=k1:{KEY}\n", encoding="utf-8")

    with pytest.raises(SettingsFault, match="HOTLINE_DATA_KEYS must come from the environment"):
        load_settings()


def test_a_slip_in_a_name_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "WEB_PROT", "9000")

    [(zh, en)] = unknown_settings()

    assert "HOTLINE_WEB_PORT" in zh
    assert "did you mean HOTLINE_WEB_PORT" in en


def test_every_setting_has_a_description_in_both_languages() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert any("一" <= letter <= "鿿" for letter in field.description), name


def test_the_live_carrier_brings_its_own_telephone_and_its_own_gateways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().softphone_line == "own"
    set_all(monkeypatch, {"CARRIER_BASE_URL": "twilio"})

    settings = load_settings()

    assert (settings.softphone_line, settings.signalling_url, settings.carrier_name) == (
        "voice-sdk",
        "",
        "twilio",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"CARRIER_BASE_URL": "twilio", "SOFTPHONE": "own"},
        {"SOFTPHONE": "voice-sdk"},
        {"SOFTPHONE": "voice-sdk", "SIGNALLING_URL": "wss://hotline.test/other"},
    ],
)
def test_a_telephone_that_could_not_reach_its_gateway_is_refused(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    set_all(monkeypatch, wrong)
    with pytest.raises(SettingsFault, match="HOTLINE_SOFTPHONE"):
        load_settings()


def test_another_engine_is_neither_the_embedded_one_nor_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().carrier_name == "embedded"
    set_all(monkeypatch, {"CARRIER_BASE_URL": "https://engine.hospital.test"})
    assert load_settings().carrier_name == "other"
