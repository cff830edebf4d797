"""What the chosen carrier cannot do here, said by `hotline check`; and the refusal to serve real callers
through a carrier abroad before its assessment is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline.faults import OperationalFault
from hotline.settings import Settings

if TYPE_CHECKING:
    from hotline.workforce.cross_border import Standing

Sentence = tuple[str, str]
REFUSED: Sentence = (
    "机构在中国内地，而运营商在境外：管理员记录有效的跨境评估之前，正式运行不启动。请运行 hotline serve web，"
    "以管理员登录，在“管理 → 运营商”里记录。",
    "The organisation is in mainland China and its carrier abroad: production does not start until an "
    "administrator records a cross-border assessment that holds. Run `hotline serve web`, sign in as "
    "administrator, and record it under Carrier.",
)

NO_ORGANISATION: Sentence = (
    "还没有机构，运营商的缺项无法核对",
    "no organisation yet: the carrier is not checked",
)


@dataclass(frozen=True)
class Reach:
    """`notes`: functions that are not to be had. `refusal`: why no real caller may be served."""

    notes: tuple[Sentence, ...]
    refusal: Sentence | None


def reach_of(settings: Settings) -> Reach:
    """Reads the organisation from the database; before there is one, nothing is known of its country."""
    from hotline.domain.carrier_reach import lacks

    stands = _standing(settings)
    if stands is None:
        return Reach((NO_ORGANISATION,), None)
    found = lacks(settings.carrier_name, stands.country)
    refusal = REFUSED if settings.mode == "production" and not stands.may_serve else None
    if found is None:
        return Reach(
            (
                (
                    f"没有 {settings.carrier_name} 在 {stands.country} 的资料：外呼、110/120、短信请自行核对",
                    f"nothing is known of {settings.carrier_name} in {stands.country}: check outgoing calls, "
                    "emergency numbers and text messages yourself",
                ),
            ),
            refusal,
        )
    return Reach(tuple((lack.zh, f"{lack.function}: {lack.en}") for lack in found), refusal)


def demand_reach(settings: Settings) -> None:
    """For the doors that take real calls. Raises OperationalFault."""
    if settings.mode != "production" or not settings.uses_live_carrier:
        return
    refusal = reach_of(settings).refusal
    if refusal is not None:
        raise OperationalFault(*refusal)


def _standing(settings: Settings) -> Standing | None:
    from sqlalchemy import inspect
    from sqlalchemy.orm import Session

    from hotline.workforce.cross_border import standing
    from models.base import make_engine
    from models.cross_border import CrossBorderAssessment
    from models.crypto import Keyring
    from models.unit_of_work import system_clock

    keys = settings.data_keys.get_secret_value()
    address = settings.database_url.get_secret_value()
    if not keys or (address.startswith("sqlite") and not (settings.data_dir / "hotline.db").exists()):
        return None
    engine = make_engine(address, Keyring.parse(keys))
    try:
        if not inspect(engine).has_table(CrossBorderAssessment.__tablename__):
            return None
        with Session(engine.execution_options(reads_only=True)) as session:
            return standing(session, settings.carrier_name, system_clock())
    finally:
        engine.dispose()
