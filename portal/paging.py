"""Where a page of a list begins, as an address carries it: the board's, other lists', the API's.

Owns how a row's place is written. Leaves walking to `storage.walks` and `storage.keyset`.
"""

from datetime import UTC, datetime, timedelta

from fastapi import Request

from portal.numbers import number_of
from portal.visit import Failed
from storage.keyset import Turn
from storage.walks import Key

KEY = r"^([0-9]{1,16}-)?[0-9]{1,15}$"
"""A key's form, for whoever checks it before it is read."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written_key(key: Key) -> str:
    """A key as an address carries it: its number, behind the microseconds of its time, if any."""
    if key.at is None:
        return str(key.id)
    return f"{(key.at - _EPOCH) // timedelta(microseconds=1)}-{key.id}"


def key_of(text: str | None) -> Key | None:
    """The key that was written; None where there is none, or something else."""
    at, _, last = (text or "").rpartition("-")
    number = number_of(last)
    if number is None or (at and not (at.isascii() and at.isdigit() and len(at) < 17)):
        return None
    return Key(_EPOCH + timedelta(microseconds=int(at)) if at else None, number)


def turn(request: Request, name: str = "", *, at: int | None = None) -> Turn:
    """Which page of a list an address asks for; `name` tells one list of a page from another.

    `at`: the row that a form is about, which comes back on the page that the row stands on; the
    address may name one as `at`, too.
    """
    asked = request.query_params
    return Turn(
        older=number_of(asked.get(f"{name}older")),
        newer=number_of(asked.get(f"{name}newer")),
        at=at if at is not None else number_of(asked.get(f"{name}at")),
    )


def posted(request: Request, name: str) -> str | None:
    """What a form that comes back said in a field, so that the row it is about is shown again."""
    failed: Failed | None = getattr(request.state, "failed", None)
    values = failed.values.get(name) if failed else None
    return values[0] if values else None
