"""The root that a dossier prints, and beside it the head of the test buy's own ledger.

Owns which of both a reader with the dossier alone can compare. Leaves making and proving anchors to
`casework.clock.anchoring`.
"""

from evidence.digests import PREFIX
from evidence.dossier import Anchor
from storage import anchors, tables
from storage.rows import one
from storage.session import Transaction


def beside(tx: Transaction, reference: str) -> Anchor | None:
    """The newest root, and the head of `reference` that it fixes; None before the first anchor."""
    last = anchors.last(tx)
    if last is None:
        return None
    stamp = one(tx, tables.AnchorStamp, anchor_id=last.id)
    head = anchors.holding(tx, reference)
    over = one(tx, tables.Anchor, id=head.anchor_id) if head else None
    return Anchor(
        last.root,
        last.size,
        stamp.stamped_at if stamp else None,
        stamp.authority if stamp else None,
        head=PREFIX + head.head.hex() if head else None,
        entry=head.seq if head else None,
        head_root=over.root if over else None,
    )
