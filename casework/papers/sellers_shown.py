"""The seller's pictures that a package holds: those a confirmed link of its operator rests on.

Owns which these are, and under which names they go along, as files, in the inner bag or by their
digest alone. A link rests on a picture where shops of the operator share what it tells, and it is
confirmed on both sides or a person accepted the proposal that it stood under. All others stay here.
Leaves who is given what to `rules.audience`, and telling of them to `casework.papers.linked`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from casework.operators.picture_links import metadata_of
from casework.papers.linked import Linked
from casework.papers.pictures_told import Beside
from casework.photographs.masking import hides, latest
from casework.views.linking import IdentifierLine
from evidence.bundle import Shown, Withheld
from evidence.digests import parse
from evidence.envelope import Sealed
from evidence.media import suffix_of
from evidence.vault import Vault
from evidence.words import Words
from rules.audience import Given, Level, Maskable, of_seller
from rules.identifiers import IdentifierKind, IdentifierState
from rules.linkage import ProposalState
from rules.pictures import METADATA, Origin
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import LinkProposal, Mask, Photo, ProposalEvidence, SellerPicture, TestBuy

FOLDER = "data/sellers-pictures"
_CHAT = "P04"
_proposals, _lines = table_of(LinkProposal).c, table_of(ProposalEvidence).c
_pictures = table_of(SellerPicture).c


@dataclass(frozen=True, slots=True)
class SellersShown:
    """What goes along, what does not, and of each identifier where its picture lies."""

    files: tuple[Shown, ...] = ()
    inner: tuple[Sealed, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    beside: Mapping[int, Beside] = field(default_factory=dict)


def sellers_shown(
    tx: Transaction, vault: Vault, level: Level, links: Linked, words: Words
) -> SellersShown:
    """The pictures that the links of an operator rest on; reasons in the package's language."""
    files, inner, withheld = dict[str, Shown](), dict[str, Sealed](), dict[str, Withheld]()
    beside = dict[int, Beside]()
    for line in _resting(tx, links):
        picture = _picture_of(tx, vault, line)
        if picture is None:
            continue
        testbuy = one(tx, TestBuy, id=picture.testbuy_id)
        assert testbuy is not None  # a foreign key holds it
        mask = latest(tx, picture.id, Maskable.SELLERS)
        given = of_seller(
            level, fetched=bool(picture.url), public=_public(tx, picture),
            masked=mask is not None, hides=hides(tx, mask),
        )  # fmt: skip
        file, bagged = _file(picture, mask, testbuy.reference, given), None
        if file is not None:
            files[file.name] = file
        if Given.SEALED_ORIGINAL in given:
            bagged = _inner_name(picture, testbuy.reference)
            size = vault.size_of(picture.digest)
            inner[bagged] = Sealed(
                bagged, chunks=partial(vault.chunks, picture.digest), length=size
            )
        if Given.ORIGINAL not in given:
            why, instead = _instead(file, mask)
            withheld[picture.public_id] = Withheld(
                "sellers_picture", picture.digest, words.say(why), testbuy.reference, None, bagged,
                instead,
            )  # fmt: skip
        name = f"{FOLDER}/{file.name}" if file else None
        beside[line.row.id] = Beside(
            picture.digest, name, bagged, copy=file is not None and file.made_from is not None
        )
    return SellersShown(
        tuple(files[name] for name in sorted(files)),
        tuple(inner[name] for name in sorted(inner)),
        tuple(withheld[name] for name in sorted(withheld)),
        beside,
    )


def _resting(tx: Transaction, links: Linked) -> Iterator[IdentifierLine]:
    """The facts from pictures on which a confirmed link of these shops rests, in order."""
    accepted = _accepted(tx, [shop.id for shop in links.shops])
    for lines in links.shared.values():
        mine = [line for line in lines if _from_picture(line)]
        sure = {line.row.shop_id for line in lines if line.row.state is IdentifierState.CONFIRMED}
        for line in mine:
            confirmed = line.row.state is IdentifierState.CONFIRMED and len(sure) > 1
            if confirmed or line.row.id in accepted:
                yield line


def _from_picture(line: IdentifierLine) -> bool:
    row = line.row
    if row.kind is IdentifierKind.PHOTO_REUSE:
        return True
    return row.kind is IdentifierKind.EXIF_DEVICE and row.said_by == METADATA


def _accepted(tx: Transaction, shops: Iterable[int]) -> set[int]:
    """The identifiers under proposals about two of these shops that a person accepted."""
    pairs = dict.fromkeys(combinations(sorted(shops), 2))
    rows = every(
        tx, LinkProposal, _proposals.shop_id.in_(sorted({low for low, _ in pairs})),
        state=ProposalState.ACCEPTED,
    )  # fmt: skip
    numbers = [row.id for row in rows if (row.shop_id, row.other_id) in pairs]
    under = every(tx, ProposalEvidence, _lines.proposal_id.in_(numbers)) if numbers else ()
    return {each.identifier_id for each in under}


def _picture_of(tx: Transaction, vault: Vault, line: IdentifierLine) -> SellerPicture | None:
    """The file that an identifier was recorded from; None where its value was erased."""
    row = line.row
    if row.kind is IdentifierKind.PHOTO_REUSE:
        return one(tx, SellerPicture, identifier_id=row.id, digest=row.value)
    said = every(
        tx, SellerPicture, testbuy_id=row.testbuy_id, shop_id=row.shop_id, order_by=_pictures.id
    )
    for picture in said:
        if row.value in metadata_of(vault, picture):
            return picture
    return None


def _public(tx: Transaction, picture: SellerPicture) -> bool:
    """Whether it is of a listing or a seller's page, and not of what was sent to the buyer."""
    if picture.origin is not Origin.SCREEN:
        return picture.origin is Origin.LISTING
    screen = one(tx, Photo, id=picture.photo_id) if picture.photo_id else None
    return screen is None or screen.shot != _CHAT


def _instead(file: Shown | None, mask: Mask | None) -> tuple[str, str | None]:
    """Why an original does not go along openly, and what stands in its place."""
    if file is None:
        return "held.sellers_sent", None
    return ("held.sellers_masked", "masked copy") if mask else ("held.sellers_copy", "preview")


def _file(
    picture: SellerPicture, mask: Mask | None, testbuy: str, given: frozenset[Given]
) -> Shown | None:
    stem = f"{testbuy}-{parse(picture.digest)[:8]}"
    if Given.ORIGINAL in given:
        name = f"{stem}.{suffix_of(picture.media_type)}"
        return Shown(name, picture.digest, testbuy=testbuy)
    if Given.MASKED in given and mask is not None:
        made = {"testbuy": testbuy, "made_from": mask.made_from}
        return Shown(f"{stem}-masked.jpg", mask.digest, **made)
    if Given.PREVIEW in given and picture.preview_digest is not None:
        made = {"testbuy": testbuy, "made_from": picture.digest}
        return Shown(f"{stem}-copy.jpg", picture.preview_digest, **made)
    return None


def _inner_name(picture: SellerPicture, testbuy: str) -> str:
    return f"seller-{testbuy}-{parse(picture.digest)[:16]}.{suffix_of(picture.media_type)}"
