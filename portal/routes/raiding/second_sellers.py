"""The form about a second seller whom a raid led to: an operator with its shops and flags."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.raiding import found
from casework.raiding.found import Finding, FoundListing, FoundShop
from portal.fields import Fields, fields
from portal.numbers import number_of
from portal.pages import again, done
from portal.routes.raiding.raids import raid
from portal.visit import Failed, addressed, part
from rules.money import Money

router = APIRouter(prefix="/raids/{reference}")
MOST_ROWS = 50
"""Shops, and listings, that one form tells of; it begins with few and grows."""


@router.post("/found", name="raid_found")
@again(raid)
def raid_found(request: Request) -> Response:
    """Open a second seller with shops and flags; rows left empty are passed over."""
    form = fields(request)
    operator, name = form.maybe("operator", limit=20), form.maybe("name", limit=120)
    if bool(operator) == bool(name):
        form.errors["name"] = "Name a new operator, or one on record by its reference; not both."
    basis = form.text("basis")
    shops = tuple(_shop(form, row) for row in _filled(form, "shop_number"))
    listings = tuple(_listing(form, row) for row in _filled(form, "listing_number"))
    form.check()
    finding = Finding(operator.upper() if operator else None, name, basis, shops, listings)
    second = found.record_found(*addressed(request), finding)
    answer = done(f"/raids/{_raid(request)}", "second_seller")
    answer.headers["location"] += f"#{second}"
    return answer


@router.post("/found/rows", name="raid_found_rows")
@again(raid)
def raid_found_rows(request: Request) -> Response:
    """The form once more, as it was filled in, with room for another shop or listing."""
    form = fields(request)
    more = form.option("more", ("shop", "listing"))
    form.check()
    kept = form.kept()
    rows = number_of(form.raw(more)) or 0
    kept[more] = [str(min(rows + 1, MOST_ROWS))]
    address = f"/raids/{_raid(request)}/found"
    request.state.failed = Failed(address, (), {}, kept)
    return raid(request)


def _raid(request: Request) -> str:
    return part(request, "reference")


def _filled(form: Fields, name: str) -> list[int]:
    """The numbers of a form's rows whose field `name` is filled in."""
    return [row for row in range(1, MOST_ROWS + 1) if form.raw(f"{name}_{row}")]


def _shop(form: Fields, row: int) -> FoundShop:
    return FoundShop(
        platform=form.text(f"platform_{row}", limit=80),
        number=form.text(f"shop_number_{row}", limit=80),
        name=form.text(f"shop_name_{row}", limit=200),
        registrant=form.maybe(f"registrant_{row}", limit=200),
    )


def _listing(form: Fields, row: int) -> FoundListing:
    currency = form.currency(f"listing_currency_{row}")
    broken = f"listing_currency_{row}" in form.errors
    price = 0 if broken else form.money(f"price_{row}", currency)
    if not broken and f"price_{row}" not in form.errors and price == 0:
        form.errors[f"price_{row}"] = "Write the price that the listing shows, above zero."
    return FoundListing(
        shop=form.number(f"in_shop_{row}", least=1, most=MOST_ROWS) - 1,
        number=form.text(f"listing_number_{row}", limit=80),
        url=form.text(f"url_{row}", limit=2000),
        title=form.text(f"title_{row}", limit=300),
        brand=form.text(f"brand_{row}", limit=120),
        category=form.text(f"category_{row}", limit=120),
        price=Money(price, currency if not broken else "CNY"),
    )
