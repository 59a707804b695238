"""Anchors: the heads of all ledgers fixed under one root that leaves the house.

Owns making an anchor, having it stamped, the proofs that go into a bundle, and the check that the
ledgers still hold what was anchored. An anchor takes the heads that moved since the last one and,
as its leaf 0, the root of that one: the newest root fixes every head there ever was. Making and
stamping are two transactions with the outside call between them; whatever breaks off between is
taken up by the next run. Leaves the clock's turn to `flows.anchor`.
"""

import base64
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from casework.act import Act
from connectors.timestamping import Timestamping, TimestampingError
from evidence import ledger, merkle, timestamps
from evidence.digests import PREFIX
from evidence.disk import sync
from storage import anchors
from storage.rows import add, add_if_absent, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Anchor, AnchoredHead, AnchorStamp

_AT_ONCE, _MANY = 50, 1000
_BACKWARDS = timedelta(minutes=5)
_HEADS = table_of(AnchoredHead).c
MOST = 20_000
"""Heads in one anchor: SQLite's other writers wait for it. The next anchor takes the rest."""


def make(db: Database, act: Act) -> Anchor | None:
    """A new anchor over the heads that moved; None where none did."""
    with db.write() as tx:
        anchors.take_turn(tx)
        after, newest = anchors.look_after(tx, act.now, MOST), anchors.last_entry(tx)
        moved = anchors.moved_heads(tx, after, MOST)
        if not moved:
            return None
        before = anchors.last(tx)
        leaves = [_leaf(head.subject, head.seq, head.hash) for head in moved]
        first = _first_leaf(before.root if before else None)
        root = PREFIX + merkle.root([first.encode(), *(leaf.encode() for leaf in leaves)]).hex()
        statement = _statement(root, len(moved) + 1, act.now.astimezone(UTC))
        number = add(
            tx, Anchor, size=len(moved) + 1, root=root, statement=statement, made_at=act.now,
            previous=before.root if before else None,
            through=after if len(moved) == MOST else newest,
        )  # fmt: skip
        for index, (head, leaf) in enumerate(zip(moved, leaves, strict=True), 1):
            add(
                tx, AnchoredHead, anchor_id=number, leaf_index=index, subject=head.subject,
                seq=head.seq, head=head.hash, leaf=leaf,
            )  # fmt: skip
        return one(tx, Anchor, id=number)


def stamp_pending(
    db: Database, authority: Timestamping, roots: Sequence[x509.Certificate], now: datetime,
    policy: str = "",
) -> tuple[int, str | None]:  # fmt: skip
    """Have the anchors stamped that are not; how many were, and why the rest still wait."""
    with db.read() as tx:
        waiting = anchors.unstamped(tx, _AT_ONCE)
    for done, anchor in enumerate(waiting):
        query = timestamps.request(anchor.statement.encode(), policy=policy)
        try:
            answer = authority.ask(query)
            stamp = timestamps.answered(answer, query, roots)
        except (TimestampingError, timestamps.NoStamp) as error:
            return done, str(error)
        with db.write() as tx:
            add_if_absent(
                tx, AnchorStamp, anchor_id=anchor.id, authority=authority.address, answer=answer,
                stamped_at=stamp.at, received_at=now,
            )  # fmt: skip
    return len(waiting), None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the anchors stand. Times are None where there is nothing of the kind.

    `owed_since`: when the first entry was written that no anchor has looked at; `unstamped_since`:
    when the first anchor was made that has no stamp.
    """

    newest: datetime | None
    owed_since: datetime | None
    unstamped: int
    unstamped_since: datetime | None
    stamp: AnchorStamp | None


def standing(tx: Transaction) -> Standing:
    """How the anchors stand now."""
    newest, owed = anchors.last(tx), anchors.first_unanchored(tx)
    waiting = anchors.unstamped(tx, _MANY)
    return Standing(
        newest=newest.made_at if newest else None,
        owed_since=datetime.fromisoformat(json.loads(owed.body)["at"]) if owed else None,
        unstamped=len(waiting),
        unstamped_since=waiting[0].made_at if waiting else None,
        stamp=anchors.last_stamp(tx),
    )


def newest_numbers(tx: Transaction, most: int = 10) -> list[int]:
    """The numbers of the newest anchors, newest first."""
    return [
        each.id for each in every(tx, Anchor, order_by=table_of(Anchor).c.id.desc(), limit=most)
    ]


def export(db: Database, folder: Path) -> int:
    """Write each anchor's statement, and its stamp, as files that are mirrored or mailed.

    A file that is there is never written again, so that it is whole before it has its name, also
    after the power went. Gives how many were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = {file.name for file in folder.iterdir()}
    written = 0
    with db.read() as tx:
        for number, stamped in anchors.numbers(tx):
            name = f"anchor-{number:06d}"
            if f"{name}.json" not in there:
                written += _exported(
                    folder / f"{name}.json", _anchor(tx, number).statement.encode()
                )
            if stamped and f"{name}.tsr" not in there:
                stamp = one(tx, AnchorStamp, anchor_id=number)
                assert stamp is not None
                written += _exported(folder / f"{name}.tsr", stamp.answer)
    return written


def _exported(target: Path, content: bytes) -> bool:
    # A name of its own: two runs may export at once. The dot keeps mirrors from taking it half.
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".anchor-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(aside).chmod(0o644)
        try:
            os.link(aside, target)
        except FileExistsError:
            return False
    finally:
        Path(aside).unlink()
    sync(target.parent)
    return True


def _anchor(tx: Transaction, number: int) -> Anchor:
    found = one(tx, Anchor, id=number)
    assert found is not None  # a foreign key holds it, or the number was read just now
    return found


def proofs(tx: Transaction, subjects: Sequence[str]) -> bytes | None:
    """data/anchors.json of a bundle: per anchor its stamp and the proofs of `subjects` in it.

    None where none of them is anchored yet.
    """
    held: dict[int, list[AnchoredHead]] = {}
    for subject in sorted(set(subjects)):
        head = anchors.holding(tx, subject)
        if head is not None:
            held.setdefault(head.anchor_id, []).append(head)
    told = [_proved(tx, number, heads) for number, heads in sorted(held.items())]
    return (json.dumps({"anchors": told}, indent=2) + "\n").encode() if told else None


def _proved(tx: Transaction, number: int, heads: Sequence[AnchoredHead]) -> dict[str, Any]:
    anchor, stamp = _anchor(tx, number), one(tx, AnchorStamp, anchor_id=number)
    leaves = [_first_leaf(anchor.previous), *anchors.leaves(tx, number)]
    paths = merkle.proofs([leaf.encode() for leaf in leaves], [head.leaf_index for head in heads])
    return {
        "number": number,
        "root": anchor.root,
        "size": anchor.size,
        "at": anchor.made_at.isoformat(timespec="microseconds"),
        "statement": anchor.statement,
        "stamp": base64.b64encode(stamp.answer).decode() if stamp else None,
        "stamped_at": stamp.stamped_at.isoformat() if stamp else None,
        "authority": stamp.authority if stamp else None,
        "proofs": [
            {"leaf": head.leaf, "index": head.leaf_index, "path": [step.hex() for step in path]}
            for head, path in zip(heads, paths, strict=True)
        ],
    }


def problems(
    tx: Transaction, roots: Sequence[x509.Certificate] = (), folder: Path | None = None
) -> list[str]:
    """What no longer holds, in sentences: rewritten ledgers, changed anchors, false stamps.

    Stamps are verified where `roots` are given; with the `folder` of exported anchors, each of them
    must be in the database as it left the house.
    """
    found = [
        f"Entry {head.seq} of the ledger of {head.subject} is not the one that anchor "
        f"{head.anchor_id} fixed: the ledger was rewritten or cut after that."
        for head in anchors.broken(tx)
    ]
    known = every(tx, Anchor, order_by=table_of(Anchor).c.id)
    before: Anchor | None = None
    for anchor in known:
        found += _faults_of(tx, anchor, before)
        if roots and (stamp := one(tx, AnchorStamp, anchor_id=anchor.id)):
            found += _faults_of_stamp(stamp, anchor, roots)
        before = anchor
    if folder is not None:
        found += _not_as_exported(folder, {each.id: each.statement for each in known})
    return found


def _faults_of(tx: Transaction, anchor: Anchor, before: Anchor | None) -> Iterator[str]:
    told = every(tx, AnchoredHead, anchor_id=anchor.id, order_by=_HEADS.leaf_index)
    leaves = [_first_leaf(anchor.previous), *(row.leaf for row in told)]
    root = PREFIX + merkle.root([leaf.encode() for leaf in leaves]).hex()
    if root != anchor.root or any(
        row.leaf != _leaf(row.subject, row.seq, row.head) for row in told
    ):
        yield f"Anchor {anchor.id} does not have the root that it names."
    if anchor.previous != (before.root if before else None):
        yield f"Anchor {anchor.id} does not follow the one before it."
    if before and anchor.made_at < before.made_at - _BACKWARDS:
        yield f"Anchor {anchor.id} is of an earlier time than the one before: a clock was set back."
    if anchor.statement != _statement(anchor.root, anchor.size, anchor.made_at):
        yield f"The statement of anchor {anchor.id} names another root, size or time than its row."


def _faults_of_stamp(
    stamp: AnchorStamp, anchor: Anchor, roots: Sequence[x509.Certificate]
) -> Iterator[str]:
    try:
        said = timestamps.read(stamp.answer, anchor.statement.encode(), roots)
    except timestamps.NoStamp as error:
        yield f"The stamp of anchor {anchor.id}: {error}"
        return
    if said.at != stamp.stamped_at:
        yield f"The stamp of anchor {anchor.id} names another time than its row."
    if said.at < anchor.made_at - _BACKWARDS - (said.accuracy or timedelta()):
        yield (
            f"The stamp of anchor {anchor.id} is of {said.at.isoformat()}, the anchor of "
            f"{anchor.made_at.isoformat()}: this programme's clock was ahead."
        )


def _not_as_exported(folder: Path, statements: Mapping[int, str]) -> Iterator[str]:
    for file in sorted(folder.glob("anchor-*.json")):
        number = file.stem.removeprefix("anchor-")
        known = statements.get(int(number)) if number.isdecimal() else None
        if known is None:
            yield f"{file.name} left the house, and the database has no such anchor any more."
        elif file.read_bytes() != known.encode():
            yield f"{file.name} is not what the database has of this anchor: one was changed."


def _statement(root: str, size: int, at: datetime) -> str:
    return _text({"at": at.isoformat(timespec="microseconds"), "root": root, "size": size})


def _leaf(subject: str, seq: int, head: bytes) -> str:
    return _text({"entries": seq, "head": PREFIX + head.hex(), "subject": subject})


def _first_leaf(previous: str | None) -> str:
    return _text({"previous": previous})


def _text(body: dict[str, Any]) -> str:
    return ledger.canonical(body).decode()
