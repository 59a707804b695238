"""The reference library of a brand's products: genuine photos, security features, known tells.

Owns its versions: an entry is never edited, a later version takes its place or takes it out of use,
and the programme's ledger says who did it. Only the rights holder's own people (authenticators of
the brand) read or write it. Leaves what was shown with a verdict to
`casework.examinations.showing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.filing import file
from evidence.decoding import UnreadableError
from evidence.masking import close_copy
from evidence.media import UnknownType
from evidence.vault import Vault
from rules import references
from rules.audience import Region
from rules.references import ReferenceKind
from rules.roles import Role
from rules.shots import Medium
from storage import ledger, policies
from storage.rows import add, add_if_absent, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, BrandGrant, Category, Product, ReferenceEntry

_entries = table_of(ReferenceEntry).c
_NONE = "There is no such product in the library of your brands."
_UNDRAWN = "The library takes pictures that can be drawn: JPEG, PNG, WebP or HEIC."
_EDGES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What an entry says. `shot`: the shot it stands beside; `region` of its picture, or none."""

    kind: ReferenceKind
    title: str
    text: str = ""
    shot: str | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """The digests of an entry's picture and of its two copies; without a picture, none."""

    original: str | None = None
    preview: str | None = None
    close: str | None = None


def add_product(db: Database, act: Act, *, brand: str, category: str, name: str) -> int:
    """Open a product in the library; gives its number. Raises NotFound for a brand not granted."""
    if not name.strip():
        raise Refused("Name the product as its maker does.")
    with db.write() as tx:
        owner = one(tx, Brand, name=brand)
        kind = one(tx, Category, name=category)
        if owner is None or kind is None or not _granted(tx, act, owner.id):
            raise NotFound("Choose one of your brands, and a category of the programme.")
        told = {"brand_id": owner.id, "category_id": kind.id, "name": name.strip()}
        if not add_if_absent(tx, Product, **told, added_by=act.person, added_at=act.now):
            raise Refused(f"{name.strip()} is in the library already.")
        product = one(tx, Product, **told)
        assert product is not None  # it is there by now
        number = product.id
        facts = {"what": "product added to the library", "of": number, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
        return number


def add_entry(db: Database, act: Act, product_id: int, entry: NewEntry, files: Files | None) -> int:
    """Add an entry to a product's library; gives its number. `files` come from `filed`."""
    _ensure_said(entry, has_photo=files is not None)
    with db.write() as tx:
        _own(tx, act, product_id)
        numbers = [row.number for row in every(tx, ReferenceEntry, product_id=product_id)]
        number = max(numbers, default=0) + 1
        _write(tx, act, product_id, number, 1, entry, files or Files())
        return number


def revise(
    db: Database,
    vault: Vault,
    act: Act,
    product_id: int,
    number: int,
    entry: NewEntry,
    photo: bytes | None,
    *,
    version: int,
    withdrawn: bool = False,
) -> None:
    """A later version of an entry, or (`withdrawn`) its end. Without a new photo the old one stays.

    `version` is the one the page showed; Stale where somebody was faster.
    """
    later = filed(db, vault, photo)
    with db.write() as tx:
        _own(tx, act, product_id)
        last = newest(tx, product_id).get(number)
        if last is None:
            raise NotFound(_NONE)
        if last.version != version or last.withdrawn:
            raise Stale("Somebody else changed this entry meanwhile. Look at it again.")
        files = later or _files_of(last)
        _ensure_said(entry, has_photo=files.original is not None)
        _write(tx, act, product_id, number, version + 1, entry, files, withdrawn=withdrawn)


def withdraw(db: Database, act: Act, product_id: int, number: int, *, version: int) -> None:
    """Take an entry out of use; its versions stay readable."""
    with db.write() as tx:
        _own(tx, act, product_id)
        last = newest(tx, product_id).get(number)
        if last is None:
            raise NotFound(_NONE)
        if last.version != version or last.withdrawn:
            raise Stale("Somebody else changed this entry meanwhile. Look at it again.")
        said = NewEntry(last.kind, last.title, last.text, last.shot, region_of(last))
        files = _files_of(last)
        _write(tx, act, product_id, number, version + 1, said, files, withdrawn=True)


def newest(tx: Transaction, product_id: int) -> dict[int, ReferenceEntry]:
    """The last version of each entry of a product by its number, withdrawn ones among them."""
    order = (_entries.number, _entries.version)
    return {
        row.number: row for row in every(tx, ReferenceEntry, product_id=product_id, order_by=order)
    }


def in_use(tx: Transaction, brand_id: int, category_id: int) -> Sequence[ReferenceEntry]:
    """What is offered beside a suspect: by product, genuine photos first."""
    order = table_of(Product).c.name
    products = every(tx, Product, brand_id=brand_id, category_id=category_id, order_by=order)
    kinds = list(ReferenceKind)
    return [
        row
        for product in products
        for row in sorted(newest(tx, product.id).values(), key=lambda row: kinds.index(row.kind))
        if not row.withdrawn
    ]


def region_of(entry: ReferenceEntry) -> Region | None:
    """The place in its picture that an entry is about."""
    edges = [getattr(entry, edge) for edge in _EDGES]
    return None if None in edges else Region(*edges)


def _write(
    tx: Transaction,
    act: Act,
    product_id: int,
    number: int,
    version: int,
    entry: NewEntry,
    files: Files,
    *,
    withdrawn: bool = False,
) -> None:
    edges = {edge: getattr(entry.region, edge) for edge in _EDGES} if entry.region else {}
    add(
        tx,
        ReferenceEntry,
        public_id=act.token(f"reference:{product_id}:{number}:{version}"),
        product_id=product_id,
        number=number,
        version=version,
        kind=entry.kind,
        title=entry.title.strip(),
        text=entry.text.strip(),
        shot=entry.shot,
        digest=files.original,
        preview_digest=files.preview,
        close_digest=files.close,
        **edges,
        withdrawn=withdrawn,
        added_by=act.person,
        added_at=act.now,
    )
    facts = {
        "what": "library entry withdrawn" if withdrawn else "library entry",
        "of": [product_id, number, version],
        "digest": files.original,
        "by": act.by,
    }
    ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def _ensure_said(entry: NewEntry, *, has_photo: bool) -> None:
    ensure(references.check(entry.kind, title=entry.title, text=entry.text, has_photo=has_photo))
    if entry.region and not has_photo:
        raise Refused("A marked place needs the picture it is in: choose the file.")


def filed(db: Database, vault: Vault, photo: bytes | None) -> Files | None:
    """A picture in the vault and its copies without metadata; no gate but that it can be drawn."""
    if photo is None:
        return None
    with db.read() as tx:
        in_force = policies.read(tx)
    try:
        filed = file(vault, photo, in_force, expected=None)
    except UnknownType as unknown:
        raise Refused(str(unknown)) from unknown
    if filed.medium is not Medium.PICTURE or filed.preview is None:
        raise Refused(_UNDRAWN)
    try:
        close = vault.put(close_copy(photo)).digest
    except UnreadableError as unreadable:
        raise Refused(_UNDRAWN) from unreadable
    return Files(filed.digest, filed.preview, close)


def _files_of(entry: ReferenceEntry) -> Files:
    return Files(entry.digest, entry.preview_digest, entry.close_digest)


def _own(tx: Transaction, act: Act, product_id: int) -> Product:
    """The product, held, where its brand is granted to the one who acts."""
    product = one(tx, Product, id=product_id, lock=True)
    if product is None or not _granted(tx, act, product.brand_id):
        raise NotFound(_NONE)
    return product


def _granted(tx: Transaction, act: Act, brand_id: int) -> bool:
    grant = one(tx, BrandGrant, person_id=act.person, brand_id=brand_id)
    return act.role is Role.AUTHENTICATOR and grant is not None
