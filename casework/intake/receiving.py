"""The parcel's arrival, and what came out of it.

Owns the two moves, and that the photos they need are there. Leaves the photos to
`casework.intake.photographing`, and the exhibits' seals and hands to `casework.custody.custody`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.buying.attempts import stand
from casework.custody.custody import NewExhibit, bag
from casework.custody.kits import kit_of_seal, kits_of
from casework.errors import Refused
from casework.intake.codes import hold_for_bagging, place_waiting
from casework.move import Moved, find, move
from casework.photographs.photographers import ensure_may_photograph
from casework.shots.shotcheck import ensure_shots
from rules.lifecycle import Move
from storage.rows import one
from storage.session import Database
from storage.tables import (
    Person,
)


def receive(db: Database, act: Act, reference: str, *, version: int) -> Moved:
    """The parcel is here, unopened, and photographed so."""
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        ensure_may_photograph(tx, act, testbuy)
        ensure_shots(tx, testbuy, Move.RECEIVE)
        stand(tx, act, testbuy)
        return move(tx, act, testbuy, Move.RECEIVE, reasons=["The parcel arrived unopened."])


def document(
    db: Database, act: Act, reference: str, *, version: int, exhibits: Sequence[NewExhibit]
) -> Moved:
    """The parcel is unboxed, photographed, and its contents are bagged as exhibits."""
    if not exhibits:
        raise Refused("Name at least one exhibit. If the parcel was empty, report that instead.")
    with db.write() as tx:
        testbuy = hold_for_bagging(tx, act, reference, version)
        ensure_may_photograph(tx, act, testbuy)
        ensure_shots(tx, testbuy, Move.DOCUMENT)
        assert act.person is not None  # exhibits are bagged by people
        person = one(tx, Person, id=act.person)
        assert person is not None
        mine = [each for each in kits_of(tx, act.person) if each.confirmed]
        out_of = [kit_of_seal(mine, exhibit.seal_number) for exhibit in exhibits]
        given = [
            bag(tx, act, testbuy, person, exhibit, kit.kit.id if kit else None)
            for exhibit, kit in zip(exhibits, out_of, strict=True)
        ]
        place_waiting(tx, act, testbuy)
        facts: dict[str, object] = {"exhibits": given}
        if mine:
            facts["kits"] = [kit.kit.number if kit else None for kit in out_of]
        return move(
            tx,
            act,
            testbuy,
            Move.DOCUMENT,
            reasons=[f"Bagged as {', '.join(given)}."],
            facts=facts,
        )
