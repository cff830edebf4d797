"""Settings: one frozen tree, read from the environment at the doors only.

Names are the fields below with the prefix HOTLINE_. Secrets that are not set are made at the first
start into DATA_DIR/secrets.env (see `hotline.processes.first_start`) and read from there; the
environment always wins over that file. All faults are reported at once (`SettingsFault`).
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hotline.faults import OperationalFault
from hotline.settings_rules import sentences_of, unknown_names, unsafe_for_production

PREFIX = "HOTLINE_"
SECRETS_FILE = "secrets.env"
LIVE_CARRIER = "twilio"
SOCKETS = ("signalling_url", "media_url", "captions_url")


class SettingsFault(OperationalFault):
    """Everything that is wrong with the settings, one sentence for each fault."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("；".join(zh for zh, _ in faults), " ".join(en for _, en in faults))
        self.faults = faults


class Settings(BaseSettings):
    """The settings. The description of each field is its row in the README."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="监听地址 · address that pages and signalling listen on")
    data_dir: Path = Field(Path("var"), description="数据目录 · folder of database, recordings and secrets")
    mode: Literal["demonstration", "test", "production"] = Field(
        "demonstration", description="运行方式 · demonstration, test or production"
    )
    database_url: SecretStr = Field(
        SecretStr(""), description="数据库，缺省为 DATA_DIR/hotline.db (SQLite) · SQLAlchemy URL"
    )
    redis_url: SecretStr = Field(
        SecretStr(""), description="Redis 地址，缺省由 hotline up 自带一个 · empty: `hotline up` runs its own"
    )
    redis_password: SecretStr = Field(
        SecretStr(""), description="自带 Redis 的口令（自动生成）· password of the own Redis (made)"
    )

    web_port: int = Field(8000, ge=1, le=65535, description="页面 · pages and sockets")
    carrier_port: int = Field(8001, ge=1, le=65535, description="运营商回调 · the carrier's webhooks")
    exchange_port: int = Field(8002, ge=1, le=65535, description="内置交换机 · embedded exchange")
    fallback_port: int = Field(8003, ge=1, le=65535, description="后备语音 · fallback voice")
    captions_port: int = Field(8004, ge=1, le=65535, description="字幕音频流 · media streams")
    redis_port: int = Field(8005, ge=1, le=65535, description="自带的 Redis · own Redis")
    gate_port: int = Field(8006, ge=1, le=65535, description="有证书时的信令 · signalling over TLS")

    public_url: str = Field("", description="浏览器看到的页面地址，缺省 http://127.0.0.1:WEB_PORT · pages")
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="页面前有几层反向代理 · proxies in front of the pages whose X-Forwarded-For is believed",
    )
    webhook_base_url: str = Field(
        "",
        description="回调的公开地址，缺省 http://127.0.0.1:CARRIER_PORT · webhooks",
    )
    fallback_url: str = Field(
        "", description="后备语音地址，缺省 http://127.0.0.1:FALLBACK_PORT/voice · voice fallback URL"
    )
    signalling_url: str = Field(
        "",
        description="浏览器信令，缺省为内置交换机的 · browser signalling; leave empty with twilio",
    )
    media_url: str = Field(
        "",
        description="音频流送到哪里，缺省 ws://127.0.0.1:CAPTIONS_PORT/media · where media streams go",
    )
    captions_url: str = Field(
        "", description="浏览器的实时字幕，缺省 ws://127.0.0.1:CAPTIONS_PORT/captions · captions for desks"
    )
    certificate: Path | None = Field(None, description="TLS 证书 (PEM) · certificate for pages")
    certificate_key: Path | None = Field(None, description="TLS 私钥 (PEM) · its private key")

    number: str = Field("12356", description="统一号码 · the unified number")
    carrier_base_url: str = Field(
        "",
        description="运营商 REST 地址，缺省为内置交换机 · empty: embedded; `twilio`: the live one",
    )
    softphone: Literal["auto", "own", "voice-sdk"] = Field(
        "auto",
        validate_default=True,
        description="浏览器电话 own 或 voice-sdk · auto: voice-sdk on twilio, else own",
    )
    carrier_account_sid: str = Field("", description="AC + 32 hex（自动生成 · made）")
    carrier_auth_token: SecretStr = Field(SecretStr(""), description="签名与 REST 口令（自动生成 · made）")
    carrier_api_key_sid: str = Field("", description="SK + 32 hex（自动生成 · made）")
    carrier_api_key_secret: SecretStr = Field(SecretStr(""), description="软电话令牌密钥（自动生成 · made）")
    carrier_twiml_app_sid: str = Field("", description="AP + 32 hex（自动生成 · made）")

    data_keys: SecretStr = Field(
        SecretStr(""),
        description="加密密钥 id:base64,…，第一把现用（自动生成）· AES-256-GCM (made)",
    )
    hash_key: SecretStr = Field(SecretStr(""), description="号码散列密钥 base64（自动生成 · made）")
    session_secret: SecretStr = Field(SecretStr(""), description="登录会话密钥（自动生成 · made）")

    smtp_url: SecretStr = Field(
        SecretStr(""), description="smtp(s)://用户:口令@主机:端口，缺省写入 DATA_DIR/mail · empty: a folder"
    )
    exchange_folder: Path | None = Field(
        None,
        description="公文交换平台取件目录，缺省 DATA_DIR/document-exchange · document exchange",
    )
    models_dir: Path | None = Field(
        None, description="语音与文本模型，缺省 DATA_DIR/speech-and-text-models · speech and text models"
    )

    web_threads: int = Field(
        64, ge=8, le=1000, description="页面线程数，须大于同时打开的控制台数 · must exceed the open consoles"
    )
    carrier_processes: int = Field(2, ge=1, le=16, description="回调进程数 · processes of the carrier's door")
    carrier_threads: int = Field(8, ge=2, le=200, description="每个回调进程的线程数 · threads in each")
    captions_threads: int = Field(
        2, ge=1, le=64, description="听写线程数，所有通话共用 · threads that listen, shared by all calls"
    )
    new_topic_persons: int = Field(
        2,
        ge=2,
        le=10,
        description="此前一年几乎无人来电的话题，几人起提出信号 · persons who make a new topic a signal",
    )

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: Any) -> Any:
        """Fill in the addresses that follow from others, so that changing a port changes them."""
        values = dict(given)
        folder = Path(str(values.get("data_dir") or "var")).expanduser().absolute()
        values["data_dir"] = folder

        def port(name: str) -> object:
            return values.get(name) or cls.model_fields[name].default

        def fill(name: str, value: str | Path) -> None:
            if not _shown(values.get(name)):
                values[name] = value

        fill("database_url", f"sqlite:///{folder / 'hotline.db'}")
        fill("models_dir", folder / "speech-and-text-models")
        fill("public_url", f"http://127.0.0.1:{port('web_port')}")
        fill("webhook_base_url", f"http://127.0.0.1:{port('carrier_port')}")
        fill("carrier_base_url", f"http://127.0.0.1:{port('exchange_port')}")
        fill("fallback_url", f"http://127.0.0.1:{port('fallback_port')}/voice")
        fill("media_url", f"ws://127.0.0.1:{port('captions_port')}/media")
        fill("captions_url", f"ws://127.0.0.1:{port('captions_port')}/captions")
        if values["carrier_base_url"] != LIVE_CARRIER:
            fill("signalling_url", f"ws://127.0.0.1:{port('exchange_port')}/signal")
        password = _shown(values.get("redis_password"))
        if password:
            fill("redis_url", f"redis://:{password}@127.0.0.1:{port('redis_port')}/0")
        return values

    @field_validator("carrier_account_sid", "carrier_api_key_sid", "carrier_twiml_app_sid")
    @classmethod
    def _check_sid(cls, value: str, info: Any) -> str:
        prefix = {"carrier_account_sid": "AC", "carrier_api_key_sid": "SK", "carrier_twiml_app_sid": "AP"}[
            info.field_name
        ]
        if value and not re.fullmatch(prefix + "[0-9a-fA-F]{32}", value):
            raise ValueError(f"应为 {prefix} 加 32 位十六进制|must be {prefix} and 32 hexadecimal digits")
        return value

    @field_validator("data_keys")
    @classmethod
    def _check_keys(cls, value: SecretStr) -> SecretStr:
        for part in filter(None, (p.strip() for p in value.get_secret_value().split(","))):
            key_id, _, key = part.partition(":")
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", key_id) or _decoded_length(key) != 32:
                raise ValueError(
                    "每把密钥写作 id:base64，解码后 32 字节|each key is id:base64 of 32 bytes, comma between"
                )
        return value

    @field_validator("hash_key")
    @classmethod
    def _check_hash_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and _decoded_length(value.get_secret_value()) < 32:
            raise ValueError("应为至少 32 字节的 base64|must be base64 of at least 32 bytes")
        return value

    @field_validator(
        "public_url",
        "webhook_base_url",
        "fallback_url",
        "signalling_url",
        "media_url",
        "captions_url",
        "carrier_base_url",
    )
    @classmethod
    def _check_url(cls, value: str, info: Any) -> str:
        if info.field_name == "carrier_base_url" and value == LIVE_CARRIER:
            return value
        if info.field_name == "signalling_url" and not value:
            return value
        wanted = ("ws", "wss") if info.field_name in SOCKETS else ("http", "https")
        parts = urlsplit(value)
        if parts.scheme not in wanted or not parts.netloc:
            raise ValueError(
                f"应以 {wanted[0]}:// 或 {wanted[1]}:// 开头|must start with {wanted[0]}:// or {wanted[1]}://"
            )
        return value.rstrip("/")

    @field_validator("softphone")
    @classmethod
    def _check_softphone(cls, value: str, info: Any) -> str:
        live = info.data.get("carrier_base_url") == LIVE_CARRIER
        if value == "own" and live:
            raise ValueError(
                "不能为 own：twilio 的网关只认它自己的库"
                "|cannot be own with twilio, whose gateways speak with its own library alone"
            )
        parts = urlsplit(info.data.get("signalling_url", ""))
        uses_sdk = value == "voice-sdk" or (value == "auto" and live)
        if uses_sdk and parts.netloc and (parts.scheme, parts.path) != ("wss", "/signal"):
            raise ValueError(
                "为 voice-sdk 时，SIGNALLING_URL 须为 wss://主机/signal"
                "|voice-sdk knows no other SIGNALLING_URL than wss://HOST/signal"
            )
        return value

    @property
    def softphone_line(self) -> str:
        """`own` or `voice-sdk`: which client carries a browser's calls."""
        if self.softphone == "auto":
            return "voice-sdk" if self.uses_live_carrier else "own"
        return self.softphone

    @property
    def runs_own_redis(self) -> bool:
        """True when no other Redis was named: the keeper then starts one on loopback."""
        password, url = self.redis_password.get_secret_value(), self.redis_url.get_secret_value()
        return not url or (bool(password) and url == f"redis://:{password}@127.0.0.1:{self.redis_port}/0")

    @property
    def carrier_name(self) -> str:
        """embedded | twilio | other, as `hotline.domain.carrier_reach` has them."""
        if self.uses_live_carrier:
            return LIVE_CARRIER
        own = urlsplit(self.carrier_base_url).hostname in ("127.0.0.1", "localhost", "::1")
        return "embedded" if own else "other"

    @property
    def uses_live_carrier(self) -> bool:
        return self.carrier_base_url == LIVE_CARRIER


def load_settings(for_production: bool = True) -> Settings:
    """Read the environment and DATA_DIR/secrets.env. Raises `SettingsFault` that names every fault.

    `for_production=False`: for commands that serve nobody and make what production demands.
    """
    folder = Path(os.environ.get(PREFIX + "DATA_DIR") or "var").expanduser().absolute()
    try:
        settings = Settings(_env_file=folder / SECRETS_FILE)  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsFault(sentences_of(error, PREFIX)) from None
    if settings.mode == "production" and for_production:
        faults = unsafe_for_production(settings, os.environ, PREFIX)
        if faults:
            raise SettingsFault(faults)
    return settings


def unknown_settings() -> list[tuple[str, str]]:
    """Names in the environment with our prefix that are no setting: most often a slip of the pen."""
    return unknown_names(os.environ, set(Settings.model_fields), PREFIX)


def read_secrets(file: Path) -> dict[str, str]:
    """The NAME=value lines of the secrets file; empty when there is none yet. Raises OSError."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _shown(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")


def _decoded_length(text: str) -> int:
    try:
        return len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return -1
