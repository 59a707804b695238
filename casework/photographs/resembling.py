"""Photos that look like one of another test buy, or like a seller's picture: flagged at intake,
settled by a person.

Owns the flag, the notices and the answer. A likeness refuses nothing: two sellers may use the same
carton. Leaves the measures to `rules.likeness`, the exact repeat, which is refused, to
`rules.gates`, and what becomes of a seller's picture that is our own to `casework.operators`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import find, note
from casework.operators import picture_links
from casework.telling.notifying import tell
from evidence.vault import Vault
from rules import likeness
from rules.notices import NoticeKind
from rules.pictures import Whose
from rules.roles import Role
from rules.shots import Shot, ShotKind
from storage import codes as turns
from storage import pictures, resemblances
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Photo, Resemblance, SellerPicture, Shop, TestBuy

REMARK = "It looks nearly the same as a photo of another test buy: a supervisor compares them."
SELLERS_REMARK = (
    "It looks nearly the same as a picture that was kept as a seller's: a supervisor compares them."
)
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


def of_sellers(
    tx: Transaction, shot: Shot, pattern: int | None
) -> Sequence[tuple[int, SellerPicture]]:
    """(distance, picture) of seller's pictures kept before, as they are or mirrored; none for
    screens, which show them as they should.
    """
    if pattern is None or shot.kind is not ShotKind.PHOTOGRAPH:
        return ()
    resemblances.take_turn(tx)
    patterns = pictures.near(tx, pattern)
    found = pictures.of_patterns(tx, patterns, _FLAGGED) if patterns else ()
    known = ((likeness.read(each.pattern or ""), each) for each in found)
    return [
        (likeness.apart_by(pattern, other, by), each)
        for other, each in known
        if other is not None and (by := likeness.way(pattern, other))
    ]


def keep(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    photo: Photo,
    found: Sequence[tuple[int, int]],
    sellers: Sequence[tuple[int, SellerPicture]] = (),
) -> None:
    """Put the photo into the index, and what was found before a supervisor and the analysts."""
    assert photo.dhash is not None  # `alike` finds nothing for one without
    resemblances.remember(tx, photo.id, photo.dhash)
    _put_before_people(tx, act, testbuy, photo, sellers)
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


def _put_before_people(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    photo: Photo,
    sellers: Sequence[tuple[int, SellerPicture]],
) -> None:
    for apart, picture in sellers:
        pair = {"photo_id": photo.id, "picture_id": picture.id}
        add(tx, Resemblance, **pair, distance=apart, found_at=act.now)
    for role in sorted(JUDGES) if sellers else ():
        tell(
            tx,
            act,
            NoticeKind.LOOKS_ALIKE,
            f"{photo.public_id}:sellers:{role}",
            f"Photo {photo.shot} of {testbuy.reference} looks nearly the same as a picture that "
            "was kept as a seller's. Compare them under Photos alike.",
            to_role=role,
            testbuy=testbuy,
        )
    if sellers:
        facts = {"shot": photo.shot, "digest": photo.digest, "alike": len(sellers)}
        note(tx, act, testbuy, "photo looks like a seller's picture", facts, wake=False)


def settle_picture(
    db: Database, vault: Vault, act: Act, number: int, *, whose: Whose | None, remark: str
) -> None:
    """A person says whose picture it is that a photo and a seller's both show; None: it is two.

    Found to be our own it is no seller's: what it said of a shop is withdrawn, and it says nothing
    again (docs/adr/0047). One that a machine fetched from the listing is the seller's.
    """
    if act.role not in JUDGES or act.person is None:
        raise Refused("Only a supervisor or an analyst compares photos that look alike.")
    if whose is not None and not remark.strip():
        raise Refused("Say what makes them the same picture; the remark is kept.")
    with db.write() as tx:
        turns.take_turn(tx)
        pair = one(tx, Resemblance, id=number)
        if pair is None or pair.picture_id is None:
            raise NotFound("There are no such two pictures.")
        photo, picture = (
            one(tx, Photo, id=pair.photo_id),
            one(tx, SellerPicture, id=pair.picture_id),
        )
        assert photo is not None  # foreign keys hold both
        assert picture is not None
        owners = [one(tx, TestBuy, id=number) for number in {photo.testbuy_id, picture.testbuy_id}]
        shop = one(tx, Shop, id=picture.shop_id, lock=True)
        assert shop is not None  # a foreign key holds it
        held = [
            find(tx, act, each.reference)
            for each in sorted((owner for owner in owners if owner), key=lambda each: each.id)
        ]
        pair = one(tx, Resemblance, id=number)
        assert pair is not None
        if pair.same is not None:
            raise Refused("These two were compared already; nothing of yours was saved.")
        if whose is Whose.OURS and picture.url:
            raise Refused("A machine fetched this picture from the listing: it is the seller's.")
        change_one(
            tx,
            Resemblance,
            number,
            same=whose is not None,
            whose=whose,
            remark=remark.strip(),
            settled_by=act.person,
            settled_at=act.now,
        )
        facts = {"photo": photo.digest, "picture": picture.digest, "whose": whose}
        for testbuy in held:
            note(tx, act, testbuy, "photo compared with a seller's picture", facts, wake=False)
        if whose is Whose.OURS:
            picture_links.disown(tx, vault, act, picture, remark.strip())


def settle(db: Database, act: Act, number: int, *, same: bool, remark: str) -> None:
    """A person says whether two photos are the same picture; it stands in both ledgers."""
    if act.role not in JUDGES or act.person is None:
        raise Refused("Only a supervisor or an analyst compares photos that look alike.")
    if same and not remark.strip():
        raise Refused("Say what makes them the same picture; the remark is kept.")
    with db.write() as tx:
        pair = one(tx, Resemblance, id=number)
        if pair is None or pair.earlier_id is None:
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


def pictures_waiting(
    db: Database, picture: str | None = None
) -> tuple[resemblances.UnsettledPicture, ...]:
    """The photos and seller's pictures nobody has compared yet, oldest first.

    `picture`: the public id of a seller's picture, for those with it alone.
    """
    with db.read() as tx:
        return resemblances.unsettled_pictures(tx, _SHOWN, picture=picture)
