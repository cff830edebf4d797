"""云江省: a province that does not exist, in codes that GB/T 2260 has not given (99....)."""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary import PlaceLevel


@dataclass(frozen=True, slots=True)
class MadeUpPlace:
    code: str
    zh: str
    en: str
    level: PlaceLevel
    parent: str | None
    share: int = 0
    """How many of a hundred contacts come from here."""


PROVINCE = "990000"
PLACES = (
    MadeUpPlace(PROVINCE, "云江省", "Yunjiang Province", PlaceLevel.PROVINCE, None),
    MadeUpPlace("990100", "澜州市", "Lanzhou-on-Yun City", PlaceLevel.CITY, PROVINCE),
    MadeUpPlace("990101", "东岸区", "Dong'an District", PlaceLevel.COUNTY, "990100", 24),
    MadeUpPlace("990102", "西岸区", "Xi'an Bank District", PlaceLevel.COUNTY, "990100", 19),
    MadeUpPlace("990121", "青石县", "Qingshi County", PlaceLevel.COUNTY, "990100", 13),
    MadeUpPlace("990200", "岭川市", "Lingchuan City", PlaceLevel.CITY, PROVINCE),
    MadeUpPlace("990201", "龙泉区", "Longquan District", PlaceLevel.COUNTY, "990200", 21),
    MadeUpPlace("990221", "松坪县", "Songping County", PlaceLevel.COUNTY, "990200", 14),
)
UNKNOWN = MadeUpPlace("000000", "地区未告知", "Place not told", PlaceLevel.PROVINCE, None, 9)
CITIES = ("990100", "990200")
CENTRES = {
    "990100": ("澜州市心理援助热线中心", "Lanzhou-on-Yun centre"),
    "990200": ("岭川市心理援助热线中心", "Lingchuan centre"),
}
COUNTIES = tuple(place for place in PLACES if place.level is PlaceLevel.COUNTY)


def city_of(code: str) -> str | None:
    return next((city for city in CITIES if code.startswith(city[:4])), None)
