"""Which shots of a test buy are in, and which a move still asks for."""

from collections.abc import Sequence

from casework.errors import Refused
from casework.shots.shotlists import list_at
from rules import capturing, shots
from rules.lifecycle import Move
from storage import testbuys
from storage.rows import every, one
from storage.session import Transaction
from storage.tables import (
    AttemptState,
    Category,
    PageCapture,
    Photo,
    PhotoRequest,
    Route,
    TestBuy,
    Waiver,
)

PHOTOGRAPHS = "photographs"
"""The basis of an examination over photos alone."""
PHYSICAL = "physical"
"""The basis of an examination that needs the thing itself; its exhibits travel."""


def accepted(tx: Transaction, testbuy_id: int) -> frozenset[str]:
    """The codes of the shots that have an accepted photo."""
    photos = every(tx, Photo, testbuy_id=testbuy_id, accepted=True)
    return frozenset(photo.shot for photo in photos)


def captured(tx: Transaction, testbuy: TestBuy) -> frozenset[str]:
    """The codes of the shots that a machine's captures before this order stand for."""
    rows = every(tx, PageCapture, testbuy_id=testbuy.id, attempt=attempt_to_come(tx, testbuy))
    return frozenset(
        code
        for row in rows
        if row.fetched_at
        for code in capturing.standing(
            capturing.Captured(
                row.what,
                row.http_code,
                complete=row.complete,
                pictured=row.picture_digest is not None,
                names_subject=row.names_subject,
            )
        )
    )


def attempt_to_come(tx: Transaction, testbuy: TestBuy) -> int:
    """The number of the order that is due, or of the one that is under way."""
    last = testbuys.last_attempt(tx, testbuy.id)
    if last is None:
        return 1
    return last.number + 1 if last.state is AttemptState.DEAD else last.number


def waived(tx: Transaction, testbuy_id: int) -> frozenset[str]:
    """The codes of the shots that a supervisor let go."""
    waivers = every(tx, Waiver, testbuy_id=testbuy_id)
    return frozenset(waiver.shot for waiver in waivers)


def category_of(tx: Transaction, testbuy: TestBuy) -> Category:
    """The test buy's category."""
    category = one(tx, Category, id=testbuy.category_id)
    assert category is not None  # a foreign key holds it
    return category


def missing(tx: Transaction, testbuy: TestBuy, move: Move) -> Sequence[shots.Shot]:
    """The shots that `move` still asks for."""
    category = category_of(tx, testbuy)
    return shots.missing(
        list_at(tx, category, testbuy.shot_list_version).listed,
        accepted(tx, testbuy.id) | captured(tx, testbuy),
        move,
        by_interface=testbuy.route is Route.INTERFACE,
        travels=category.basis == PHYSICAL,
        waived=waived(tx, testbuy.id),
    )


def ensure_shots(tx: Transaction, testbuy: TestBuy, move: Move) -> None:
    """Raises Refused naming every shot that `move` still asks for."""
    if lacking := missing(tx, testbuy, move):
        wanted = "; ".join(f"{shot.code} {shot.title}" for shot in lacking)
        raise Refused(
            f"Photos are missing: {wanted}. Take them, then try again.", stage=testbuy.stage
        )


def open_requests(tx: Transaction, testbuy_id: int) -> Sequence[PhotoRequest]:
    """Photos an authenticator asked for that are not in yet."""
    return every(tx, PhotoRequest, testbuy_id=testbuy_id, photo_id=None)
