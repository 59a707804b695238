"""Photos that look like one of another test buy: flagged at intake, settled by a person.

Owns the flag, the notices and the answer. A likeness refuses nothing: two sellers may use the same
carton. Leaves the measure to `evidence.likeness`, and the exact repeat, which is refused, to
`rules.gates`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import find, note
from casework.telling.notifying import tell
from rules.notices import NoticeKind
from rules.roles import Role
from rules.shots import Shot, ShotKind
from storage import resemblances
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Photo, Resemblance, TestBuy

REMARK = "It looks nearly the same as a photo of another test buy: a supervisor compares them."
JUDGES = frozenset({Role.SUPERVISOR, Role.ANALYST})
"""Who is told, and who may say."""
_FLAGGED = 5
"""The nearest so many are put before a person; where more are alike, these tell it."""
_SHOWN = 50


def alike(
    tx: Transaction, testbuy: TestBuy, shot: Shot, dhash: int | None
) -> Sequence[tuple[int, int]]:
    """(distance, photo's number) of the nearest photos of other test buys; none for screens.

    Waits its turn first, so that no two photos that come at once miss each other.
    """
    if dhash is None or shot.kind is not ShotKind.PHOTOGRAPH:
        return ()
    resemblances.take_turn(tx)
    found = {number: apart for apart, number in resemblances.near(tx, dhash)}
    numbers = list(found)
    own = {
        photo.id
        for start in range(0, len(numbers), 500)
        for photo in every(
            tx,
            Photo,
            table_of(Photo).c.id.in_(numbers[start : start + 500]),
            testbuy_id=testbuy.id,
        )
    }
    return [(apart, number) for number, apart in found.items() if number not in own][:_FLAGGED]


def keep(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    photo: Photo,
    found: Sequence[tuple[int, int]],
) -> None:
    """Put the photo into the index, and what was found before a supervisor and the analysts."""
    assert photo.dhash is not None  # `alike` finds nothing for one without
    resemblances.remember(tx, photo.id, photo.dhash)
    if not found:
        return
    for apart, number in found:
        add(
            tx,
            Resemblance,
            photo_id=photo.id,
            earlier_id=number,
            distance=apart,
            found_at=act.now,
        )
    for role in sorted(JUDGES):
        tell(
            tx,
            act,
            NoticeKind.LOOKS_ALIKE,
            f"{photo.public_id}:looks alike:{role}",
            f"Photo {photo.shot} of {testbuy.reference} looks nearly the same as one of "
            "another test buy. Compare them under Photos alike.",
            to_role=role,
            testbuy=testbuy,
        )
    facts = {"shot": photo.shot, "digest": photo.digest, "alike": len(found)}
    note(tx, act, testbuy, "photo looks like another test buy's", facts, wake=False)


def settle(db: Database, act: Act, number: int, *, same: bool, remark: str) -> None:
    """A person says whether two photos are the same picture; it stands in both ledgers."""
    if act.role not in JUDGES or act.person is None:
        raise Refused("Only a supervisor or an analyst compares photos that look alike.")
    if same and not remark.strip():
        raise Refused("Say what makes them the same picture; the remark is kept.")
    with db.write() as tx:
        pair = one(tx, Resemblance, id=number)
        if pair is None:
            raise NotFound("There are no such two photos.")
        photo, earlier = one(tx, Photo, id=pair.photo_id), one(tx, Photo, id=pair.earlier_id)
        assert photo is not None  # foreign keys hold both
        assert earlier is not None
        owners = [one(tx, TestBuy, id=each.testbuy_id) for each in (photo, earlier)]
        # Test buys are locked by their numbers (docs/adr/0004).
        held = [
            find(tx, act, each.reference)
            for each in sorted((owner for owner in owners if owner), key=lambda each: each.id)
        ]
        pair = one(tx, Resemblance, id=number)
        assert pair is not None
        if pair.same is not None:
            raise Refused("These two were compared already; nothing of yours was saved.")
        change_one(
            tx,
            Resemblance,
            number,
            same=same,
            remark=remark.strip(),
            settled_by=act.person,
            settled_at=act.now,
        )
        facts = {"photos": sorted((photo.digest, earlier.digest)), "same": same}
        for testbuy in held:
            note(tx, act, testbuy, "photos that look alike compared", facts, wake=False)


def waiting(db: Database) -> tuple[resemblances.Unsettled, ...]:
    """The pairs nobody has compared yet, oldest first."""
    with db.read() as tx:
        return resemblances.unsettled(tx, _SHOWN)
