"""One raid with all that is said of it: what two sources say stands beside each other.

Leaves the sums to `rules.seizures`, and raids in lists to `casework.views.raids`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.errors import NotFound
from casework.raiding.correcting import corrections_of
from casework.raiding.raid_lines import claim_of, lines_of, standing
from rules.raids import RaidState
from rules.referral import ACTED
from rules.sampling import LARGEST_LOT, Sample, sentence, to_examine
from rules.seizures import Count, Precision, Total, counts, totals
from storage import keyset
from storage.linking import survivor
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Brand,
    Category,
    FiguresChoice,
    Flag,
    FoundSeller,
    LotSample,
    Operator,
    Raid,
    RaidCorrection,
    RaidPaper,
    RaidParticipant,
    RaidPerson,
    RaidPersonFate,
    RaidPlace,
    RaidSource,
    Referral,
    SeizureLine,
    Shop,
)

SHARES = (80, 90, 95, 99)
"""Percent for which it is told how many pieces of a lot must be examined."""


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody met at a place, and what became of them, oldest first."""

    person: RaidPerson
    place: RaidPlace
    fates: Sequence[RaidPersonFate]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample of a lot and what it supports, in words."""

    sample: LotSample
    says: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a source. `superseded_by`: the line that took its place.

    `to_examine`: percent, and how many pieces of the lot must then be examined and all be fake; of
    lots that are counted exactly.
    """

    line: SeizureLine
    place: RaidPlace | None
    superseded_by: int | None
    samples: tuple[Sampled, ...]
    to_examine: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All that one source says, with its own sums; superseded lines are in none of them."""

    source: RaidSource
    lines: tuple[Shown, ...]
    counts: tuple[Count, ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Second:
    """A second seller found, with its shops and how many flags the raid raised on them."""

    found: FoundSeller
    operator: Operator
    shops: Sequence[Shop]
    flags: int


@dataclass(frozen=True, slots=True)
class RaidPage:
    """One raid. `corrections`: of its day, the oldest first. `taken`: the source whose figures
    count, by the last of `choices`. `brands` and `categories`: what a listing of a second seller
    can be of.
    """

    raid: Raid
    corrections: Sequence[RaidCorrection]
    operator: Operator
    agency: Agency
    referral: Referral | None
    places: Sequence[RaidPlace]
    participants: Sequence[RaidParticipant]
    met: tuple[Met, ...]
    accounts: tuple[Account, ...]
    choices: Sequence[FiguresChoice]
    taken: int | None
    papers: Sequence[RaidPaper]
    seconds: tuple[Second, ...]
    people: Mapping[int, str]
    brands: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def left_behind(self) -> bool:
        """Whether its referral stands where no raid was, although this one was carried out."""
        after = self.raid.state is RaidState.CARRIED_OUT
        return after and self.referral is not None and self.referral.state not in ACTED

    @property
    def lots(self) -> tuple[Shown, ...]:
        """Lines that can be sampled: they stand, and their pieces are counted exactly."""
        return tuple(
            shown for account in self.accounts for shown in account.lines if shown.to_examine
        )


def raid_page(db: Database, reference: str) -> RaidPage:
    """One raid by its reference; NotFound where there is none."""
    with db.read() as tx:
        row = one(tx, Raid, reference=reference)
        if row is None:
            raise NotFound(f"There is no raid {reference}.")
        operator, agency = one(tx, Operator, id=row.operator_id), one(tx, Agency, id=row.agency_id)
        led = one(tx, Referral, id=row.referral_id) if row.referral_id else None
        assert operator and agency  # foreign keys hold them
        places = every(tx, RaidPlace, raid_id=row.id, order_by=table_of(RaidPlace).c.id)
        choices = every(tx, FiguresChoice, raid_id=row.id, order_by=table_of(FiguresChoice).c.id)
        papers = every(tx, RaidPaper, raid_id=row.id, order_by=table_of(RaidPaper).c.id)
        seconds = _seconds(tx, row)
        corrections = corrections_of(tx, row.id)
        acting = [row.planned_by, *(each.chosen_by for each in choices)]
        acting += [each.handed_in_by for each in papers]
        acting += [each.found.found_by for each in seconds]
        acting += [asked.asked_by for asked in corrections]
        acting += [asked.decided_by for asked in corrections if asked.decided_by]
        return RaidPage(
            row,
            corrections,
            operator,
            agency,
            led,
            places,
            every(tx, RaidParticipant, raid_id=row.id, order_by=table_of(RaidParticipant).c.id),
            _met(tx, row, places),
            _accounts(tx, row, places),
            choices,
            choices[-1].source_id if choices else None,
            papers,
            seconds,
            names(tx, acting),
            tuple(each.name for each in every(tx, Brand, order_by=table_of(Brand).c.name)),
            tuple(each.name for each in every(tx, Category, order_by=table_of(Category).c.name)),
        )


def _met(tx: Transaction, row: Raid, places: Sequence[RaidPlace]) -> tuple[Met, ...]:
    where = {place.id: place for place in places}
    people = every(tx, RaidPerson, raid_id=row.id, order_by=table_of(RaidPerson).c.id)
    columns = table_of(RaidPersonFate).c
    fates: dict[int, list[RaidPersonFate]] = defaultdict(list)
    theirs = columns.met_id.in_([person.id for person in people])
    for fate in every(tx, RaidPersonFate, theirs, order_by=(columns.as_of, columns.id)):
        fates[fate.met_id].append(fate)
    return tuple(Met(person, where[person.place_id], fates[person.id]) for person in people)


def _accounts(tx: Transaction, row: Raid, places: Sequence[RaidPlace]) -> tuple[Account, ...]:
    where = {place.id: place for place in places}
    sources = every(tx, RaidSource, raid_id=row.id, order_by=table_of(RaidSource).c.id)
    lines = lines_of(tx, row.id)
    after = {line.corrects_id: line.id for line in lines if line.corrects_id}
    drawn: dict[int, list[Sampled]] = defaultdict(list)
    columns = table_of(LotSample).c
    of_lines = columns.line_id.in_([line.id for line in lines])
    for each in every(tx, LotSample, of_lines, order_by=columns.id):
        sample = Sample(each.lot, each.examined, each.fake)
        drawn[each.line_id].append(Sampled(each, sentence(sample, each.least)))
    accounts: list[Account] = []
    for source in sources:
        own = [line for line in lines if line.source_id == source.id]
        claims = [claim_of(line) for line in standing(own)]
        shown = tuple(
            Shown(
                line,
                where.get(line.place_id or 0),
                after.get(line.id),
                tuple(drawn[line.id]),
                _shares(line) if line.id not in after else (),
            )
            for line in own
        )
        accounts.append(Account(source, shown, counts(claims), totals(claims)))
    return tuple(accounts)


def _shares(line: SeizureLine) -> tuple[tuple[int, int], ...]:
    if line.precision is not Precision.EXACTLY or not 0 < line.quantity <= LARGEST_LOT:
        return ()
    return tuple((percent, to_examine(line.quantity, percent)) for percent in SHARES)


def _seconds(tx: Transaction, row: Raid) -> tuple[Second, ...]:
    if row.state is not RaidState.CARRIED_OUT:
        return ()
    found = every(tx, FoundSeller, raid_id=row.id, order_by=table_of(FoundSeller).c.operator_id)
    seconds: list[Second] = []
    for each in found:
        operator = one(tx, Operator, id=each.operator_id)
        assert operator is not None  # a foreign key holds it
        theirs = survivor(tx, operator.id)
        shops = every(tx, Shop, operator_id=theirs, order_by=table_of(Shop).c.id)
        raised = (
            table_of(Flag).c.source == row.reference,
            table_of(Flag).c.shop_id.in_([shop.id for shop in shops]),
        )
        seconds.append(Second(each, operator, shops, keyset.count(tx, Flag, *raised)))
    return tuple(seconds)
