"""Codes that a machine read in a photo of codes, kept beside what people write down.

Owns which readings are kept: what may be a code of the goods. The test buy's own code, its seals,
and what identifies the buyer (order and tracking numbers) may lie in the picture too, and are left
out. Leaves the reading to `evidence.barcodes`, what it counts as to `rules.codes`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.custody.certifying import kit_card
from casework.intake.codes import NewCode, add_code, only_exhibit
from casework.move import find
from casework.operators.leads import hold
from evidence.barcodes import Barcode
from rules.codes import LONGEST, SHOTS_WITH_CODES, CodeSource, key, kind_read
from storage import codes as kept
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Exhibit, ExhibitCode, OrderAttempt, Parcel, TestBuy


def hold_for_photo(
    tx: Transaction, act: Act, reference: str, shot: str, barcodes: Sequence[Barcode]
) -> TestBuy:
    """The test buy, held, with those that a machine's reading in this photo links it to."""
    if shot not in SHOTS_WITH_CODES or not barcodes:
        return find(tx, act, reference)
    kept.take_turn(tx)
    return hold(tx, act, reference, [key(each.text) for each in barcodes])


def keep_read(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    photo_id: int,
    shot: str,
    barcodes: Sequence[Barcode],
) -> None:
    """Keep what a machine read in a photo of codes; each reading once a test buy."""
    if shot not in SHOTS_WITH_CODES:
        return
    known = {
        code.key
        for code in every(tx, ExhibitCode, testbuy_id=testbuy.id, source=CodeSource.MACHINE)
    }
    ours = _ours(tx, testbuy)
    exhibit = only_exhibit(tx, testbuy)
    for each in barcodes:
        compared = key(each.text)
        if not compared or len(each.text) > LONGEST or compared in known | ours:
            continue
        known.add(compared)
        kind = kind_read(shot, each.symbology, each.text)
        add_code(
            tx, act, testbuy, exhibit, NewCode(kind, each.text), CodeSource.MACHINE,
            photo_id=photo_id, symbology=each.symbology,
        )  # fmt: skip


def _ours(tx: Transaction, testbuy: TestBuy) -> set[str]:
    """Keys of what may lie in a picture and is no code of the goods."""
    attempts = every(tx, OrderAttempt, testbuy_id=testbuy.id)
    parcels = table_of(Parcel).c
    found: list[str | None] = [testbuy.challenge_code, kit_card(tx, testbuy)]
    found += [attempt.order_number for attempt in attempts]
    found += [
        parcel.tracking_number
        for parcel in every(
            tx, Parcel, parcels.order_attempt_id.in_([each.id for each in attempts])
        )
    ]
    found += [each.seal_number for each in every(tx, Exhibit, testbuy_id=testbuy.id)]
    return {key(each) for each in found if each}
