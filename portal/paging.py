"""Where a page of a list begins, as an address carries it: the board's, other lists', the API's.

Owns how a row's place is written. Leaves walking to `storage.walks` and `storage.keyset`.
"""

from datetime import UTC, datetime, timedelta

from fastapi import Request

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
    at, _, number = (text or "").rpartition("-")
    if not is_number(number) or (at and not (at.isascii() and at.isdigit() and len(at) < 17)):
        return None
    return Key(_EPOCH + timedelta(microseconds=int(at)) if at else None, int(number))


def is_number(text: str) -> bool:
    """Whether `text` can be a row's number."""
    return text.isascii() and text.isdigit() and len(text) < 16


def turn(request: Request, name: str = "", *, at: int | None = None) -> Turn:
    """Which page of a list an address asks for; `name` tells one list of a page from another.

    `at`: the row that a form is about, which comes back on the page that the row stands on; the
    address may name one as `at`, too.
    """
    asked = request.query_params
    return Turn(
        older=_row(asked.get(f"{name}older")),
        newer=_row(asked.get(f"{name}newer")),
        at=at if at is not None else _row(asked.get(f"{name}at")),
    )


def posted(request: Request, name: str) -> str | None:
    """What a form that comes back said in a field, so that the row it is about is shown again."""
    failed: Failed | None = getattr(request.state, "failed", None)
    values = failed.values.get(name) if failed else None
    return values[0] if values else None


def _row(text: str | None) -> int | None:
    return int(text) if text and is_number(text) else None
