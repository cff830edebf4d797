"""Faults of operation: something a person must mend, told in one plain sentence in both languages.

They carry no caller data: a port, a folder or a setting's name at most.
"""

from __future__ import annotations

import errno
import os


class OperationalFault(Exception):
    """A thing outside the code that a person can mend. `zh` and `en` each say what and how."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


def explain(error: BaseException) -> OperationalFault | None:
    """The operational fault behind an error of the machine, or None when it is a fault of ours."""
    if isinstance(error, OperationalFault):
        return error
    for cause in _chain(error):
        if isinstance(cause, OSError):
            fault = _explain_os_error(cause)
            if fault is not None:
                return fault
        said = str(cause)
        # Named by class and text, so that this module needs no database driver.
        if type(cause).__name__ == "OperationalError":
            if "database or disk is full" in said:
                return _disk_full("")
            if "unable to open database file" in said or "readonly database" in said:
                return OperationalFault(
                    "数据库文件打不开或不可写：请检查 HOTLINE_DATA_DIR 的权限。",
                    "The database file cannot be opened or written: check the rights of HOTLINE_DATA_DIR.",
                )
            if "no such table" in said:
                return OperationalFault(
                    "数据库还没有建好：请先运行 hotline migrate。",
                    "The database has no tables yet: run `hotline migrate` first.",
                )
            if "could not connect" in said or "connection refused" in said.lower():
                return OperationalFault(
                    "连不上数据库：请检查它是否在运行，以及 HOTLINE_DATABASE_URL。",
                    "The database does not answer: check that it runs, and HOTLINE_DATABASE_URL.",
                )
    return None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _disk_full(where: str) -> OperationalFault:
    at_zh, at_en = (f"（{where}）", f" ({where})") if where else ("", "")
    return OperationalFault(
        f"磁盘已满{at_zh}：请腾出空间，或把 HOTLINE_DATA_DIR 指到别的磁盘。",
        f"The disk is full{at_en}: free some space, or point HOTLINE_DATA_DIR at another disk.",
    )


def _explain_os_error(error: OSError) -> OperationalFault | None:
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and where:
        return OperationalFault(
            f"没有权限写 {where}：请换一个目录（HOTLINE_DATA_DIR），或改它的权限。",
            f"{where} cannot be written: choose another folder (HOTLINE_DATA_DIR), or change its rights.",
        )
    if error.errno == errno.EADDRINUSE:
        return OperationalFault(
            "端口已被占用：请停掉占用它的程序，或用 HOTLINE_…_PORT 换一个端口。",
            "A port is busy: stop the program that holds it, or choose another with HOTLINE_…_PORT.",
        )
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH) or type(error).__name__ == "gaierror":
        return OperationalFault(
            "没有网络，或名字解析不了：请检查网络后再试。",
            "There is no network, or a name does not resolve: check the network and try again.",
        )
    return None
