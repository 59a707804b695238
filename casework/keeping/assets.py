"""Assets: genuine exhibits that became the company's, and their way back to being evidence.

Owns an asset's row from its number to its end. It is made by `casework.keeping.disposing`, with the
yes of two people. Where the verdict under it is superseded by another than genuine it is recalled:
from then on it is no asset, and a clerk takes it back into evidence under its seal; one that was
given away before is put before a supervisor. Costs are what the order cost, of which it is a part.
"""

from casework.act import Act
from casework.custody import holds
from casework.custody.custody import exhibit_of, last_entry, mismatch, person_holder, record
from casework.custody.signing import Signature, keep_signature, vouched_by
from casework.errors import NotFound, Refused
from casework.examinations.examined import unsealed
from casework.keeping.retaining import retention_of
from casework.move import note
from casework.telling.notifying import tell
from evidence.vault import Vault
from rules.holders import Holder, HolderKind, Method
from rules.notices import NoticeKind
from rules.roles import Role
from rules.verdicts import Verdict
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Asset, Conclusion, Exhibit, OrderAttempt, Person, TestBuy

GIVES_AWAY = frozenset({Role.CLERK, Role.SUPERVISOR})


def conclusion_on(tx: Transaction, testbuy: TestBuy, exhibit: Exhibit) -> Verdict | None:
    """The conclusion that stands on an exhibit; None while another verdict is awaited.

    A part that nobody examined by itself shares the conclusion of its whole.
    """
    if testbuy.conclusion is None or unsealed(tx, testbuy.id):
        return None
    rows = table_of(Conclusion).c
    for number in (exhibit.id, exhibit.part_of):
        if number is None:
            continue
        found = every(tx, Conclusion, exhibit_id=number, order_by=rows.id.desc(), limit=1)
        if found:
            return found[0].value
    return None


def make(
    tx: Transaction, act: Act, testbuy: TestBuy, exhibit: Exhibit, disposal: int, *, keeper: str
) -> str:
    """Make an exhibit an asset, in the transaction that carries its disposal out; its number."""
    number = f"A-{testbuys.next_number(tx, 'asset'):05d}"
    paid = [
        each
        for each in every(
            tx, OrderAttempt, testbuy_id=testbuy.id, order_by=table_of(OrderAttempt).c.number
        )
        if each.paid_minor is not None
    ]
    add(
        tx,
        Asset,
        number=number,
        exhibit_id=exhibit.id,
        disposal_id=disposal,
        cost_minor=paid[-1].paid_minor if paid else None,
        currency=paid[-1].currency if paid else None,
        keeper=keeper.strip(),
        made_by=act.person,
        made_at=act.now,
    )
    facts = {"exhibit": exhibit.reference, "asset": number}
    note(tx, act, testbuy, "made an asset", facts, wake=False)
    return number


def asset_of(tx: Transaction, exhibit_id: int) -> Asset | None:
    """The asset an exhibit is, or was last."""
    rows = table_of(Asset).c
    found = every(tx, Asset, exhibit_id=exhibit_id, order_by=rows.id.desc(), limit=1)
    return found[0] if found else None


def give_away(
    db: Database, vault: Vault, act: Act, number: str, *, signature: Signature, place: str
) -> None:
    """An asset goes to somebody else for good, who signs for it."""
    if act.role not in GIVES_AWAY or act.person is None:
        raise Refused("Only a clerk or supervisor gives an asset away.")
    if not place.strip():
        raise Refused("Say where it is handed over.")
    digest = keep_signature(vault, signature)
    with db.write() as tx:
        asset, exhibit, testbuy = _held(tx, act, number)
        if asset.recalled_at is not None:
            raise Refused(f"{number} is no asset any more: take it back into evidence.")
        if conclusion_on(tx, testbuy, exhibit) is not Verdict.GENUINE:
            raise Refused(f"Another verdict on {exhibit.reference} is awaited. Keep it until then.")
        if standing := holds.standing(tx, exhibit):
            raise Refused(*(f"{each.sentence} Have it lifted first." for each in standing))
        kept = retention_of(tx, testbuy, act.now)
        if kept.exhibit_from is None:
            raise Refused(f"{exhibit.reference} must still be kept.", *kept.reasons)
        to = signature.name.strip()
        change_one(tx, Asset, asset.id, gone_at=act.now, gone_to=to)
        record(
            tx,
            act,
            exhibit,
            giver=Holder(HolderKind.ASSET, asset.number),
            taker=Holder(HolderKind.OWNER, to),
            method=Method.IN_PERSON,
            place=place.strip(),
            purpose="asset given away",
            seal_out=exhibit.seal_number,
            seal_in=exhibit.seal_number,
            condition="as it was kept",
            to_vouched=vouched_by(signature),
            to_signature=digest,
        )
        facts = {"exhibit": exhibit.reference, "asset": asset.number, "signature": digest}
        note(tx, act, testbuy, "asset given away", facts, wake=False)


def recall(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """After new conclusions were drawn: what is not genuine any more is no asset any more."""
    for exhibit in every(tx, Exhibit, testbuy_id=testbuy.id, order_by=table_of(Exhibit).c.id):
        asset = asset_of(tx, exhibit.id)
        if asset is None or asset.recalled_at is not None:
            continue
        if conclusion_on(tx, testbuy, exhibit) is Verdict.GENUINE:
            continue
        change_one(tx, Asset, asset.id, recalled_at=act.now)
        gone = asset.gone_at is not None
        tell(
            tx,
            act,
            NoticeKind.ASSET_GONE if gone else NoticeKind.ASSET_RECALLED,
            f"{asset.number}:recalled",
            (
                f"{asset.number} ({exhibit.reference}) rested on a verdict that was superseded. "
                + (
                    f"It was given to {asset.gone_to}: look into it and try to get it back."
                    if gone
                    else "Take it back into evidence, from its exhibit's page."
                )
            ),
            to_role=Role.SUPERVISOR if gone else Role.CLERK,
            testbuy=testbuy,
            about=asset.number,
        )
        facts = {"exhibit": exhibit.reference, "asset": asset.number, "gone": gone}
        note(tx, act, testbuy, "asset recalled", facts, wake=False)


def take_back(
    db: Database, act: Act, exhibit_reference: str, *, seal_number: str, condition: str, place: str
) -> None:
    """A clerk takes a recalled asset back into evidence, under the seal it was kept in."""
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk takes an asset back into evidence.")
    if not condition.strip() or not place.strip():
        raise Refused("Say in what condition it is, and where.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        asset, person = asset_of(tx, exhibit.id), one(tx, Person, id=act.person)
        last = last_entry(tx, exhibit.id)
        assert person is not None  # a foreign key holds it
        if asset is None or last is None or last.to_kind is not HolderKind.ASSET:
            raise Refused(f"{exhibit_reference} is no asset of ours.")
        if asset.recalled_at is None:
            raise Refused(f"{asset.number} was not recalled: its verdict stands.")
        wrong = mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)
        if wrong is None:
            change_one(tx, Asset, asset.id, returned_at=act.now)
            record(
                tx,
                act,
                exhibit,
                giver=Holder(last.to_kind, last.to_holder),
                taker=person_holder(person),
                method=Method.IN_PLACE,
                place=place.strip(),
                purpose="taken back into evidence",
                seal_out=exhibit.seal_number,
                seal_in=exhibit.seal_number,
                condition=condition.strip(),
            )
            facts = {"exhibit": exhibit.reference, "asset": asset.number}
            note(tx, act, testbuy, "asset taken back", facts, wake=False)
    if wrong:
        raise wrong


def _held(tx: Transaction, act: Act, number: str) -> tuple[Asset, Exhibit, TestBuy]:
    known = one(tx, Asset, number=number.strip().upper())
    about = one(tx, Exhibit, id=known.exhibit_id) if known else None
    if known is None or about is None:
        raise NotFound(f"There is no asset {number}. Check the number.")
    exhibit, testbuy = exhibit_of(tx, act, about.reference)
    asset = one(tx, Asset, id=known.id)
    assert asset is not None  # none is removed
    if asset.gone_at is not None or asset.returned_at is not None:
        raise Refused(f"{number} is not here any more.")
    return asset, exhibit, testbuy
