"""A source's whole seizure list out of a CSV file: looked at first, then imported whole or not.

A look tells each line's faults and writes nothing. What is imported is the very file that was
looked at, by its digest; a file that was imported for the source before is answered as it was
then, and nothing is recorded twice.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from casework.act import Act
from casework.errors import Refused, Stale
from casework.raiding.raid_lines import NewLine, source_of, write
from casework.raiding.raids import held, seizing, tell
from evidence.digests import sha256_of
from rules.holders import ExhibitKind
from rules.money import Money, MoneyError
from rules.seizures import Basis, Precision, Value, ValueOf
from storage.rows import add, every, one
from storage.session import Database
from storage.tables import RaidPlace, SeizureImport

Word = TypeVar("Word", bound=StrEnum)

MOST = 500
"""Lines of one list; a longer one is split."""
LARGEST = 100_000
"""Characters of one list: it comes back to the reader's page to be confirmed."""

NEEDED = ("kind", "description", "quantity", "unit")
VALUED = ("value_minor", "currency", "basis")
OPTIONAL = ("brand", "precision", *VALUED, "value_of", "value_precision", "place")
COLUMNS = (*NEEDED, *OPTIONAL)
"""What a list may name. Money is in minor units; `place` is a place's number on the raid's page."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a list by its number in the file: what it says, or what is wrong with it."""

    number: int
    line: NewLine | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """A list as it was read, with the digest of its bytes. `imported`: it is on record already."""

    lines: tuple[ListLine, ...]
    digest: str
    text: str
    imported: bool = False

    @property
    def faulty(self) -> int:
        """How many lines have faults; with one of them nothing is imported."""
        return sum(bool(line.faults) for line in self.lines)


def look(db: Database, reference: str, *, source: int, text: str) -> Looked:
    """Read a list and say of each line what is wrong; nothing is written."""
    with db.read() as tx:
        row = held(tx, reference)
        source_of(tx, row, source)
        places = {place.id for place in every(tx, RaidPlace, raid_id=row.id)}
        looked = _read(text, places)
        about = {"raid_id": row.id, "source_id": source, "digest": looked.digest}
        known = one(tx, SeizureImport, **about) is not None
    return Looked(looked.lines, looked.digest, looked.text, known)


def import_list(
    db: Database, act: Act, reference: str, *, source: int, text: str, digest: str
) -> int:
    """Record every line of a list that was looked at; gives how many lines it has.

    The same file for the same source a second time records nothing and gives the same number.
    """
    with db.write() as tx:
        row = seizing(tx, act, reference)
        by = source_of(tx, row, source)
        looked = _read(text, {place.id for place in every(tx, RaidPlace, raid_id=row.id)})
        if looked.digest != digest:
            raise Stale("This is another file than the one that was looked at. Look at it again.")
        about = {"raid_id": row.id, "source_id": source, "digest": digest}
        if before := one(tx, SeizureImport, **about):
            return before.lines
        if looked.faulty:
            raise Refused(
                "Nothing was recorded: mend every line that is told below, then look again.",
                *(
                    f"In line {line.number}: {fault}"
                    for line in looked.lines
                    for fault in line.faults
                ),
            )
        made = {"imported_by": act.person, "imported_at": act.now}
        batch = add(tx, SeizureImport, **about, lines=len(looked.lines), **made)
        for each in looked.lines:
            assert each.line is not None  # it has no faults
            write(tx, act, row, by, each.line, batch=batch)
        facts = {"import": batch, "source": source, "digest": digest, "lines": len(looked.lines)}
        tell(tx, act, reference, "seizure list imported", facts)
        return len(looked.lines)


def _read(text: str, places: set[int]) -> Looked:
    # A form sends other line ends than the file had, and none at its end: the digest is of what
    # both have.
    text = "\n".join(text.removeprefix("\ufeff").strip().splitlines())
    if len(text) > LARGEST:
        raise Refused(f"A list has at most {LARGEST:,} characters. Split it.")
    lines = tuple(_lines(text, places))
    if not lines:
        raise Refused("The list has no line under its header. Choose the file again.")
    if len(lines) > MOST:
        raise Refused(f"A list has at most {MOST} lines. Split it.")
    return Looked(lines, sha256_of(text.encode()), text)


def _lines(text: str, places: set[int]) -> Iterator[ListLine]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="\0more", strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        _ensure_header(header)
        reader.fieldnames = header
        for fields in reader:
            yield _line(reader.line_num, fields, places)
    except csv.Error as error:
        raise Refused(f"Line {reader.line_num + 1} is not CSV: {error}.") from None


def _ensure_header(header: list[str]) -> None:
    wrong = [f"The column “{name}” is missing." for name in NEEDED if name not in header]
    wrong += [f"The column “{name[:40]}” is not known." for name in header if name not in COLUMNS]
    wrong += [f"The column “{name}” stands twice." for name in COLUMNS if header.count(name) > 1]
    if wrong:
        raise Refused(
            "The header, line 1, is wrong, so that no line could be read.",
            *wrong,
            f"The header names {', '.join(NEEDED)}; it may name {', '.join(OPTIONAL)}.",
        )


def _line(number: int, fields: dict[str, str | None], places: set[int]) -> ListLine:
    if "\0more" in fields:
        return ListLine(number, None, ("The line has more fields than the header.",))
    said = {name: (value or "").strip() for name, value in fields.items()}
    faults: list[str] = []
    line = NewLine(
        kind=_word(said, "kind", ExhibitKind, faults),
        description=said["description"],
        brand=said.get("brand") or None,
        quantity=_whole(said, "quantity", faults),
        precision=_word(said, "precision", Precision, faults, Precision.EXACTLY),
        unit=said["unit"],
        value=_value(said, faults),
        place=_place(said, places, faults),
    )
    faults = [*faults, *(fault for fault in line.faults() if not faults)]
    return ListLine(number, line if not faults else None, tuple(faults))


def _value(said: dict[str, str], faults: list[str]) -> Value | None:
    given = [name for name in VALUED if said.get(name)]
    if not given:
        return None
    if len(given) < len(VALUED):
        faults.append(f"A value needs all of {', '.join(VALUED)}, or none of them.")
        return None
    basis = _word(said, "basis", Basis, faults)
    of = _word(said, "value_of", ValueOf, faults, ValueOf.EACH)
    precision = _word(said, "value_precision", Precision, faults, Precision.EXACTLY)
    minor = _whole(said, "value_minor", faults)
    try:
        return Value(Money(minor, said["currency"].upper()), of, precision, basis)
    except MoneyError as error:
        faults.append(str(error))
        return None


def _place(said: dict[str, str], places: set[int], faults: list[str]) -> int | None:
    if not said.get("place"):
        return None
    number = _whole(said, "place", faults)
    if number not in places:
        faults.append("The raid has no place of that number. Its page shows the numbers.")
    return number


def _whole(said: dict[str, str], name: str, faults: list[str]) -> int:
    text = said.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        faults.append(f"“{text[:40]}” is no whole number in the column “{name}”.")
        return 1
    return int(text)


def _word(
    said: dict[str, str],
    name: str,
    kind: type[Word],
    faults: list[str],
    otherwise: Word | None = None,
) -> Word:
    text = said.get(name, "")
    if not text and otherwise is not None:
        return otherwise
    try:
        return kind(text)
    except ValueError:
        faults.append(f"“{text[:40]}” in the column “{name}” is none of: {', '.join(kind)}.")
        return next(iter(kind))
