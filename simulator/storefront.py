"""The marketplace's pages as a customer's browser sees them: a listing with its picture, a shop.

The same addresses answer JSON to a caller of the interface and HTML to a browser.
"""

from __future__ import annotations

import random
from html import escape
from io import BytesIO

from PIL import Image
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulator.goods import goods
from simulator.world import Listing, Shop

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:18px sans-serif;max-width:60rem;margin:2rem auto;color:#223}}
.price{{font-size:2.2rem;color:#c30}}dt{{color:#667}}dd{{margin:0 0 1rem}}</style></head>
<body><header>{platform}</header><h1>{title}</h1>{body}</body></html>
"""


_SUBJECTS = {"watches": "watch", "shoes": "shoes", "pet food": "cat food", "perfume": "perfume"}


def wants_page(request: Request) -> bool:
    """Whether a browser asks."""
    return "text/html" in request.headers.get("accept", "")


def listing_page(platform: str, listing: Listing, shop: Shop) -> HTMLResponse:
    """A listing with its price, its sales and who sells it."""
    price = f"{listing.price_minor / 100:.2f} {listing.currency}"
    body = (
        f'<img itemprop="image" src="/listings/{escape(listing.listing_id)}/picture.jpg" alt="">'
        f'<p class="price">{price}</p><dl><dt>In stock</dt><dd>yes</dd>'
        f"<dt>Sold</dt><dd>{listing.sales_count}</dd><dt>Brand</dt><dd>{escape(listing.brand)}</dd>"
        f'<dt>Seller</dt><dd><a href="/shops/{escape(shop.shop_id)}">{escape(shop.name)}</a></dd>'
        "</dl>"
    )
    return _page(platform, listing.title, body)


def listing_picture(listing: Listing, shop: Shop) -> Response:
    """The article as its seller photographed it, once for all shops: each table is another."""
    chance = random.Random(f"{shop.operator}/{listing.brand}/{listing.category}")
    cells = bytes(chance.randrange(40, 230) for _ in range(7 * 7 * 3))
    table = Image.frombytes("RGB", (7, 7), cells).resize((720, 720), Image.Resampling.BICUBIC)
    thing = goods(_SUBJECTS.get(listing.category, "watch"), listing.brand, chance, 420)
    table.paste(thing, (150, 150), thing if thing.mode == "RGBA" else None)
    out = BytesIO()
    table.save(out, "JPEG", quality=80)
    return Response(out.getvalue(), media_type="image/jpeg")


def shop_page(platform: str, shop: Shop, listings: list[Listing]) -> HTMLResponse:
    """A shop with who registered it and what it sells."""
    sold = "".join(
        f'<li><a href="/listings/{escape(each.listing_id)}">{escape(each.title)}</a></li>'
        for each in listings
    )
    body = (
        f"<dl><dt>Registered by</dt><dd>{escape(shop.registrant)}</dd>"
        f"<dt>Open since</dt><dd>{escape(shop.opened_on)}</dd></dl><ul>{sold}</ul>"
    )
    return _page(platform, shop.name, body)


def _page(platform: str, title: str, body: str) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(platform=escape(platform), title=escape(title), body=body))
