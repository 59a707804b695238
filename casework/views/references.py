"""The reference library as a rights holder's people read it: products, entries, versions."""

from dataclasses import dataclass

from casework.errors import NotFound
from casework.examinations import references
from casework.views.examinations import granted
from rules.audience import Region
from rules.roles import Role
from rules.shots import SHOTS, Shot
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, Category, Person, Product, ReferenceEntry

_NONE = "There is no such product in the library of your brands."


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product with its brand, its category, and how many entries of it are in use."""

    product: Product
    brand: str
    category: str
    entries: int


@dataclass(frozen=True, slots=True)
class Library:
    """A page of the products of the reader's brands, and what a new one may be of."""

    lines: Paged[ProductLine]
    brands: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """A version of an entry and who wrote it."""

    entry: ReferenceEntry
    by: str
    region: Region | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in its newest version, with those before it, newest first."""

    newest: EntryVersion
    earlier: tuple[EntryVersion, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One product: its entries in use, those taken out of use, and the shots to stand beside."""

    line: ProductLine
    entries: tuple[Entry, ...]
    withdrawn: tuple[Entry, ...]
    shots: tuple[Shot, ...]


def library(db: Database, person_id: int, turn: Turn = FIRST) -> Library:
    """A page of the products of the brands granted to a person."""
    with db.read() as tx:
        numbers = granted(tx, person_id)
        columns = table_of(Product).c
        order = (columns.brand_id, columns.category_id, columns.name)
        products = keyset.page(tx, Product, columns.brand_id.in_(numbers), by=order, turn=turn)
        brands = every(
            tx, Brand, table_of(Brand).c.id.in_(numbers), order_by=table_of(Brand).c.name
        )
        kinds = every(tx, Category, order_by=table_of(Category).c.name)
        return Library(
            products.each(lambda rows: [_line(tx, product) for product in rows]),
            tuple(brand.name for brand in brands),
            tuple(kind.name for kind in kinds),
        )


def product(db: Database, person_id: int, product_id: int) -> ProductPage:
    """One product; NotFound for one of another brand."""
    with db.read() as tx:
        found = one(tx, Product, id=product_id)
        if found is None or found.brand_id not in granted(tx, person_id):
            raise NotFound(_NONE)
        columns = table_of(ReferenceEntry).c
        order = (columns.number, columns.version)
        versions: dict[int, list[EntryVersion]] = {}
        for row in every(tx, ReferenceEntry, product_id=product_id, order_by=order):
            versions.setdefault(row.number, []).append(_version(tx, row))
        entries = [Entry(each[-1], tuple(reversed(each[:-1]))) for each in versions.values()]
        return ProductPage(
            _line(tx, found),
            tuple(each for each in entries if not each.newest.entry.withdrawn),
            tuple(each for each in entries if each.newest.entry.withdrawn),
            tuple(shot for shot in SHOTS.values() if Role.AUTHENTICATOR in shot.audience),
        )


def picture(db: Database, person_id: int, public_id: str, *, close: bool = False) -> str:
    """The digest of a copy of a version's picture; NotFound for another brand's."""
    with db.read() as tx:
        row = one(tx, ReferenceEntry, public_id=public_id)
        owner = one(tx, Product, id=row.product_id) if row else None
        if row is None or owner is None or owner.brand_id not in granted(tx, person_id):
            raise NotFound(_NONE)
        copy = row.close_digest if close else row.preview_digest
        if copy is None:
            raise NotFound("This entry has no picture.")
        return copy


def _line(tx: Transaction, found: Product) -> ProductLine:
    brand, category = one(tx, Brand, id=found.brand_id), one(tx, Category, id=found.category_id)
    assert brand and category  # foreign keys hold them
    newest = references.newest(tx, found.id).values()
    in_use = sum(not row.withdrawn for row in newest)
    return ProductLine(found, brand.name, category.name, in_use)


def _version(tx: Transaction, row: ReferenceEntry) -> EntryVersion:
    person = one(tx, Person, id=row.added_by)
    assert person is not None  # a foreign key holds it
    return EntryVersion(row, person.name, references.region_of(row))
