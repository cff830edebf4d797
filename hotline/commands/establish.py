"""`hotline establish`: the organisation and the first administrator of a real hotline."""

from __future__ import annotations

import click

from hotline.faults import OperationalFault
from hotline.logs import set_up_logging
from hotline.settings import load_settings


@click.command()
@click.option("--name-zh", prompt="热线名称 · name in Chinese")
@click.option("--name-en", prompt="英文名称 · name in English")
@click.option("--place-code", prompt="所在地 GB/T 2260 六位代码 · code of the place served")
@click.option("--place-zh", prompt="所在地名称 · its name in Chinese")
@click.option("--place-en", prompt="所在地英文名 · its name in English")
@click.option("--level", type=click.Choice(["province", "city"]), default="province", show_default=True)
@click.option("--login", default="admin", show_default=True, help="管理员账号 · sign-in name")
@click.option("--administrator", default="管理员", show_default=True, help="姓名 · the person's name")
def establish(
    name_zh: str,
    name_en: str,
    place_code: str,
    place_zh: str,
    place_en: str,
    level: str,
    login: str,
    administrator: str,
) -> None:
    """建立机构与首个管理员 · found the organisation and its first administrator."""
    set_up_logging("establish")
    from argon2 import PasswordHasher

    from hotline.bootstrap.application import build
    from hotline.workforce.errors import AlreadyEstablished, FieldWrong
    from hotline.workforce.establishment import Establishment, Founding
    from models.vocabulary import PlaceLevel

    settings = load_settings()
    core = build(settings).core
    founding = Founding(
        name_zh=name_zh,
        name_en=name_en,
        number=settings.number,
        place_code=place_code,
        place_zh=place_zh,
        place_en=place_en,
        level=PlaceLevel(level),
        login=login,
        administrator=administrator,
    )
    try:
        password = Establishment(core.work, core.audit_key, PasswordHasher().hash).establish(founding)
    except AlreadyEstablished:
        raise OperationalFault(
            "已有能登录的管理员：其他账号请在管理页面里建。",
            "An administrator can sign in already: make further accounts on the administrator's page.",
        ) from None
    except FieldWrong as fault:
        raise OperationalFault(
            f"{fault.details['field']} 写得不对：代码为 6 位数字，账号为 3 到 60 个小写字母或数字。",
            f"{fault.details['field']} is wrong: a code has 6 digits, a login 3 to 60 letters or digits.",
        ) from None
    click.echo(f"管理员 administrator: {login}   {password}")
    click.echo("口令只显示这一次 · the password is shown this once")
