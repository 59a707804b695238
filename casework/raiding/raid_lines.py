"""What sources say was seized in a raid: recorded line by line, corrected, and one of them taken.

Two sources that disagree stand side by side; nothing is edited. A correction is a line of the same
source that supersedes an earlier one of it, with the reason. Whose figures are taken for the raid
is a person's choice with a reason, and the last choice counts. Leaves whole lists to
`casework.raiding.raid_lists`, and sums to `rules.seizures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.raiding.raid_places import place_of
from casework.raiding.raids import ensure_day, seizing, tell
from evidence.digests import sha256_of
from rules.holders import ExhibitKind
from rules.money import Money
from rules.seizures import Claim, Precision, SourceKind, Value
from storage.rows import add, change_seen, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import FiguresChoice, Raid, RaidSource, SeizureLine

LARGEST = 10**9
"""Pieces of one line; more is a slip of the pen."""
_lines = table_of(SeizureLine).c


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as somebody gives it. `place` is the number of a place of the raid."""

    kind: ExhibitKind
    description: str
    brand: str | None
    quantity: int
    precision: Precision
    unit: str
    value: Value | None = None
    place: int | None = None

    def faults(self) -> list[str]:
        """What no line may be, in sentences; none where it can be recorded."""
        found: list[str] = []
        if not self.description.strip():
            found.append("Say what was seized.")
        if not self.unit.strip():
            found.append("Say in which unit it was counted, such as pieces.")
        if not 0 <= self.quantity <= LARGEST:
            found.append(f"A quantity is a whole number from 0 to {LARGEST:,}.")
        if self.value is not None and self.value.money.minor <= 0:
            found.append("A value is above zero; leave it out where the source gives none.")
        return found


def add_source(
    db: Database, act: Act, reference: str, *, kind: SourceKind, name: str, said_on: date
) -> int:
    """Name who says something of the raid, and on which day they said it; gives its number."""
    if not name.strip():
        raise Refused("Name the source: the list's number, the paper, the court.")
    if said_on > act.now.date():
        raise Refused("Nobody has said anything in the future. Correct the day.")
    with db.write() as tx:
        row = seizing(tx, act, reference)
        ensure_day(act, row, said_on)
        about = {"raid_id": row.id, "kind": kind, "name": name.strip(), "said_on": said_on}
        if one(tx, RaidSource, **about):
            raise Refused("This source is on record already. Choose it in the list.")
        number = add(tx, RaidSource, **about, recorded_by=act.person, recorded_at=act.now)
        facts = {"source": number, "kind": kind, "name": sha256_of(name.strip().encode())}
        tell(tx, act, reference, "source named", facts | {"said_on": said_on.isoformat()})
        return number


def record(db: Database, act: Act, reference: str, *, source: int, line: NewLine) -> int:
    """Record one line of what a source says was seized; gives its number."""
    if faults := line.faults():
        raise Refused(*faults)
    with db.write() as tx:
        row = seizing(tx, act, reference)
        number = write(tx, act, row, source_of(tx, row, source), line)
        tell(tx, act, reference, "seizure recorded", {"line": number, "source": source})
        return number


def correct(
    db: Database, act: Act, reference: str, *, corrects: int, line: NewLine, reason: str
) -> int:
    """A later line of the same source supersedes one that stands; gives its number.

    Stale where somebody corrected that line before.
    """
    because = reason.strip()
    if faults := [*line.faults(), *(() if because else ("Say why the line is corrected.",))]:
        raise Refused(*faults)
    with db.write() as tx:
        row = seizing(tx, act, reference)
        before = standing_line(tx, row, corrects)
        source = source_of(tx, row, before.source_id)
        number = write(tx, act, row, source, line, corrects=corrects, because=because)
        facts = {"line": number, "corrects": corrects, "because": sha256_of(because.encode())}
        tell(tx, act, reference, "seizure corrected", facts)
        return number


def choose(
    db: Database, act: Act, reference: str, *, version: int, source: int, reason: str
) -> None:
    """Take one source's figures for the raid, with the reason; earlier choices stay on record."""
    because = reason.strip()
    if not because:
        raise Refused("Say why this source is taken and not another.")
    with db.write() as tx:
        row = seizing(tx, act, reference)
        source_of(tx, row, source)
        if not change_seen(tx, Raid, row.id, version, changed_at=act.now):
            raise Stale(f"{reference} was changed meanwhile. Look at it again.")
        made = {"chosen_by": act.person, "chosen_at": act.now}
        add(tx, FiguresChoice, raid_id=row.id, source_id=source, reason=because, **made)
        facts = {"source": source, "because": sha256_of(because.encode())}
        tell(tx, act, reference, "figures taken", facts)


def write(
    tx: Transaction,
    act: Act,
    row: Raid,
    source: RaidSource,
    line: NewLine,
    *,
    corrects: int | None = None,
    because: str | None = None,
    batch: int | None = None,
) -> int:
    """Insert a line that has no faults; `batch` is the import it came with."""
    place = place_of(tx, row, line.place).id if line.place is not None else None
    value = line.value
    return add(
        tx,
        SeizureLine,
        raid_id=row.id,
        source_id=source.id,
        place_id=place,
        kind=line.kind,
        description=line.description.strip(),
        brand=line.brand,
        quantity=line.quantity,
        precision=line.precision,
        unit=line.unit.strip(),
        value_minor=value.money.minor if value else None,
        value_of=value.of if value else None,
        value_precision=value.precision if value else None,
        currency=value.money.currency if value else None,
        basis=value.basis if value else None,
        corrects_id=corrects,
        corrected_because=because,
        import_id=batch,
        recorded_by=act.person,
        recorded_at=act.now,
    )


def source_of(tx: Transaction, row: Raid, source: int) -> RaidSource:
    """A source of this raid by its number; NotFound where it is another's."""
    found = one(tx, RaidSource, id=source, raid_id=row.id)
    if found is None:
        raise NotFound(f"{row.reference} has no source of that number. Name the source first.")
    return found


def standing_line(tx: Transaction, row: Raid, number: int) -> SeizureLine:
    """A line of this raid that nothing supersedes; Stale where something does."""
    found = one(tx, SeizureLine, id=number, raid_id=row.id)
    if found is None:
        raise NotFound(f"{row.reference} has no line of that number.")
    if one(tx, SeizureLine, corrects_id=number):
        raise Stale("This line was corrected meanwhile. Look at the one that supersedes it.")
    return found


def lines_of(tx: Transaction, raid_id: int) -> Sequence[SeizureLine]:
    """Every line of a raid, superseded ones too, in the order of recording."""
    return every(tx, SeizureLine, raid_id=raid_id, order_by=_lines.id)


def standing(lines: Sequence[SeizureLine]) -> list[SeizureLine]:
    """Those of a raid's lines that no later one supersedes."""
    superseded = {line.corrects_id for line in lines}
    return [line for line in lines if line.id not in superseded]


def claim_of(row: SeizureLine) -> Claim:
    """A line as the rule takes it."""
    value = None
    if row.value_minor is not None:
        assert row.currency and row.value_of and row.value_precision and row.basis  # a check holds
        money = Money(row.value_minor, row.currency)
        value = Value(money, row.value_of, row.value_precision, row.basis)
    return Claim(row.source_id, row.kind, row.quantity, row.precision, row.unit, value)
