"""Reading a feed of flags: CSV or JSON lines, each taken or rejected by itself.

A file that is no feed, and a CSV whose header is wrong, are refused whole: no line of it could be
taken, and which one to mend would be a guess.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casework.errors import Refused
from rules.flags import FlagKind
from rules.money import Money

FIELDS = (
    "flag_id",
    "source",
    "model",
    "model_version",
    "score",
    "signals",
    "platform",
    "shop_id",
    "shop_name",
    "listing_id",
    "listing_url",
    "title",
    "brand",
    "category",
    "price_minor",
    "currency",
    "seen_at",
)
"""What every line names. `signals` is a JSON list, or in CSV words parted by semicolons."""

OPTIONAL = ("registrant", "region", "kind")
_MAY = ", ".join(OPTIONAL[:-1]) + f" and {OPTIONAL[-1]}"
LARGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag of a feed, parsed."""

    line: int
    flag_id: str
    source: str
    model: str
    model_version: str
    score: float
    signals: tuple[str, ...]
    platform: str
    shop_id: str
    shop_name: str
    listing_id: str
    listing_url: str
    title: str
    brand: str
    category: str
    price: Money
    seen_at: datetime
    registrant: str | None = None
    region: str | None = None
    kind: FlagKind = FlagKind.COUNTERFEIT


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FeedRead:
    """The lines of a feed, the good ones and the rejected ones."""

    rows: tuple[FlagRow, ...]
    rejected: tuple[Rejected, ...]


def read_feed(name: str, data: bytes) -> FeedRead:
    """Read a feed; its format is told by its first character, then by `name`'s ending.

    Raises Refused for a file that is no feed.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            f"This is no feed: it is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from None
    if not text.strip():
        raise Refused("This is no feed: the file is empty. Choose another file.")
    is_json = text.lstrip().startswith("{") or name.endswith((".jsonl", ".ndjson"))
    rows: list[FlagRow] = []
    rejected: list[Rejected] = []
    for line, fields in _json_lines(text) if is_json else _csv_lines(text):
        if isinstance(fields, str):
            rejected.append(Rejected(line, fields))
            continue
        try:
            rows.append(_parse(line, fields))
        except ValueError as error:
            rejected.append(Rejected(line, str(error)))
    return FeedRead(tuple(rows), tuple(rejected))


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    # Not splitlines: a JSON string may hold other line ends, such as U+2028, as they are.
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        if len(raw) > LARGEST_LINE:
            yield line, "The line is too long."
            continue
        try:
            fields = json.loads(raw, object_pairs_hook=_once_each)
        except _Doubled as doubled:
            yield line, f"The field “{doubled}” stands twice."
            continue
        except (ValueError, RecursionError):
            yield line, "The line is not JSON."
            continue
        yield line, fields if isinstance(fields, dict) else "The line is not a JSON object."


def _csv_lines(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="\0more", strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise Refused(f"This is no feed: line 1, the header, is not CSV: {error}.") from None
    _ensure_header(header)
    reader.fieldnames = header
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader counts a line once it has taken it whole.
            yield reader.line_num + 1, f"The line is not CSV: {error}."
            continue
        if "\0more" in fields:
            yield reader.line_num, "The line has more fields than the header."
        else:
            yield reader.line_num, fields


def _ensure_header(header: list[str]) -> None:
    wanted = f"Line 1 must name these columns: {', '.join(FIELDS)}; it may name {_MAY}."
    if not set(header) & set(FIELDS):
        raise Refused("This is no feed: its first line names no column of one.", wanted)
    wrong = [f"The column “{name}” stands twice." for name in FIELDS if header.count(name) > 1]
    wrong += [f"The column “{name}” is missing." for name in FIELDS if name not in header]
    known = (*FIELDS, *OPTIONAL)
    wrong += [f"The column “{name[:40]}” is not known." for name in header if name not in known]
    wrong += [f"The column “{name}” stands twice." for name in OPTIONAL if header.count(name) > 1]
    if wrong:
        raise Refused("The header, line 1, is wrong, so that nothing was imported.", *wrong, wanted)


class _Doubled(Exception):  # noqa: N818 - names the field
    """A field that an object names twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Doubled(next(name for name in names if names.count(name) > 1)[:40])
    return fields


def _parse(line: int, fields: dict[str, Any]) -> FlagRow:
    unknown = sorted(set(fields) - set(FIELDS) - set(OPTIONAL))
    if unknown:
        raise ValueError(f"Unknown field “{unknown[0]}”. Known are: {', '.join(FIELDS)}.")
    fields = {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }
    lacking = [name for name in FIELDS if fields.get(name) in (None, "")]
    if lacking:
        raise ValueError(f"The field “{lacking[0]}” is missing.")
    for name, value in fields.items():
        _ensure_text(name, value)
    words = {name: str(fields[name]) for name in FIELDS if name != "signals"}
    price = _whole(words["price_minor"])
    return FlagRow(
        line=line,
        flag_id=words["flag_id"],
        source=words["source"],
        model=words["model"],
        model_version=words["model_version"],
        score=_score(words["score"]),
        signals=_signals(fields["signals"]),
        platform=words["platform"],
        shop_id=words["shop_id"],
        shop_name=words["shop_name"],
        listing_id=words["listing_id"],
        listing_url=_address(words["listing_url"]),
        title=words["title"],
        brand=words["brand"],
        category=words["category"],
        price=Money(price, words["currency"]),
        seen_at=_instant(words["seen_at"]),
        registrant=str(fields["registrant"]) if fields.get("registrant") else None,
        region=str(fields["region"]) if fields.get("region") else None,
        kind=_kind(fields.get("kind") or FlagKind.COUNTERFEIT),
    )


def _ensure_text(name: str, value: Any) -> None:
    """What no column can hold: things inside things, NUL, half a surrogate pair."""
    for each in value if name == "signals" and isinstance(value, list) else [value]:
        if isinstance(each, (dict, list)):
            raise ValueError(f"The field “{name}” must be a plain value.")  # noqa: TRY004
        if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in str(each)):
            raise ValueError(f"The field “{name}” holds a character that is no text.")


def _kind(word: Any) -> FlagKind:
    try:
        return FlagKind(str(word))
    except ValueError:
        known = " or ".join(FlagKind)
        raise ValueError(f"The kind “{str(word)[:40]}” is not {known}.") from None


def _whole(word: str) -> int:
    if len(word) > 15 or not word.isdecimal() or not 0 < int(word) < 10**15:
        raise ValueError(f"The price “{word[:40]}” is not a whole number above 0 in minor units.")
    return int(word)


def _score(word: str) -> float:
    try:
        score = float(word)
    except ValueError:
        score = -1.0
    if not 0.0 <= score <= 1.0:
        raise ValueError(f"The score “{word[:40]}” is not a number from 0 to 1.")
    return score


def _signals(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each).strip() for each in value if str(each).strip())
    return tuple(part.strip() for part in str(value).split(";") if part.strip())


def _address(word: str) -> str:
    if not word.startswith(("https://", "http://")):
        raise ValueError(f"The address “{word[:80]}” does not start with https:// or http://.")
    return word


def _instant(word: str) -> datetime:
    try:
        seen = datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(f"The time “{word[:40]}” is not ISO 8601.") from None
    if seen.tzinfo is None:
        raise ValueError(f"The time “{word[:40]}” has no zone. Add Z or an offset.")
    try:
        return seen.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"The time “{word[:40]}” lies outside the calendar.") from None
