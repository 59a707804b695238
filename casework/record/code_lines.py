"""Codes on goods and the leads they raise, as the pages of staff show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.codes import SHOTS_WITH_CODES, LeadState, article_number
from storage import codes as kept
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Exhibit, ExhibitCode, Lead, Operator, Photo, Shop, TestBuy

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code with its exhibit (None: not known yet), photo, reader, and what corrects it."""

    code: ExhibitCode
    exhibit: str | None
    photo: str | None
    shot: str | None
    by: str
    corrected: ExhibitCode | None

    @property
    def placed(self) -> bool:
        """Whether it stands on an exhibit."""
        return self.exhibit is not None


@dataclass(frozen=True, slots=True)
class Linked:
    """One side of a lead: the exhibit, where it came from, and the code on it."""

    exhibit: str
    testbuy: str
    shop: Shop
    operator: Operator | None
    code: ExhibitCode
    corrected: bool


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead with both sides. `article_number`: the serial is built like an EAN."""

    lead: Lead
    sides: tuple[Linked, Linked]
    decided_by: str | None
    article_number: bool

    def beside(self, testbuy: str) -> Linked:
        """The side that is not `testbuy`'s."""
        first, second = self.sides
        return second if first.testbuy == testbuy else first


def codes_of(tx: Transaction, testbuy_id: int) -> tuple[CodeLine, ...]:
    """Every code read in a test buy, corrected ones too, oldest first."""
    rows = every(tx, ExhibitCode, testbuy_id=testbuy_id, order_by=table_of(ExhibitCode).c.id)
    exhibits = {each.id: each.reference for each in every(tx, Exhibit, testbuy_id=testbuy_id)}
    photos_table = table_of(Photo).c
    wanted = [row.photo_id for row in rows if row.photo_id]
    photos = {each.id: each for each in every(tx, Photo, photos_table.id.in_(wanted))}
    people = names(tx, [row.recorded_by for row in rows])
    later = {row.corrects_id: row for row in rows if row.corrects_id}
    return tuple(
        CodeLine(
            row,
            exhibits[row.exhibit_id] if row.exhibit_id else None,
            photos[row.photo_id].public_id if row.photo_id else None,
            photos[row.photo_id].shot if row.photo_id else None,
            people[row.recorded_by],
            later.get(row.id),
        )
        for row in rows
    )


def photos_with_codes(tx: Transaction, testbuy_id: int) -> tuple[Photo, ...]:
    """The accepted photos of codes, newest first: what a code may have been read from."""
    rows = table_of(Photo).c
    return tuple(
        every(
            tx,
            Photo,
            rows.testbuy_id == testbuy_id,
            rows.shot.in_(SHOTS_WITH_CODES),
            rows.accepted.is_(True),
            order_by=rows.id.desc(),
        )
    )


def leads(db: Database) -> tuple[LeadLine, ...]:
    """Leads, those nobody has decided on first, then the newest."""
    rows = table_of(Lead).c
    with db.read() as tx:
        waiting = every(tx, Lead, rows.state == LeadState.OPEN, order_by=rows.id, limit=_SHOWN)
        settled = every(
            tx, Lead, rows.state != LeadState.OPEN, order_by=rows.id.desc(), limit=_SHOWN
        )
        return _lines(tx, [*waiting, *settled])


def leads_of(tx: Transaction, exhibits: Iterable[int]) -> tuple[LeadLine, ...]:
    """The leads in which exhibits of a test buy stand."""
    return _lines(tx, kept.leads_of(tx, list(exhibits)))


def _lines(tx: Transaction, rows: Sequence[Lead]) -> tuple[LeadLine, ...]:
    people = names(tx, [row.decided_by for row in rows])
    lines: list[LeadLine] = []
    for row in rows:
        sides = (
            _side(tx, row.exhibit_id, row.code_id),
            _side(tx, row.other_id, row.other_code_id),
        )
        decided_by = people[row.decided_by] if row.decided_by else None
        lines.append(LeadLine(row, sides, decided_by, article_number(sides[0].code.text)))
    return tuple(lines)


def _side(tx: Transaction, exhibit_id: int, code_id: int) -> Linked:
    exhibit, code = one(tx, Exhibit, id=exhibit_id), one(tx, ExhibitCode, id=code_id)
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    shop = one(tx, Shop, id=owner.shop_id) if owner else None
    assert exhibit and code and owner and shop  # foreign keys hold them
    operator = one(tx, Operator, id=shop.operator_id) if shop.operator_id else None
    corrected = one(tx, ExhibitCode, corrects_id=code.id) is not None
    return Linked(exhibit.reference, owner.reference, shop, operator, code, corrected)
