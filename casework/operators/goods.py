"""Serial numbers and lots on goods as identifiers of the shop that sold them.

Owns that a code on an exhibit is one by itself, that a confirmed lead confirms it, and that a
corrected code takes it out. Leaves codes to `casework.intake.codes` and leads to
`casework.operators.leads`.
"""

from collections.abc import Iterable

from casework.act import Act
from casework.operators.linking import NewIdentifier, Source, add_new, confirm_all, take_out
from casework.operators.proposing import propose
from rules.codes import CodeKind, CodeSource, links
from rules.identifiers import Confidence, IdentifierKind, IdentifierState
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import ExhibitCode, Identifier, Shop, TestBuy

_KINDS = {CodeKind.SERIAL: IdentifierKind.SERIAL, CodeKind.LOT: IdentifierKind.BATCH}
_identifiers = table_of(Identifier).c
_stands = _identifiers.state != IdentifierState.WITHDRAWN


def keep(tx: Transaction, act: Act, testbuy: TestBuy, code: ExhibitCode) -> None:
    """Keep a code on an exhibit of the held test buy as an identifier, where it tells pieces apart.

    Keys are compared within one brand, because two makers may count alike. What a corrected code
    was kept as is withdrawn.
    """
    if code.corrects_id is not None:
        before = (_identifiers.code_id == code.corrects_id, _stands)
        for row in every(tx, Identifier, *before, order_by=_identifiers.id):
            take_out(tx, act, row, code.reason)
    kind = _KINDS.get(code.kind)
    if kind is None or not links(CodeKind.SERIAL, code.key):
        return
    shop = one(tx, Shop, id=testbuy.shop_id)
    assert shop is not None  # a foreign key holds it
    # What a machine reads may be another label's; a person looks at it before it counts.
    sure = Confidence.PROBABLE if code.source is CodeSource.MACHINE else Confidence.CERTAIN
    new = NewIdentifier(kind, code.text, code.recorded_at.date(), sure)
    shown_by = Source(testbuy.id, code.photo_id, code.exhibit_id, code.id)
    normal = f"{testbuy.brand_id}:{code.key.casefold()}"
    if add_new(tx, act, shop, new, shown_by, normal=normal) is not None:
        propose(tx, act, [shop.id])


def confirm(tx: Transaction, act: Act, codes: Iterable[int]) -> None:
    """Confirm the identifiers of these codes, in a turn that is taken, shops and operators held."""
    theirs = _identifiers.code_id.in_(list(codes))
    confirm_all(tx, act, every(tx, Identifier, theirs, _stands, order_by=_identifiers.id))
