"""Strict reading of other people's JSON: a field is what the contract says, or an error.

Owns the parsing at the boundary. Extra fields are ignored, so that a platform may add some.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from connectors.errors import ProtocolError

TEXT_LIMIT = 4_000
# beyond this a JSON number may have lost digits in somebody's floating point
AMOUNT_LIMIT = 2**53 - 1


def parse_json(body: bytes) -> object:
    """The JSON value of `body`; `ProtocolError` for anything else, NaN included."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the answer is not JSON") from error


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def text_is_storable(value: str) -> bool:
    """False for NUL and lone surrogates, which JSON can carry and no database takes."""
    return "\x00" not in value and not re.search("[\ud800-\udfff]", value)


class Answer:
    """One JSON object of an answer; a method returns a checked field or raises `ProtocolError`."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise ProtocolError("the answer is not a JSON object")
        self._fields: dict[str, Any] = value

    def _field(self, name: str) -> object:
        if name not in self._fields:
            raise ProtocolError(f"the answer lacks {name!r}")
        return self._fields[name]

    def text(self, name: str) -> str:
        value = self._field(name)
        if not isinstance(value, str) or not value or len(value) > TEXT_LIMIT:
            raise ProtocolError(f"{name!r} is not a text of 1 to {TEXT_LIMIT} characters")
        if not text_is_storable(value):
            raise ProtocolError(f"{name!r} holds characters that are not text")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._fields.get(name) is None else self.text(name)

    def choice(self, name: str, allowed: frozenset[str]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise ProtocolError(f"{name!r} is {value[:40]!r}, which the contract does not know")
        return value

    def flag(self, name: str) -> bool:
        value = self._field(name)
        if not isinstance(value, bool):
            raise ProtocolError(f"{name!r} is neither true nor false")
        return value

    def whole(self, name: str) -> int:
        """A count or an amount in minor units: a whole number, 0 or more."""
        value = self._field(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= AMOUNT_LIMIT:
            raise ProtocolError(f"{name!r} is not a whole number of 0 or more")
        return value

    def optional_whole(self, name: str) -> int | None:
        return None if self._fields.get(name) is None else self.whole(name)

    def currency(self, name: str = "currency") -> str:
        value = self.text(name)
        if not re.fullmatch("[A-Z]{3}", value):
            raise ProtocolError(f"{name!r} is not an ISO 4217 code")
        return value

    def moment(self, name: str) -> datetime:
        """An ISO 8601 time with its offset, as aware UTC."""
        try:
            value = datetime.fromisoformat(self.text(name))
            if value.tzinfo is None:
                raise ProtocolError(f"{name!r} is a time without its offset")
            return value.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ProtocolError(f"{name!r} is not an ISO 8601 time") from error

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise ProtocolError(f"{name!r} is not an ISO 8601 date") from error

    def each(self, name: str) -> list[Answer]:
        value = self._field(name)
        if not isinstance(value, list):
            raise ProtocolError(f"{name!r} is not a list")
        return [Answer(entry) for entry in value]

    def part(self, name: str) -> Answer:
        return Answer(self._field(name))

    def same(self, name: str, expected: str) -> str:
        """The field, which must echo what was asked for: an answer to another question is none."""
        value = self.text(name)
        if value != expected:
            raise ProtocolError(f"{name!r} is not the one asked for")
        return value
