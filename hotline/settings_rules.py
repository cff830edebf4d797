"""What may be wrong with the settings, said in plain sentences; and how they are shown.

Pure: it looks at a settings object that somebody else read.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

if TYPE_CHECKING:
    from hotline.settings import Settings

Sentence = tuple[str, str]

# Names under the prefix that are read by tests alone.
NOT_SETTINGS = {"HOTLINE_SHARED", "HOTLINE_DEBUG"}
MADE_SECRETS = ("data_keys", "hash_key", "session_secret")
CARRIER_ACCOUNT = (
    "carrier_account_sid",
    "carrier_auth_token",
    "carrier_api_key_sid",
    "carrier_api_key_secret",
    "carrier_twiml_app_sid",
)


def sentences_of(error: ValidationError, prefix: str) -> list[Sentence]:
    """One sentence for each fault that pydantic found; the wrong value itself is never repeated."""
    return [
        _sentence(prefix + ".".join(map(str, f["loc"])).upper(), f["type"], f["msg"], f.get("ctx", {}))
        for f in error.errors(include_url=False, include_input=False)
    ]


def _sentence(name: str, kind: str, message: str, context: Mapping[str, object]) -> Sentence:
    if kind == "value_error" and "|" in message:
        zh, en = message.removeprefix("Value error, ").split("|", 1)
    elif kind.startswith("int_"):
        zh, en = "应为整数", "must be a whole number"
    elif kind in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        zh, en = (
            (f"不能小于 {limit}", f"must be at least {limit}")
            if kind == "greater_than_equal"
            else (f"不能大于 {limit}", f"must be at most {limit}")
        )
    elif kind == "literal_error":
        zh, en = f"只能是 {context.get('expected')}", f"must be {context.get('expected')}"
    else:
        zh, en = "写法不对", message
    return f"{name} {zh}。", f"{name} {en}."


def unsafe_for_production(settings: Settings, environment: Mapping[str, str], prefix: str) -> list[Sentence]:
    """Why these settings must not serve real callers; empty when they may."""
    faults: list[Sentence] = []

    def refuse(name: str, zh: str, en: str) -> None:
        faults.append((f"{prefix}{name.upper()} {zh}。", f"{prefix}{name.upper()} {en}."))

    for name in MADE_SECRETS:
        if not environment.get(prefix + name.upper()):
            refuse(
                name,
                "正式运行时须由环境变量给出，与数据分开保存",
                "must come from the environment in production, so that a copied data folder opens nothing",
            )
    for name in ("public_url", "webhook_base_url", "fallback_url"):
        if urlsplit(getattr(settings, name)).scheme != "https":
            refuse(name, "正式运行时须为 https 地址", "must be https in production")
    if urlsplit(settings.signalling_url).scheme != "wss" and not settings.uses_live_carrier:
        refuse("signalling_url", "正式运行时须为 wss 地址", "must be wss in production")
    if urlsplit(settings.captions_url).scheme != "wss":
        refuse("captions_url", "正式运行时须为 wss 地址", "must be wss in production")
    if urlsplit(settings.media_url).scheme != "wss" and settings.uses_live_carrier:
        refuse("media_url", "正式运行时须为 wss 地址", "must be wss in production")
    if settings.database_url.get_secret_value().startswith("sqlite"):
        refuse("database_url", "正式运行时须为 PostgreSQL", "must name a PostgreSQL database in production")
    if not environment.get(prefix + "REDIS_URL"):
        refuse("redis_url", "正式运行时须给出", "must be set in production")
    if not settings.smtp_url.get_secret_value():
        refuse("smtp_url", "正式运行时须给出，否则提示送不出去", "must be set, or alerts reach nobody")
    for name in CARRIER_ACCOUNT:
        if not environment.get(prefix + name.upper()):
            refuse(name, "正式运行时须由环境变量给出", "must come from the environment in production")
    return faults


def unknown_names(environment: Mapping[str, str], known: set[str], prefix: str) -> list[Sentence]:
    """Names with our prefix that no setting has: most often a slip of the pen."""
    sentences: list[Sentence] = []
    for name in sorted(environment):
        if not name.startswith(prefix) or name in NOT_SETTINGS or name.removeprefix(prefix).lower() in known:
            continue
        near = difflib.get_close_matches(name.removeprefix(prefix).lower(), known, n=1)
        hint_zh = f"，是不是 {prefix}{near[0].upper()}？" if near else "。"
        hint_en = f"; did you mean {prefix}{near[0].upper()}?" if near else "."
        sentences.append((f"不认识的设置 {name}{hint_zh}", f"{name} is no setting{hint_en}"))
    return sentences


def masked(settings: Settings) -> list[tuple[str, str]]:
    """Name and value of every setting, secrets told only as set or not set."""
    rows: list[tuple[str, str]] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = "已设置 set" if value.get_secret_value() else "未设置 not set"
        else:
            text = "" if value is None else str(value)
        rows.append((name.upper(), text))
    return rows


def settings_table(model: type[Settings], prefix: str) -> str:
    """The README's table of settings, made from the model so that the two cannot differ."""
    lines = ["| 名称 Name | 缺省 Default | 含义 Meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr) or default is None or default == "":
            shown = ""
        else:
            shown = f"`{default.as_posix() if isinstance(default, Path) else default}`"
        lines.append(f"| `{prefix}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines)
