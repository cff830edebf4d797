"""The short block that `hotline up` prints when everything answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hotline.faults import OperationalFault
from hotline.processes.network import is_loopback
from hotline.settings import Settings

ACCOUNTS_FILE = "demonstration-accounts.json"
CLEARED_FILE = "demonstration-cleared"
ROLES = {
    "operator": "接线员 operator",
    "supervisor": "督导 supervisor",
    "official": "官员 official",
    "administrator": "管理员 administrator",
}


@dataclass(frozen=True)
class Account:
    """A demonstration sign-in, as the seeding wrote it."""

    role: str
    name: str
    password: str


def read_accounts(data_dir: Path) -> list[Account]:
    """`[{"role": …, "name": …, "password": …}, …]`: the first of each role, in the order of ROLES.

    Empty when not written yet. Raises OperationalFault when the file is damaged.
    """
    file = data_dir / ACCOUNTS_FILE
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        accounts = [Account(row["role"], row["name"], row["password"]) for row in rows]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        raise OperationalFault(
            f"{file} 读不懂：请删掉它，再运行 hotline seed。",
            f"{file} is unreadable: delete it and run `hotline seed`.",
        ) from None
    first: dict[str, Account] = {}
    for account in accounts:
        first.setdefault(account.role, account)
    return [first[role] for role in ROLES if role in first]


def block(settings: Settings, accounts: list[Account], outside: list[str]) -> list[str]:
    """Lines of the block: addresses, sign-ins, and what limits where they can be used from."""
    lines = [
        "心理援助热线已就绪 · the hotline is ready",
        f"  工作台 console        {settings.public_url}/",
        f"  来电页 caller's page  {settings.public_url}/call",
    ]
    if accounts:
        lines.append("  演示登录 demonstration sign-ins:")
        lines += [f"    {ROLES[a.role]:<22} {a.name}   {a.password}" for a in accounts]
    if is_loopback(settings.host):
        lines.append("  只在本机 127.0.0.1 可以打开 · it listens on 127.0.0.1 only")
    if not outside:
        lines.append(
            "  本机除回环外没有网络接口，浏览器通话（WebRTC）会找不到通路 · "
            "there is no network interface besides loopback, so calls in a browser (WebRTC) find no path"
        )
    lines.append("  按 Ctrl-C 全部停止 · Ctrl-C ends everything")
    return lines
