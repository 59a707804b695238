"""Where a person's word took the place of a rule's or a machine's: what an auditor asks for first.

Owns which rows count and what each says. Nothing is kept a second time: every line is read from
the row that the act itself left, which triggers or the ledger protect.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casework.views.overridden import (
    SENTENCE,
    WORD,
    Override,
    Piece,
    of_facts,
    page,
    spaced,
    testbuy_names,
    typed,
)
from casework.views.wakeups import woken
from rules.lifecycle import Move
from storage import ledger
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Confirmation,
    Disposal,
    Exhibit,
    HoldLift,
    IdentityCommitment,
    LedgerRow,
    LegalHold,
    MoveRecord,
    OpeningRequest,
    Operator,
    Photo,
    Referral,
    Release,
    ReleaseApproval,
    Resemblance,
    TestBuy,
    Waiver,
)

PAGE = 50
_GLANCE = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines of one kind, newest first; `older`: the key of the next page, where there is one."""

    kind: str
    title: str
    lines: tuple[Override, ...]
    older: int | None


Reader = Callable[[Transaction, int | None, int], list[Override]]


def _waived(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, Waiver, older, limit)
    people, buys = (
        names(tx, [r.waived_by for r in rows]),
        testbuy_names(tx, [r.testbuy_id for r in rows]),
    )
    return [
        Override(
            row.id, row.waived_at, people[row.waived_by], buys[row.testbuy_id],
            typed(f"{row.shot}: {row.reason}"),
        )
        for row in rows
    ]  # fmt: skip


def _moved(*moves: Move) -> Reader:
    def read(tx: Transaction, older: int | None, limit: int) -> list[Override]:
        columns = table_of(MoveRecord).c
        rows = page(
            tx, MoveRecord, older, limit, columns.move.in_(moves), columns.by_person.is_not(None)
        )
        people = names(tx, [row.by_person for row in rows])
        buys = testbuy_names(tx, [row.testbuy_id for row in rows])
        return [
            Override(
                row.id,
                row.moved_at,
                people.get(row.by_person or 0, ""),
                buys[row.testbuy_id],
                spaced(Piece(reason, SENTENCE) for reason in row.reasons),
            )
            for row in rows
        ]  # fmt: skip

    return read


def _seen(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, Confirmation, older, limit)
    people = names(tx, [row.confirmed_by for row in rows])
    buys = testbuy_names(tx, [row.testbuy_id for row in rows])
    return [
        Override(
            row.id, row.confirmed_at, people[row.confirmed_by], buys[row.testbuy_id],
            (
                Piece(row.proof, WORD),
                Piece(": "),
                Piece("it_shows_it" if row.agrees else "it_does_not", WORD),
                *typed(f". {row.note}".rstrip()),
            ),
        )
        for row in rows
    ]  # fmt: skip


def _alike(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, Resemblance, older, limit, table_of(Resemblance).c.settled_by.is_not(None))
    people = names(tx, [row.settled_by for row in rows])
    photos = {
        photo.id: photo
        for photo in every(tx, Photo, table_of(Photo).c.id.in_([row.photo_id for row in rows]))
    }
    buys = testbuy_names(tx, [photo.testbuy_id for photo in photos.values()])
    return [
        Override(
            row.id,
            row.settled_at or row.found_at,
            people.get(row.settled_by or 0, ""),
            buys[photos[row.photo_id].testbuy_id],
            (
                Piece(row.whose or ("the_same_picture" if row.same else "another_picture"), WORD),
                *typed(f". {row.remark}".rstrip()),
            ),
        )
        for row in rows
    ]


def _lifted(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    key = table_of(HoldLift).c.hold_id
    before = () if older is None else (key < older,)
    rows = every(tx, HoldLift, *before, order_by=key.desc(), limit=limit)
    people = names(tx, [row.lifted_by for row in rows])
    holds = {
        hold.id: hold
        for hold in every(tx, LegalHold, table_of(LegalHold).c.id.in_([r.hold_id for r in rows]))
    }
    return [
        Override(
            row.hold_id,
            row.lifted_at,
            people[row.lifted_by],
            _held(tx, holds[row.hold_id]),
            (Piece(f"legal hold {row.hold_id}", SENTENCE), *typed(f": {row.reason}")),
        )
        for row in rows
    ]  # fmt: skip


def _held(tx: Transaction, hold: LegalHold) -> str:
    for table, number in (
        (Exhibit, hold.exhibit_id),
        (TestBuy, hold.testbuy_id),
        (Operator, hold.operator_id),
    ):
        if number is not None:
            (row,) = every(tx, table, id=number)
            return row.reference
    return ""


def _disposed(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, Disposal, older, limit, table_of(Disposal).c.approved_by.is_not(None))
    people = names(tx, [row.approved_by for row in rows])
    exhibits = {
        row.id: row.reference
        for row in every(tx, Exhibit, table_of(Exhibit).c.id.in_([r.exhibit_id for r in rows]))
    }
    return [
        Override(
            row.id,
            row.approved_at or row.asked_at,
            people.get(row.approved_by or 0, ""),
            exhibits[row.exhibit_id],
            (Piece(row.way, WORD), *typed(f": {row.reason}")),
        )
        for row in rows
    ]  # fmt: skip


def _released(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, Release, older, limit)
    given = every(
        tx, ReleaseApproval, table_of(ReleaseApproval).c.release_id.in_([row.id for row in rows])
    )
    people = names(tx, [*(row.asked_by for row in rows), *(each.person_id for each in given)])
    buys = testbuy_names(tx, [row.testbuy_id for row in rows if row.testbuy_id])
    wanted = table_of(Referral).c.id.in_([row.referral_id for row in rows if row.referral_id])
    referrals = {row.id: row.reference for row in every(tx, Referral, wanted)}
    lines: list[Override] = []
    for row in rows:
        agreed = tuple(people[each.person_id] for each in given if each.release_id == row.id)
        subject = buys.get(row.testbuy_id or 0) or referrals.get(row.referral_id or 0, "")
        told = (Piece(row.level, WORD), *typed(f": {row.reason}"), *_agreed(agreed))
        lines.append(Override(row.id, row.asked_at, people[row.asked_by], subject, told))
    return lines


def _agreed(by: tuple[str, ...]) -> tuple[Piece, ...]:
    said = f"agreed by {', '.join(by)}" if by else "nobody has agreed yet"
    return (Piece(" ("), Piece(said, SENTENCE), Piece(")"))


def _opened(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, OpeningRequest, older, limit)
    people = names(tx, [each for row in rows for each in (row.asked_by, row.approved_by)])
    owners = {
        row.id: row.testbuy_id
        for row in every(
            tx,
            IdentityCommitment,
            table_of(IdentityCommitment).c.id.in_([row.commitment_id for row in rows]),
        )
    }
    buys = testbuy_names(tx, owners.values())
    return [
        Override(
            row.id,
            row.asked_at,
            people[row.asked_by],
            buys[owners[row.commitment_id]],
            typed(row.reason) + _agreed((people[row.approved_by],) if row.approved_by else ()),
        )
        for row in rows
    ]  # fmt: skip


def _framed(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    rows = page(tx, LedgerRow, older, limit, table_of(LedgerRow).c.subject == ledger.PROGRAMME)
    bodies = [(row, json.loads(row.body)) for row in rows]
    acting = {row.id: _number(body["facts"].get("by", "")) for row, body in bodies}
    people = names(tx, acting.values())
    return [
        Override(
            row.id,
            datetime.fromisoformat(body["at"]),
            people.get(acting[row.id] or 0) or str(body["facts"].get("by", "")),
            str(row.seq),
            of_facts(body["facts"]),
        )
        for row, body in bodies
    ]


def _number(by: str) -> int | None:
    number = by.rpartition(":")[2]
    return int(number) if ":" in by and number.isdigit() else None


KINDS: dict[str, tuple[str, Reader]] = {
    "waivers": ("Shots waived", _waived),
    "approvals": ("Buys approved or declined by a person", _moved(Move.AUTHORISE, Move.DECLINE)),
    "verdicts": ("Second verdicts asked for", _moved(Move.JUDGE_AGAIN)),
    "ends": ("Test buys ended or closed by a person", _moved(Move.ABANDON, Move.CLOSE)),
    "confirmations": ("What no machine read, and a clerk confirmed", _seen),
    "resemblances": ("Photos alike, settled", _alike),
    "holds": ("Legal holds lifted", _lifted),
    "disposals": ("Disposals approved", _disposed),
    "levels": ("Full levels asked for", _released),
    "identities": ("Openings of a buyer's identity", _opened),
    "wakeups": ("Flow runs an engineer had tried again", woken),
    "frame": ("Changes of the programme's frame, people and keys", _framed),
}
"""By the word in the address: what the kind is called, and what reads it."""


def overview(db: Database) -> tuple[Listed, ...]:
    """The newest few lines of every kind."""
    return tuple(listed(db, kind, None, _GLANCE) for kind in KINDS)


def listed(db: Database, kind: str, older: int | None, limit: int = PAGE) -> Listed:
    """A page of one kind, newest first. Raises KeyError for a kind there is none of."""
    title, read = KINDS[kind]
    with db.read() as tx:
        lines = read(tx, older, limit + 1)
    more = len(lines) > limit
    return Listed(kind, title, tuple(lines[:limit]), lines[limit - 1].key if more else None)
