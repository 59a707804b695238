"""Pictures that a seller showed or sent: kept bit for bit, apart from our own people's photos.

Owns the three ways in: fetched by machine from the listing that was captured, handed in by the
buyer or an analyst as the seller sent it, cut by an analyst out of a capture of a screen. The same
picture of one test buy is kept once. Bytes reach the vault before the transaction that names them.
Leaves what a picture says of its shop to `casework.operators.picture_links`, and how sure it is to
`rules.pictures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import ensure_own, note
from casework.operators import picture_links
from casework.operators.linking import hold_testbuy_and_shop
from evidence import photos
from evidence.decoding import UnreadableError
from evidence.masking import cut_out
from evidence.media import UnknownType
from evidence.vault import EmptyUpload, TooLarge, Vault
from rules import likeness
from rules.audience import Region
from rules.identifiers import Confidence
from rules.pictures import HANDED_IN, SCREENS, Origin, confidence, left_out, told
from rules.roles import Role
from storage import codes as turns
from storage import pictures, policies, resemblances
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import PageCapture, Photo, SellerPicture, TestBuy

GIVERS = frozenset({Role.BUYER, Role.ANALYST})
"""Who hands in what a seller sent."""

_MEGABYTE = 1_000_000
_EDGES = ("left", "top", "right", "bottom")
_photos = table_of(Photo).c


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture that a machine fetched from `url`, which the listing names as the article's."""

    url: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file that is in the vault now, and what was measured in it."""

    digest: str
    preview: str | None
    seen: photos.PhotoFacts


@dataclass(frozen=True, slots=True)
class _From:
    """Where a picture is from: the address, or the capture of a screen and the part of it."""

    origin: Origin
    url: str = ""
    photo_id: int | None = None
    capture_id: int | None = None
    region: Region | None = None

    @property
    def confidence(self) -> Confidence:
        """How sure it is that the shop shows it."""
        return confidence(self.origin, by_machine=bool(self.url))


def keep_fetched(
    db: Database, vault: Vault, act: Act, reference: str, fetched: Sequence[Fetched]
) -> int:
    """Keep what a machine fetched from a listing; gives how many are new.

    What is no picture is left: the archive of the visit has it.
    """
    if act.role is not Role.PROGRAMME:
        raise Refused("The programme keeps what it fetched. Hand in what the seller sent.")
    new = 0
    for each in fetched:
        try:
            kept = _kept(vault, each.data)
        except UnknownType:
            continue
        with db.write() as tx:
            turns.take_turn(tx)
            _, is_new = _add(tx, act, reference, kept, _From(Origin.LISTING, each.url))
            new += is_new
    return new


def hand_in(
    db: Database, vault: Vault, act: Act, reference: str, *, origin: Origin, data: bytes
) -> str:
    """Keep a file as the seller showed or sent it; gives its public id, twice the same."""
    if act.role not in GIVERS or act.person is None:
        raise Refused("Only the buyer or an analyst hands in a picture that a seller sent.")
    if origin not in HANDED_IN:
        raise Refused("Say whether it is from the listing, the chat or an invoice.")
    with db.read() as tx:
        limit = policies.read(tx).photo_megabytes * _MEGABYTE
        _ensure_may(tx, act, reference)
    if len(data) > limit:
        raise Refused(f"A picture has at most {limit // _MEGABYTE} megabytes.")
    try:
        kept = _kept(vault, data)
    except UnknownType as unknown:
        raise Refused(
            "This file is no picture we can read (JPEG, PNG, WebP or HEIC). Hand in the picture "
            "itself; a screen capture belongs to the shots."
        ) from unknown
    except (TooLarge, EmptyUpload) as no:
        raise Refused(str(no)) from no
    with db.write() as tx:
        turns.take_turn(tx)
        _ensure_may(tx, act, reference)
        public_id, _ = _add(tx, act, reference, kept, _From(origin))
        return public_id


def cut(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    photo: str | None,
    capture: int | None,
    region: Region,
) -> str:
    """An analyst cuts the seller's picture out of a screen: `photo` (public id) or `capture`.

    A whole screen is never compared: screens of one platform look alike whatever they show
    (docs/adr/0047). Gives the picture's public id, twice the same.
    """
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only an analyst cuts a seller's picture out of a capture of a screen.")
    with db.read() as tx:
        screen, origin = _screen(tx, reference, photo, capture, region)
    try:
        kept = _kept(vault, cut_out(vault.read(screen), region))
    except UnreadableError as no:
        raise Refused("This capture can't be drawn, so that nothing can be cut out of it.") from no
    with db.write() as tx:
        turns.take_turn(tx)
        public_id, _ = _add(tx, act, reference, kept, origin)
        return public_id


def _screen(
    tx: Transaction, reference: str, photo: str | None, capture: int | None, region: Region
) -> tuple[str, _From]:
    """The digest of a test buy's screen, and where what is cut out of it is from."""
    testbuy = one(tx, TestBuy, reference=reference)
    shot = one(tx, Photo, public_id=photo) if photo else None
    page = one(tx, PageCapture, id=capture) if capture else None
    found = shot or page
    if testbuy is None or found is None or found.testbuy_id != testbuy.id:
        raise NotFound("There is no such capture of this test buy.")
    digest = shot.digest if shot else page.picture_digest if page else None
    if (shot and (shot.shot not in SCREENS or not shot.readable)) or digest is None:
        raise Refused("Cut it out of a screen capture of listing, price, seller's page or chat.")
    photo_id, capture_id = shot.id if shot else None, page.id if page and not shot else None
    source = _From(Origin.SCREEN, photo_id=photo_id, capture_id=capture_id, region=region)
    return digest, source


def _kept(vault: Vault, data: bytes) -> _Kept:
    """The file and its preview in the vault; UnknownType for what is no picture."""
    seen = photos.examine(data)
    digest = vault.put(data).digest
    return _Kept(digest, vault.put(seen.preview).digest if seen.preview else None, seen)


def _ensure_may(tx: Transaction, act: Act, reference: str) -> None:
    testbuy = one(tx, TestBuy, reference=reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    if act.role is Role.BUYER:
        ensure_own(act, testbuy)


def _refuse_ours(tx: Transaction, kept: _Kept) -> None:
    """Our own photos say nothing of the seller: the same buyer, at the same table, took them."""
    same = every(tx, Photo, _photos.shot.not_in(sorted(SCREENS)), digest=kept.digest, limit=1)
    code = kept.seen.dhash
    codes = () if code is None else (code, likeness.coarse_mirrored(code))
    if same or any(resemblances.near(tx, pictures.signed(each)) for each in codes):
        raise Refused(
            "This is, or looks like, a photo that our own people took for a test buy. Hand in "
            "what came from the seller."
        )


def _add(tx: Transaction, act: Act, reference: str, kept: _Kept, source: _From) -> tuple[str, bool]:
    """Write the row and what follows, in a turn that is taken; its public id, whether it is new."""
    testbuy, shop = hold_testbuy_and_shop(tx, act, reference)
    # So that of this and a photo that comes at once the second one sees the first.
    resemblances.take_turn(tx)
    if source.origin in HANDED_IN and not source.url:
        _refuse_ours(tx, kept)
    if there := one(tx, SellerPicture, testbuy_id=testbuy.id, digest=kept.digest):
        return there.public_id, False
    seen = kept.seen
    out = left_out(seen.width, seen.height, readable=seen.readable, flat=seen.pattern is None)
    pattern = seen.pattern if out is None else None
    public_id = act.token(f"seller's picture:{reference}:{kept.digest}")
    edges = source.region
    number = add(
        tx,
        SellerPicture,
        public_id=public_id,
        testbuy_id=testbuy.id,
        shop_id=shop.id,
        origin=source.origin,
        digest=kept.digest,
        media_type=seen.media_type,
        width=seen.width,
        height=seen.height,
        preview_digest=kept.preview,
        pattern=None if pattern is None else likeness.written(pattern),
        left_out=out,
        url=source.url[:2000],
        photo_id=source.photo_id,
        capture_id=source.capture_id,
        **{name: getattr(edges, name) if edges else None for name in _EDGES},
        received_by=act.person,
        received_at=act.now,
    )
    facts = {"picture": number, "from": source.origin, "digest": kept.digest}
    note(tx, act, testbuy, "seller's picture kept", facts, wake=False)
    row = one(tx, SellerPicture, id=number)
    assert row is not None  # it was just added
    says = _metadata(tx, act, testbuy, seen)
    picture_links.follow(tx, act, shop, row, source.confidence, says)
    return public_id, True


def _metadata(
    tx: Transaction, act: Act, testbuy: TestBuy, seen: photos.PhotoFacts
) -> tuple[str, ...]:
    """What the metadata tells of the seller's device; nothing where it may be our own buyer's.

    A buyer may have photographed a screen: of a device that took a photo of this test buy, or of
    another of its buyer's, nothing is said.
    """
    capture = seen.capture
    by_hand = act.person is not None and capture.device is not None
    if by_hand and pictures.taken_by_ours(tx, testbuy, str(capture.device)):
        return ()
    return told(capture.device, capture.serial, capture.image_id)
