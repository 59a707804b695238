"""Launching many: each line a flag, requested or refused by itself; and the plan of it beforehand.

A plan tells for each line what its request would come to, by the rules that decide it
(`casework.buying.covered`), and writes nothing. What is launched from a plan is what it told: a
line that would come to something else by now is left alone and told again.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from casework.act import Act
from casework.buying import covered
from casework.buying.requesting import request
from casework.errors import NotFound, Refused
from casework.move import Moved
from evidence.digests import sha256_of
from rules.flags import FlagKind
from rules.lifecycle import Move, may
from rules.money import Money
from storage import ledger
from storage.rows import every, one
from storage.session import Database, Transaction
from storage.tables import Campaign, Flag, Listing, RequestedVia, Route, Shop

MOST = 500
"""Lines of one plan; a longer list is split."""

_COLUMNS = ("flag_id", "flag", "number")


@dataclass(frozen=True, slots=True)
class Launched:
    """What became of a line: the test buy's reference, or None and the reason."""

    flag: str
    reference: str | None
    reason: str


class Fate(StrEnum):
    """What a line's request comes to."""

    AUTHORISED = "authorised"
    WAITS = "waits"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """What all lines of a list share."""

    purpose: str
    campaign: str | None
    route: Route


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plan: its flag as written, what it points at, what its request comes to and why.

    `reference` is the test buy's, once it was launched.
    """

    flag: str
    fate: Fate
    reasons: tuple[str, ...]
    flag_id: int | None = None
    title: str = ""
    shop: str = ""
    price: Money | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines of a list, and the digest over the list, the wish and what was foretold."""

    lines: tuple[Line, ...]
    digest: str

    def count(self, fate: Fate) -> int:
        """How many lines come to this."""
        return sum(line.fate is fate for line in self.lines)


def launch_each(
    db: Database,
    act: Act,
    lines: Iterable[str],
    *,
    purpose: str,
    campaign: str | None,
    route: Route,
    via: RequestedVia,
) -> list[Launched]:
    """Request a test buy for each flag named by its source's number; empty lines are passed."""
    wish = Wish(purpose, campaign, route)
    return [_launch(db, act, line.strip(), wish, via) for line in lines if line.strip()]


def launch_named(
    db: Database,
    act: Act,
    *,
    source: str,
    flag: str,
    purpose: str,
    campaign: str | None,
    route: Route,
    via: RequestedVia,
) -> Moved:
    """Request a test buy from the flag that `source` numbers `flag`; NotFound where none is."""
    with db.read() as tx:
        found = one(tx, Flag, source=source, source_flag_id=flag)
    if found is None:
        raise NotFound(f"{source} has handed in no flag {flag}.")
    return request(
        db, act, flag_id=found.id, purpose=purpose, campaign=campaign, via=via, route=route
    )


def numbers_in(text: str) -> tuple[str, ...]:
    """The flag numbers of a list: one a line, or the column flag_id, flag or number of a CSV."""
    rows = [row for row in csv.reader(text.lstrip("\ufeff").splitlines()) if any(row)]
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((head.index(name) for name in _COLUMNS if name in head), None)
    if column is not None:
        rows = rows[1:]
    cells = (row[column or 0].strip() for row in rows if len(row) > (column or 0))
    return tuple(cell for cell in cells if cell)


def plan(db: Database, act: Act, numbers: Sequence[str], wish: Wish) -> Plan:
    """What launching the list would come to now, line by line. Nothing is written.

    Refused where the list is empty or longer than MOST, or the wish is none.
    """
    _ensure_list(numbers, wish)
    with db.read() as tx:
        foresight = _Foresight(tx, act, wish)
        lines = tuple(foresight.line(tx, number) for number in numbers)
    return Plan(lines, _digest(numbers, wish, [line.fate for line in lines]))


def launch_planned(
    db: Database,
    act: Act,
    numbers: Sequence[str],
    wish: Wish,
    *,
    told: Sequence[Fate],
    digest: str,
) -> Plan:
    """Launch the lines of a plan that still come to what was `told`; the others are left alone.

    Refused as a whole where the digest is not that of this list, this wish and what was told.
    """
    _ensure_list(numbers, wish)
    if len(told) != len(numbers) or digest != _digest(numbers, wish, told):
        raise Refused("This is not the list that was looked at. Look at it again, then launch.")
    with db.read() as tx:
        foresight = _Foresight(tx, act, wish)
    done: list[Line] = []
    for number, fate in zip(numbers, told, strict=True):
        with db.read() as tx:
            line = foresight.line(tx, number)
        if line.fate is not fate:
            changed = f"It was foretold as “{fate}” and is “{line.fate}” by now: left alone."
            line = replace(line, fate=Fate.REFUSED, reasons=(changed, *line.reasons))
        elif line.fate is not Fate.REFUSED:
            launched = _launch(db, act, number, wish, RequestedVia.PORTAL)
            if launched.reference is None:
                line = replace(line, fate=Fate.REFUSED, reasons=(launched.reason,))
            line = replace(line, reference=launched.reference)
        done.append(line)
    with db.write() as tx:
        facts = {"what": "list launched", "list": digest, "by": act.by,
                 "launched": [line.reference for line in done if line.reference]}  # fmt: skip
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
    return Plan(tuple(done), digest)


class _Foresight:
    """The rules of a request asked for line after line, as if the lines before were authorised."""

    def __init__(self, tx: Transaction, act: Act, wish: Wish) -> None:
        self._act, self._wish = act, wish
        self._campaign = one(tx, Campaign, name=wish.campaign) if wish.campaign else None
        self._seen: dict[int, str] = {}
        self._numbers: set[str] = set()
        self._buys = self._minor = 0

    def line(self, tx: Transaction, number: str) -> Line:
        flag, objection = _flag_numbered(tx, number)
        if number in self._numbers:
            return Line(number, Fate.REFUSED, ("The list names this flag above already.",))
        self._numbers.add(number)
        if flag is None:
            return Line(number, Fate.REFUSED, (objection,))
        listing, shop = one(tx, Listing, id=flag.listing_id), one(tx, Shop, id=flag.shop_id)
        assert listing and shop  # foreign keys hold them
        price = Money(flag.price_minor, flag.currency)
        fate, reasons = self._fate(tx, flag, listing, price)
        if fate is not Fate.REFUSED:
            self._seen[listing.id] = number
        return Line(number, fate, reasons, flag.id, listing.title, shop.name, price)

    def _fate(
        self, tx: Transaction, flag: Flag, listing: Listing, price: Money
    ) -> tuple[Fate, tuple[str, ...]]:
        allowed = may(Move.REQUEST, None, self._act.role)
        if not allowed.allowed:
            return Fate.REFUSED, allowed.reasons
        if flag.dismissed_at is not None:
            return Fate.REFUSED, (covered.was_dismissed(flag),)
        if flag.kind is not FlagKind.COUNTERFEIT:
            return Fate.REFUSED, (covered.NOT_BY_BUYING,)
        if bought := covered.running(tx, listing.id):
            return Fate.REFUSED, (covered.already_bought(bought),)
        if listing.id in self._seen:
            above = self._seen[listing.id]
            return Fate.REFUSED, (f"Flag {above} above points at the same listing.",)
        if self._campaign is None:
            if self._wish.campaign:
                return Fate.REFUSED, (f"There is no campaign “{self._wish.campaign}”.",)
            return Fate.WAITS, ("It is requested outside any campaign.",)
        asked = covered.purchase(tx, price, listing.brand_id, listing.category_id, self._act.person)
        decision = covered.cover(
            asked, self._campaign, self._act.now, more_buys=self._buys, more_minor=self._minor
        )
        if not decision.allowed:
            return Fate.WAITS, decision.reasons
        self._buys += 1
        self._minor += price.minor
        return Fate.AUTHORISED, decision.reasons


def _ensure_list(numbers: Sequence[str], wish: Wish) -> None:
    if not wish.purpose.strip():
        raise Refused("Say what the test buys are for.")
    if not numbers:
        raise Refused("The list names no flag. Write one flag number a line.")
    if len(numbers) > MOST:
        raise Refused(f"The list names {len(numbers)} flags; split it into lists of {MOST}.")


def _digest(numbers: Sequence[str], wish: Wish, fates: Sequence[Fate]) -> str:
    whole = {"flags": list(numbers), "purpose": wish.purpose, "campaign": wish.campaign,
             "route": wish.route, "fates": list(fates)}  # fmt: skip
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256_of(text.encode())


def _flag_numbered(tx: Transaction, number: str) -> tuple[Flag | None, str]:
    found = every(tx, Flag, source_flag_id=number, limit=2)
    if len(found) == 1:
        return found[0], ""
    return None, "No flag has this number." if not found else "Two sources use this number."


def _launch(db: Database, act: Act, number: str, wish: Wish, via: RequestedVia) -> Launched:
    with db.read() as tx:
        flag, objection = _flag_numbered(tx, number)
    if flag is None:
        return Launched(number, None, objection)
    try:
        moved = request(
            db,
            act,
            flag_id=flag.id,
            purpose=wish.purpose,
            campaign=wish.campaign,
            via=via,
            route=wish.route,
        )
    except Refused as refused:
        return Launched(number, None, " ".join(refused.reasons))
    return Launched(number, moved.reference, wish.purpose)
