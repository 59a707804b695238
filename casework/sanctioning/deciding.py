"""What follows from a conclusion that is no counterfeit: clear the shop, or look a second time."""

from casework.act import Act
from casework.move import Moved, find, move
from casework.sanctioning import sanctioning
from casework.telling.notifying import tell
from casework.verdicts.judging import reopen
from rules.lifecycle import Move, Stage
from rules.notices import NoticeKind
from rules.roles import Role
from rules.verdicts import Verdict
from storage import testbuys
from storage.rows import change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Flag, MoveRecord, Shop, TestBuy

_moves = table_of(MoveRecord)


def decide(db: Database, act: Act, reference: str) -> Moved | None:
    """Take what the conclusion asks for: close, or a second verdict; None where a person decides.

    A referral of counterfeits is `casework.referring.referring`'s.
    """
    with db.write() as tx:
        seen = testbuys.by_reference(tx, reference)
        if seen is not None and seen.conclusion is Verdict.GENUINE:
            # Its sanctions end with it and take the shop along, which is locked before test buys.
            one(tx, Shop, id=seen.shop_id, lock=True)
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.JUDGED:
            return None
        match testbuy.conclusion:
            case Verdict.GENUINE:
                return _clear(tx, act, testbuy)
            case Verdict.GREY_MARKET:
                return _part(tx, act, testbuy)
            case Verdict.INCONCLUSIVE if _judged_once(tx, testbuy):
                reason = "The first verdict was inconclusive."
                return reopen(tx, act, testbuy, reason, supersedes=False)
            case _:
                return None


def _clear(tx: Transaction, act: Act, testbuy: TestBuy) -> Moved:
    """Genuine: the shop is cleared, the flag's source learns that it was wrong."""
    change_one(tx, Shop, testbuy.shop_id, cleared_at=act.now)
    change_one(tx, Flag, testbuy.flag_id, proved_wrong_at=act.now)
    flag = one(tx, Flag, table_of(Flag).c.id == testbuy.flag_id)
    assert flag is not None  # a foreign key holds it
    text = f"{testbuy.reference}: genuine. Tell {flag.source} that its flag was wrong."
    key = f"{testbuy.reference}:flag was wrong"
    tell(tx, act, NoticeKind.FLAG_WRONG, key, text, to_role=Role.ANALYST, testbuy=testbuy)
    sanctioning.cleared(tx, act, testbuy)
    reasons = [
        "The exhibit is genuine.",
        "The shop is cleared; the flag's source is told that it was wrong.",
    ]
    return move(tx, act, testbuy, Move.CLOSE, reasons=reasons)


def _part(tx: Transaction, act: Act, testbuy: TestBuy) -> Moved:
    """Grey market: no counterfeit; what follows is the rights holder's own affair."""
    text = f"{testbuy.reference}: grey market. Hand it to the rights holder's own track."
    key = f"{testbuy.reference}:grey market"
    tell(tx, act, NoticeKind.GREY_MARKET, key, text, to_role=Role.ANALYST, testbuy=testbuy)
    reasons = ["The exhibit is genuine but not meant for this market.", "No referral follows."]
    return move(tx, act, testbuy, Move.CLOSE, reasons=reasons)


def _judged_once(tx: Transaction, testbuy: TestBuy) -> bool:
    again = every(
        tx, MoveRecord, _moves.c.testbuy_id == testbuy.id, _moves.c.move == Move.JUDGE_AGAIN
    )
    return not again
