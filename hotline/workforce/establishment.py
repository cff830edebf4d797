"""The first start of a real hotline: its organisation, its place, and one administrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from hotline.workforce.accounts import LOGIN, new_password
from hotline.workforce.errors import AlreadyEstablished, FieldWrong
from models.audit import write_audit
from models.people import Person
from models.places import UNKNOWN_PLACE, Organisation, Place
from models.unit_of_work import Work
from models.vocabulary import PlaceLevel, Role


@dataclass(frozen=True)
class Founding:
    """`place_code` is the GB/T 2260 code (6 digits) of the place that the number serves."""

    name_zh: str
    name_en: str
    number: str
    place_code: str
    place_zh: str
    place_en: str
    level: PlaceLevel
    login: str
    administrator: str


class Establishment:
    def __init__(self, work: Work, audit_key: bytes, hash_password: Callable[[str], str]) -> None:
        self._work = work
        self._audit_key = audit_key
        self._hash_password = hash_password

    def establish(self, founding: Founding) -> str:
        """The administrator's first password, shown once and kept nowhere.

        An organisation that stands is kept as it is. Raises AlreadyEstablished while an administrator can
        sign in, FieldWrong for a code or login of a wrong form.
        """
        if not LOGIN.fullmatch(founding.login):
            raise FieldWrong("login", "login_form")
        if not (len(founding.place_code) == 6 and founding.place_code.isdigit()):
            raise FieldWrong("place_code", "place_code_form")
        password = new_password()
        with self._work() as unit:
            session = unit.session
            able = select(Person.id).where(Person.role == Role.ADMINISTRATOR, Person.active.is_(True))
            if session.scalars(able).first() is not None:
                raise AlreadyEstablished()
            for code, zh, en, level in (
                (UNKNOWN_PLACE, "地区未告知", "Place not told", PlaceLevel.PROVINCE),
                (founding.place_code, founding.place_zh, founding.place_en, founding.level),
            ):
                if session.get(Place, code) is None:
                    session.add(Place(code=code, name_zh=zh, name_en=en, level=level))
            session.flush()
            if session.scalars(select(Organisation)).first() is None:
                session.add(
                    Organisation(
                        name_zh=founding.name_zh,
                        name_en=founding.name_en,
                        number=founding.number,
                        place_code=founding.place_code,
                        created_at=unit.now,
                    )
                )
            person = Person(
                login=founding.login,
                name=founding.administrator,
                role=Role.ADMINISTRATOR,
                password_hash=self._hash_password(password),
                created_at=unit.now,
            )
            session.add(person)
            session.flush()
            write_audit(
                session,
                self._audit_key,
                at=unit.now,
                person_id=None,
                action="organisation.establish",
                subject=f"person:{person.id}",
            )
        return password
