"""Reading a request's form fields, with the carrier's errors for what cannot be read."""

from __future__ import annotations

from aiohttp import web

from hotline.exchange.rest.errors import invalid


class Form:
    """Case-sensitive names, repeated fields kept."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    @classmethod
    async def of(cls, request: web.Request) -> Form:
        posted = await request.post()
        fields = [(k, v) for k, v in posted.items() if isinstance(v, str)]
        return cls(fields + list(request.query.items()))

    def __contains__(self, name: str) -> bool:
        return any(k == name for k, _ in self._fields)

    def text(self, name: str, default: str = "") -> str:
        return next((v for k, v in self._fields if k == name), default)

    def all(self, name: str) -> list[str]:
        """Every value; a single one may hold several words."""
        return [word for k, v in self._fields if k == name for word in v.replace(",", " ").split()]

    def flag(self, name: str, default: bool = False) -> bool:
        text = self.text(name).lower()
        if not text:
            return default
        if text not in ("true", "false"):
            raise invalid(name)
        return text == "true"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.lstrip("-").isdigit():
            raise invalid(name)
        value = int(text)
        if not low <= value <= high:
            raise invalid(name)
        return value

    def method(self, name: str, default: str = "POST") -> str:
        value = self.text(name, default).upper()
        if value not in ("GET", "POST"):
            raise invalid(name)
        return value
